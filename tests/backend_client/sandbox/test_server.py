import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx

from backend_client.http import HttpBackend
from backend_client.signing import sign
from tests.fakes.sandbox import KEY, running_sandbox


async def test_a_nonce_is_good_once() -> None:
    async with running_sandbox() as sandbox, httpx.AsyncClient(trust_env=False) as client:
        path = "/v1/regions/320200/phones"
        stamp = int(datetime.now(UTC).timestamp())
        headers = sign(KEY, "GET", path, b"", timestamp=stamp, nonce="n" * 32)
        first = await client.get(sandbox.url + path, headers=headers)
        again = await client.get(sandbox.url + path, headers=headers)
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json() == {"code": "nonce_used"}


async def test_what_was_written_outlives_a_restart(tmp_path: Path) -> None:
    db = str(tmp_path / "sandbox.db")
    async with running_sandbox(db) as sandbox:
        found = await sandbox.backend.find_vehicle("苏B77777", "02")
        assert found is not None
        assert found.contact_token is not None
        await sandbox.backend.mark_contact_stale(
            found.contact_token, case_id="M1", key="M1:mark_stale"
        )
    async with running_sandbox(db) as sandbox:
        later = await sandbox.backend.find_vehicle("苏B77777", "02")
        assert later is not None
        assert later.contact_token is None


async def test_a_cancelled_sandbox_leaves_no_open_door() -> None:
    async with running_sandbox() as sandbox:
        url = sandbox.url
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            await client.get(url + "/_sandbox/health")
        except httpx.ConnectError:
            return
    raise AssertionError("still answering")


async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(KEY + b"\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "backend_client.sandbox", "--port", "0", "--key-file", str(key)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        assert line.startswith("sandbox backend on http://127.0.0.1:")
        async with HttpBackend(line.split()[-1], KEY) as backend:
            assert await backend.find_vehicle("苏B12345", "02") is not None
    finally:
        process.terminate()
        await process.wait()
