"""`openapi.yaml` against the sandbox: made-up requests of every kind, over a real socket."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.generation import GenerationMode

import backend_client
from backend_client.sandbox import serve
from backend_client.signing import IDEMPOTENCY_KEY, sign
from tests.fakes.sandbox import KEY

CONTRACT = Path(backend_client.__file__).parent / "openapi.yaml"
# the signature has tests of its own: here every request is signed
schema = schemathesis.openapi.from_dict(
    {k: v for k, v in yaml.safe_load(CONTRACT.read_text("utf-8")).items() if k != "security"}
)
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


class _Signed(requests.auth.AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        parts = urlsplit(request.url or "")
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        key = request.headers.get(IDEMPOTENCY_KEY, "")
        _Signed.count += 1
        request.headers.update(
            sign(
                KEY,
                request.method or "",
                path,
                content,
                timestamp=int(datetime.now(UTC).timestamp()),
                nonce=f"{_Signed.count:032d}",
                idempotency_key=key if isinstance(key, str) else key.decode("latin-1"),
            )
        )
        return request

    count = 0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The sandbox in a thread of its own, since schemathesis asks synchronously."""
    ports: list[int] = []
    up = threading.Event()
    loop = asyncio.new_event_loop()

    def started(port: int) -> None:
        ports.append(port)
        up.set()

    task = loop.create_task(serve("127.0.0.1", 0, ":memory:", KEY, started=started))

    def work() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert up.wait(5)
    yield f"http://127.0.0.1:{ports[0]}"
    loop.call_soon_threadsafe(task.cancel)
    thread.join(5)


def _keeps_the_contract(label: str) -> Callable[..., None]:
    @schema.include(name=label).parametrize()
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def test(case: Case, url: str) -> None:
        response = case.call(base_url=url, auth=_Signed())
        assert response.status_code < 500
        case.validate_response(response)

    return test


LABELS = [found.ok().label for found in schema.get_all_operations()]
# a function for each: the tests of one function share one name, and of one name pytest-xdist runs one
globals().update({f"test_the_sandbox_keeps_the_contract of {label}": _keeps_the_contract(label) for label in LABELS})


def test_the_contract_has_operations() -> None:
    assert len(LABELS) == sum(len(methods) for methods in schema.raw_schema["paths"].values())


def test_every_path_of_the_client_stands_in_the_contract() -> None:
    text = "".join(file.read_text("utf-8") for file in sorted(CONTRACT.parent.glob("http*.py")))
    for path in schema.raw_schema["paths"]:
        assert path.split("{")[0] in text
