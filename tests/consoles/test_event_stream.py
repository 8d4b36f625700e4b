"""Live news to a page."""

import asyncio

import pytest

from ivr.consoles import event_stream
from ivr.consoles.event_stream import EventStream, Say, first_of


class Page:
    """The other side of a stream."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def never() -> None:
    await asyncio.Event().wait()


async def open_stream(page: Page, source, closing: asyncio.Event | None = None, shut_out=never) -> None:
    async with asyncio.timeout(3):
        stream = EventStream(source, closing=closing or asyncio.Event(), shut_out=shut_out)
        await stream({"type": "http"}, page.receive, page.send)


async def for_ever(say: Say) -> None:
    await say({"text": "您好"})
    await asyncio.Event().wait()


async def test_messages_are_sent_and_the_end_of_the_source_ends_the_stream() -> None:
    async def source(say: Say) -> None:
        await say({"text": "您好\n"})

    page = Page()
    await open_stream(page, source)
    headers = dict(page.sent[0]["headers"])
    assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert b"content-length" not in headers
    assert 'data: {"text": "您好\\n"}\n\n' in page.text
    assert page.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_page_that_goes_and_a_service_that_stops_end_it() -> None:
    page = Page()
    page.gone.set()
    await open_stream(page, for_ever)
    closing = asyncio.Event()
    closing.set()
    await open_stream(Page(), for_ever, closing)


async def test_who_may_read_no_more_is_cut_off() -> None:
    async def at_once() -> None: ...

    page = Page()
    await open_stream(page, for_ever, shut_out=at_once)
    assert page.sent[-1]["more_body"] is False


async def test_a_quiet_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "BEAT_SECONDS", 0.01)
    page, closing = Page(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(open_stream(page, for_ever, closing))
        await asyncio.sleep(0.05)
        closing.set()
    assert page.text.count(": beat") >= 2


async def test_a_source_that_fails_is_not_hidden() -> None:
    async def source(say: Say) -> None:
        raise LookupError

    with pytest.raises(ExceptionGroup):
        await open_stream(Page(), source)


async def test_whoever_loses_a_cancellation_is_given_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.consoles.event_stream._GIVE_UP_AGAIN_SECONDS", 0.05)
    given_up: list[str] = []

    async def deaf() -> None:
        for word in ("lost", "heard"):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                given_up.append(word)
                if word == "heard":
                    raise

    async with asyncio.timeout(5):
        await first_of(deaf(), asyncio.sleep(0.01))
    assert given_up == ["lost", "heard"]
    waiting = asyncio.ensure_future(first_of(deaf(), asyncio.Event().wait()))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    waiting.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert given_up == ["lost", "heard"] * 2
