"""A line's bytes, cut anywhere: everything arrives, in order, whether its owner hurries or not."""

import asyncio
import base64
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.frames import Frame, Opcode

from telephony.media.call import HungUp, MediaCall
from telephony.media.limits import DoorLimits
from telephony.media.protocol import KeyPressed
from telephony.media.pulse import Pulse
from telephony.media.server import MediaDoor
from tests.telephony.media.desk import start

REQUEST = (
    b"GET /media HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
    + base64.b64encode(bytes(16))
    + b"\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: media\r\n\r\n"
)
KEY = '{"event":"DTMF_END","digit":"%d","duration_ms":90}'


class Owner:
    """Takes a call's sound piece by piece, and its keys."""

    def __init__(self, *, hurry: bool | None) -> None:
        self.hurry = hurry
        self.pieces: list[bytes] = []
        self.keys: list[tuple[str, int]] = []
        self.call: MediaCall | None = None
        self.end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(self, call: MediaCall) -> None:
        self.call = call
        call.divert(self.pieces.append)
        if self.hurry is not None:
            call.hurry(on=self.hurry)
        async for event in call.events():
            if isinstance(event, KeyPressed):
                self.keys.append((event.digit, len(b"".join(self.pieces))))
            elif isinstance(event, HungUp):
                self.end.set_result(event.reason)

    @property
    def sound(self) -> bytes:
        return b"".join(self.pieces)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(3):
            while not true():  # noqa: ASYNC110 - the owner is told by callbacks
                await asyncio.sleep(0.005)


def door(owner: Owner, *, few: int = 1) -> MediaDoor:
    limits = DoorLimits(few_lines=few)
    return MediaDoor(host="127.0.0.1", port=0, login=None, max_calls=1, on_call=owner.answer, limits=limits)


def text(words: str, *, fin: bool = True) -> bytes:
    return Frame(Opcode.TEXT, words.encode(), fin).serialize(mask=True)


def sound(data: bytes, opcode: Opcode = Opcode.BINARY, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


async def connected(port: int, first: bytes = REQUEST) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 3)
    assert b" 101 " in answer.splitlines()[0]
    return reader, writer


@pytest.mark.parametrize("hurry", [None, True, False], ids=["as-at-first", "hurried", "unhurried"])
@pytest.mark.parametrize("seed", range(3))
async def test_sound_and_keys_come_whole_and_in_order_however_they_were_cut(seed: int, hurry: bool | None) -> None:
    chance = random.Random(seed)
    frames = [os.urandom(160) for _ in range(60)]
    data = text(start())
    for index, frame in enumerate(frames):
        data += sound(frame)
        if index % 20 == 19:
            data += text(KEY % (index // 20)) + Frame(Opcode.PONG, b"none").serialize(mask=True)
    owner = Owner(hurry=hurry)
    async with door(owner) as opened:
        _, writer = await connected(opened.port)
        while data:
            cut = chance.choice([1, 2, 3, 7, 170, 400, 3000])
            writer.write(data[:cut])
            data = data[cut:]
            await writer.drain()
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.01]))
        await owner.until(lambda: len(owner.keys) == 3 and len(owner.sound) == 60 * 160)
        assert owner.sound == b"".join(frames)
        assert [key for key, _ in owner.keys] == ["0", "1", "2"]
        assert all(after >= 20 * 160 * (index + 1) for index, (_, after) in enumerate(owner.keys))
        writer.close()


async def test_who_does_not_hurry_is_given_several_frames_at_once_and_who_does_each_of_them() -> None:
    owner = Owner(hurry=False)
    async with door(owner) as opened:
        _, writer = await connected(opened.port)
        writer.write(text(start()))
        await owner.until(lambda: owner.call is not None)
        together = await _pieces_of_half_a_second(owner, writer)
        assert owner.call is not None
        owner.call.hurry(on=True)
        each = await _pieces_of_half_a_second(owner, writer)
        writer.close()
    assert together <= 17 < each


async def test_few_lines_are_read_at_once_though_nobody_hurries() -> None:
    owner = Owner(hurry=False)
    async with door(owner, few=2) as opened:
        _, writer = await connected(opened.port)
        writer.write(text(start()))
        await owner.until(lambda: owner.call is not None)
        assert await _pieces_of_half_a_second(owner, writer) > 17
        writer.close()


async def _pieces_of_half_a_second(owner: Owner, writer: asyncio.StreamWriter) -> int:
    """Send 25 frames, one every 20 ms; in how many pieces they were taken."""
    owner.pieces.clear()
    await asyncio.sleep(0.05)
    for _ in range(25):
        writer.write(sound(b"\x2a" * 160))
        await asyncio.sleep(0.02)
    await owner.until(lambda: len(owner.sound) == 25 * 160)
    return len(owner.pieces)


async def test_one_who_speaks_before_he_is_answered_or_in_fragments_is_understood_too() -> None:
    owner = Owner(hurry=False)
    async with door(owner) as opened:
        _, writer = await connected(opened.port, REQUEST + text(start())[:3])
        writer.write(text(start())[3:] + sound(b"\x01" * 160))
        await owner.until(lambda: len(owner.sound) == 160)
        writer.close()
    owner = Owner(hurry=False)
    async with door(owner) as opened:
        _, writer = await connected(opened.port)
        writer.write(text(start()) + sound(b"\x01" * 160))
        await owner.until(lambda: len(owner.sound) == 160)
        writer.write(sound(b"\x02" * 100, fin=False) + sound(b"\x02" * 60, Opcode.CONT) + sound(b"\x03" * 160))
        await owner.until(lambda: len(owner.sound) == 3 * 160)
        assert owner.sound == b"\x01" * 160 + b"\x02" * 160 + b"\x03" * 160
        writer.close()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (sound(b"\x01" * 20_000), 1009),
        (Frame(Opcode.BINARY, b"\x01" * 160).serialize(mask=False), 1002),
        (b"".join(sound(b"\x01" * 8000) for _ in range(40)), 1008),
        (b"\x83" + sound(b"\x01" * 160)[1:], 1002),
    ],
    ids=["oversized", "unmasked", "flood", "unknown-opcode"],
)
async def test_an_unhurried_line_that_breaks_the_rules_is_closed_with_the_reason(bad: bytes, code: int) -> None:
    owner = Owner(hurry=False)
    async with door(owner) as opened:
        reader, writer = await connected(opened.port)
        writer.write(text(start()) + sound(b"\x2a" * 160))
        await owner.until(lambda: len(owner.sound) == 160)
        writer.write(bad)
        told = await asyncio.wait_for(_close_code(reader), 3)
        assert told == code
        writer.close()


async def _close_code(reader: asyncio.StreamReader) -> int:
    while True:
        head, length = await reader.readexactly(2)
        data = await reader.readexactly(length)
        if head & 0x0F == Opcode.CLOSE:
            return int.from_bytes(data[:2], "big")


async def test_a_hang_up_is_noticed_while_a_line_rests() -> None:
    owner = Owner(hurry=False)
    async with door(owner) as opened:
        _, writer = await connected(opened.port)
        writer.write(text(start()) + sound(b"\x2a" * 160))
        await owner.until(lambda: len(owner.sound) == 160)
        writer.write(sound(b"\x2b" * 160) + Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        assert await asyncio.wait_for(owner.end, 3) == "far_end"
        assert owner.sound == b"\x2a" * 160 + b"\x2b" * 160
        writer.close()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    _, length = await reader.readexactly(2)
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    return await reader.readexactly(length)


async def _until_told(reader: asyncio.StreamReader, command: bytes) -> None:
    async with asyncio.timeout(3):
        while command not in await _frame(reader):
            pass


@asynccontextmanager
async def stopping(owner: Owner) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A line on which a long sentence has just been stopped."""
    async with door(owner) as opened:
        opened._pulse = Pulse(seconds=30)
        reader, writer = await connected(opened.port)
        writer.write(text(start()) + sound(b"\x2a" * 160))
        await owner.until(lambda: len(owner.sound) == 160)
        assert owner.call is not None
        await owner.call.play(b"\x2a" * 16_000, mark="long")
        await owner.call.flush()
        await _until_told(reader, b"GET_STATUS")
        yield reader, writer
        writer.close()


async def test_a_line_that_rests_wakes_for_the_answer_to_its_question() -> None:
    owner = Owner(hurry=False)
    async with stopping(owner) as (reader, writer):
        writer.write(sound(b"\x2b" * 160))
        await owner.until(lambda: len(owner.sound) == 320)
        writer.write(text('{"event":"STATUS","queue_length":90}') + text('{"event":"STATUS","queue_length":89}'))
        await _until_told(reader, b"FLUSH_MEDIA")
        assert owner.sound == b"\x2a" * 160 + b"\x2b" * 160


@pytest.mark.parametrize("chatty", [False, True], ids=["silent", "chatty"])
async def test_who_never_answers_the_question_hears_the_next_sentence_all_the_same(chatty: bool) -> None:
    async def chat(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(text(KEY % 5))
            await asyncio.sleep(0.1)

    owner = Owner(hurry=True)
    async with stopping(owner) as (reader, writer), asyncio.TaskGroup() as group:
        chatting = group.create_task(chat(writer)) if chatty else None
        assert owner.call is not None
        async with asyncio.timeout(3):
            await owner.call.play(b"\x2b" * 160, mark="next")
        await _until_told(reader, b"FLUSH_MEDIA")
        await _until_told(reader, b"next")
        if chatting is not None:
            chatting.cancel()
