"""The folder in which Asterisk leaves calls."""

import stat
from pathlib import Path

import numpy as np

from ivr.speech.audio import alaw_to_pcm
from ivr.storage.fallback_spool import FallbackSpool
from telephony.media.alaw import encode

NAME = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
BEGAN = "began 1790000000.250 lost x13800001111 x12123\n"
ENDED = "ended 1790000055.125 seat\n"


def spool(folder: Path) -> FallbackSpool:
    return FallbackSpool(folder / "ivr", alaw_to_pcm)


def leave(folder: Path, notes: str, *, caller: bytes = b"", heard: bytes = b"") -> None:
    (folder / "ivr").mkdir(exist_ok=True)
    (folder / "ivr" / f"{NAME}.call").write_text(notes)
    (folder / "ivr" / f"{NAME}-in.alaw").write_bytes(caller)
    (folder / "ivr" / f"{NAME}-out.alaw").write_bytes(heard)


def test_a_missing_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    assert spool(tmp_path).finished() == []
    assert stat.S_IMODE((tmp_path / "ivr").stat().st_mode) == 0o700


def test_a_call_is_over_when_its_end_is_noted_and_nothing_grows_any_more(tmp_path: Path) -> None:
    looking = spool(tmp_path)
    leave(tmp_path, BEGAN + ENDED, caller=b"\xd5" * 100)
    assert looking.finished() == []
    leave(tmp_path, BEGAN + ENDED, caller=b"\xd5" * 200)
    assert looking.finished() == []
    (found,) = looking.finished()
    assert found.call.by_seat
    assert looking.finished() == [found]


def test_a_call_that_goes_on_is_left_alone_and_one_of_a_dead_asterisk_is_taken_at_last(
    tmp_path: Path,
) -> None:
    looking = spool(tmp_path)
    leave(tmp_path, BEGAN)
    assert [looking.finished() for _ in range(30)] == [[]] * 30
    (found,) = looking.finished()
    assert found.call.ended_at is None


def test_both_sides_come_together_the_shorter_with_silence(tmp_path: Path) -> None:
    looking = spool(tmp_path)
    tone = encode(np.full(16_000, 1000, "<i2").tobytes())
    leave(tmp_path, BEGAN + ENDED, caller=tone, heard=tone[:12_000])
    looking.finished()
    (found,) = looking.finished()
    stereo = np.frombuffer(b"".join(looking.sound(found)), "<i2").reshape(-1, 2)
    assert len(stereo) == 16_000
    assert np.abs(stereo[:, 0]).min() > 900
    assert np.abs(stereo[:12_000, 1]).min() > 900
    assert not stereo[12_000:, 1].any()


def test_nothing_of_it_is_left_when_it_is_dropped(tmp_path: Path) -> None:
    looking = spool(tmp_path)
    leave(tmp_path, BEGAN + ENDED)
    (tmp_path / "ivr" / f"{NAME}-said.alaw").write_bytes(b"")
    looking.finished()
    (found,) = looking.finished()
    looking.drop(found)
    assert list((tmp_path / "ivr").iterdir()) == []


def test_other_files_are_not_touched(tmp_path: Path) -> None:
    looking = spool(tmp_path)
    (tmp_path / "ivr").mkdir()
    (tmp_path / "ivr" / "notes.call").write_text("mine")
    leave(tmp_path, "garbled")
    assert [looking.finished() for _ in range(3)] == [[]] * 3
