import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.storage.errors import RecordingBroken
from ivr.storage.recording_format import (
    CHUNK_BYTES,
    HEADER_BYTES,
    TAG_BYTES,
    WAV_HEADER_BYTES,
    ChunkBox,
    Layout,
    wav_header,
)

BOX = ChunkBox(b"s" * 32, salt=b"a" * 16, call_id="call0001")


def test_a_chunk_tells_whether_it_is_the_last() -> None:
    assert BOX.open(3, BOX.close(3, b"sound", last=False)) == (b"sound", False)
    assert BOX.open(3, BOX.close(3, b"sound", last=True)) == (b"sound", True)


def test_a_chunk_opens_under_its_own_number_file_and_call_only() -> None:
    closed = BOX.close(3, b"sound", last=False)
    for box, number in (
        (BOX, 4),
        (ChunkBox(b"s" * 32, salt=b"b" * 16, call_id="call0001"), 3),
        (ChunkBox(b"s" * 32, salt=b"a" * 16, call_id="call0002"), 3),
        (ChunkBox(b"x" * 32, salt=b"a" * 16, call_id="call0001"), 3),
    ):
        with pytest.raises(RecordingBroken):
            box.open(number, closed)


@given(st.integers(0, 10 * CHUNK_BYTES))
def test_the_length_of_the_sound_follows_from_that_of_the_file(sound_bytes: int) -> None:
    chunks = max(1, -(-sound_bytes // CHUNK_BYTES))
    layout = Layout(HEADER_BYTES + sound_bytes + chunks * TAG_BYTES)
    assert layout.sound_bytes == sound_bytes
    assert layout.chunks == chunks


@pytest.mark.parametrize("length", [0, 10, HEADER_BYTES, HEADER_BYTES + TAG_BYTES - 1])
def test_a_file_too_short_for_a_chunk_holds_no_sound(length: int) -> None:
    assert (Layout(length).chunks, Layout(length).sound_bytes) == (0, 0)


def test_the_wav_header_is_one_that_players_understand() -> None:
    header = wav_header(8)
    assert len(header) == WAV_HEADER_BYTES
    with wave.open(io.BytesIO(header + bytes(8))) as file:
        assert file.getparams()[:4] == (2, 2, 8000, 2)
