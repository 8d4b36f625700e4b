"""What a socket gave is cut at frames as the library would cut it, wherever the pieces were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from telephony.media.frames import frame_bytes, sound_ahead


def written(opcode: Opcode, data: bytes, *, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=mask)


@given(
    st.lists(st.one_of(st.binary(max_size=8), st.binary(min_size=120, max_size=330)), max_size=5),
    st.integers(0, 2000),
)
def test_whole_messages_of_sound_are_taken_and_what_has_not_come_whole_stays(
    messages: list[bytes], cut: int
) -> None:
    frames = [written(Opcode.BINARY, message) for message in messages]
    data = b"".join(frames)[:cut]
    taken, used = sound_ahead(data, most_bytes=16_384)
    assert taken == messages[: len(taken)]
    assert used == len(b"".join(frames[: len(taken)]))
    assert len(taken) == len(messages) or used + len(frames[len(taken)]) > len(data)


@pytest.mark.parametrize(
    "other",
    [
        written(Opcode.TEXT, b"{}"),
        written(Opcode.PONG, b"1234"),
        written(Opcode.CLOSE, b""),
        written(Opcode.BINARY, b"sound", mask=False),
        written(Opcode.BINARY, b"sound", fin=False),
        written(Opcode.BINARY, b"x" * 401),
        written(Opcode.BINARY, b"x" * 70_000),
        b"\xc2" + written(Opcode.BINARY, b"sound")[1:],
    ],
    ids=["text", "pong", "close", "unmasked", "fragment", "too-long", "much-too-long", "reserved-bit"],
)
def test_everything_else_is_left_where_it_is(other: bytes) -> None:
    sound = written(Opcode.BINARY, b"\xd5" * 160)
    assert sound_ahead(sound + other, most_bytes=400) == ([b"\xd5" * 160], len(sound))
    assert sound_ahead(other, most_bytes=400) == ([], 0)


@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("length", [0, 1, 125, 126, 160, 65_535, 65_536])
def test_the_length_of_a_frame_is_known_from_its_header(length: int, mask: bool) -> None:
    frame = written(Opcode.BINARY, b"x" * length, mask=mask)
    header = len(frame) - length - (4 if mask else 0)
    for seen in range(header):
        assert frame_bytes(frame[:seen]) is None
    assert {frame_bytes(frame[:seen]) for seen in range(header, min(len(frame), header + 20))} <= {len(frame)}
    assert frame_bytes(frame + b"more") == len(frame)
