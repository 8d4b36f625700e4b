"""Rasa as a real child process, with the real services behind its actions; started once per session."""

import asyncio
import os
import secrets
import subprocess
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from dialogs.server import serve
from ivr.cli.free_ports import free_port
from ivr.dialogue.process import DEFAULT_PYTHON, RasaPlace, rasa_argv, rasa_env
from ivr.domain.pacing import unmarked
from tests.fakes.site import RULES, Site, running_site

_START_SECONDS = 120.0


@dataclass
class RunningRasa:
    """Rasa and the house behind it; the house lives in a thread with its own event loop."""

    url: str
    token: str
    site: Site
    loop: asyncio.AbstractEventLoop
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))
    """Kept open: a new one costs more than an answer."""

    def run(self, work: Any) -> Any:
        """Do something in the house."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def parse(self, text: str) -> dict[str, Any]:
        answer = self.http.post(f"{self.url}/model/parse", params={"token": self.token}, json={"text": text})
        answer.raise_for_status()
        return dict(answer.json())

    def caller(self, number: str | None = None, **metadata: Any) -> "RasaCaller":
        call_id = uuid.uuid4().hex
        facts = {"call_id": call_id, "region": "320200", "home_plate": "苏B", **metadata}
        if number is not None:
            facts |= {"caller_ref": self.run(self.site.seal(call_id, number)), "caller_tail": number[-4:]}
        return RasaCaller(self, call_id, facts)


@dataclass
class RasaCaller:
    """Speaks over the webhook, as the call room does."""

    rasa: RunningRasa
    call_id: str
    facts: dict[str, Any]
    last: dict[str, Any] | None = None

    def says(self, message: str, *alternatives: str) -> str:
        """Give what was said back as one text."""
        expect = (self.last or {}).get("kind", "open")
        metadata = {**self.facts, "alternatives": [message, *alternatives], "confidence": 0.9, "expect": expect}
        body = {"sender": self.call_id, "message": message, "metadata": metadata}
        answer = self.rasa.http.post(f"{self.rasa.url}/webhooks/rest/webhook", json=body)
        replies = [each["custom"] for each in answer.json()]
        assert replies, "Rasa answered nothing"
        self.last = replies[-1]
        return unmarked("".join(reply["text"] for reply in replies if reply["reply"] == "say"))

    def keys(self, digits: str) -> str:
        """Press keys that are not sealed."""
        return self.says(f'/dtmf{{"digits": "{digits}"}}')

    def seals(self, value: str) -> str:
        """Give digits that are laid in the vault first, as the call room does."""
        assert self.last is not None
        assert self.last.get("sensitive"), "nothing to be sealed was asked for"
        ref = self.rasa.run(self.rasa.site.seal_text(self.call_id, value))
        return self.says(f'/give_sealed{{"kind": "{self.last["kind"]}", "ref": "{ref}", "tail": "{value[-4:] if len(value) > 6 else ""}"}}')

    def enters_code(self) -> str:
        """Enter the code of the newest SMS."""
        return self.seals(self.rasa.run(self.rasa.site.code()))

    def tracker(self) -> str:
        answer = self.rasa.http.get(f"{self.rasa.url}/conversations/{self.call_id}/tracker", params={"token": self.rasa.token})
        return answer.text


@pytest.fixture(scope="session")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRasa]:
    """The shipped model, answering."""
    if not DEFAULT_PYTHON.exists():
        if os.environ.get("REQUIRE_RASA") == "1":
            pytest.fail("REQUIRE_RASA=1, but Rasa's environment is missing: run `make setup`")
        pytest.skip("NOT TESTED: no Rasa environment (.venv-rasa), run `make setup`")
    folder = tmp_path_factory.mktemp("rasa")
    place = RasaPlace(DEFAULT_PYTHON, free_port(), free_port(), secrets.token_urlsafe(16), folder)
    house = _House(folder, place.actions_port)
    house.start()
    with (folder / "rasa.log").open("wb") as log:
        child = subprocess.Popen(rasa_argv(place), env=rasa_env(place, os.environ), stdout=log, stderr=subprocess.STDOUT)
    try:
        site = house.ready.result(60)
        running = RunningRasa(f"http://127.0.0.1:{place.port}", place.token, site, house.loop)
        _await_answer(running, child, folder / "rasa.log")
        yield running
    finally:
        child.terminate()
        child.wait(20)
        house.end()


def _await_answer(rasa: RunningRasa, child: "subprocess.Popen[bytes]", log: Path) -> None:
    pause = threading.Event()
    for _ in range(int(_START_SECONDS / 0.2)):
        try:
            if rasa.parse("我要挪车")["intent"]["name"]:
                return
        except (httpx.HTTPError, KeyError):
            pass
        if child.poll() is not None:
            break
        pause.wait(0.2)
    pytest.fail(f"Rasa does not start:\n{log.read_text()[-2000:]}")


class _House(threading.Thread):
    """Services and action server; a session's fixture cannot share a test's event loop."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(name="house", daemon=True)
        self.loop = asyncio.new_event_loop()
        self.ready: Future[Site] = Future()
        self._folder, self._port = folder, port
        self._over = asyncio.Event()

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._live())
        except BaseException as error:
            if not self.ready.done():
                self.ready.set_exception(error)

    async def _live(self) -> None:
        async with running_site(self._folder / "data") as site:
            services = SimpleNamespace(
                car_moving=site.car_moving, connecting=site.connecting, callbacks=site.callbacks, verification=site.verification, exams=site.exams,
                offices=site.offices, plates=site.plates, licences=site.licences, paper_progress=site.paper_progress, ratings=site.ratings, clock=lambda: site.clock[0], rules=RULES,
            )
            serving = asyncio.ensure_future(serve(services, host="127.0.0.1", port=self._port))
            self.ready.set_result(site)
            await self._over.wait()
            serving.cancel()
            await asyncio.wait([serving])

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self._over.set)
        self.join(20)
