"""More vehicles than every sandbox has, out of a file."""

import asyncio
import sys

from backend_client.http import HttpBackend
from backend_client.sandbox.seed import SeedVehicle, read_vehicles


def test_a_line_is_a_vehicle_and_may_have_no_owner_to_reach() -> None:
    assert read_vehicles(["苏B10001,02,白,A,13910001000", "苏B10002,02,黑,GQ,"]) == [
        SeedVehicle("苏B10001", "02", "白", "A", "13910001000"), SeedVehicle("苏B10002", "02", "黑", "GQ", None),
    ]  # fmt: skip


async def test_the_process_takes_them(tmp_path) -> None:
    (tmp_path / "vehicles.csv").write_text("苏B10001,02,白,A,13910001000\n", "utf-8")
    sandbox = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend_client.sandbox", "--port", "0", "--vehicles", tmp_path / "vehicles.csv",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert sandbox.stdout is not None
        url = (await sandbox.stdout.readline()).decode().split()[-1]
        (tmp_path / "vehicles.csv").unlink()
        async with HttpBackend(url, b"sandbox") as backend:
            found = await backend.find_vehicle("苏B10001", "02")
            assert found is not None
            assert await backend.move_dial(found.contact_token or "") == "13910001000"
    finally:
        sandbox.terminate()
        await sandbox.wait()
