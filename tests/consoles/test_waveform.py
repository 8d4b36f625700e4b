"""The picture of a recording."""

import re

import pytest

from ivr.consoles.waveform import HEIGHT, WIDTH, Envelope, Peaks, draw
from tests.consoles.site import stereo, tone


def test_each_bar_has_its_loudest_value_of_each_side() -> None:
    quiet = bytes(len(tone(0.5)))
    sound = stereo(quiet, tone(0.5, loudness=16384)) + stereo(tone(0.5, loudness=8192), quiet)
    envelope = Envelope(len(sound), bars=4)
    envelope.add(sound)
    peaks = envelope.peaks()
    assert peaks.caller == pytest.approx((0, 0, 0.25, 0.25), abs=0.01)
    assert peaks.service == pytest.approx((0.5, 0.5, 0, 0), abs=0.01)


def test_pieces_of_any_size_give_the_same_picture() -> None:
    sound = stereo(tone(0.3, hertz=200), tone(0.3, hertz=777))
    whole, pieces = Envelope(len(sound), bars=50), Envelope(len(sound), bars=50)
    whole.add(sound)
    for at in range(0, len(sound), 333):
        pieces.add(sound[at : at + 333])
    assert pieces.peaks() == whole.peaks()


@pytest.mark.parametrize("length", [0, 3, 4, 40])
def test_a_recording_of_next_to_nothing_can_be_drawn(length: int) -> None:
    envelope = Envelope(length)
    envelope.add(bytes(length))
    assert draw(envelope.peaks()).startswith("<svg")


def test_more_sound_than_was_announced_ends_in_the_last_bar() -> None:
    envelope = Envelope(16, bars=2)
    envelope.add(b"\xff\x7f\x00\x00" * 20)
    assert envelope.peaks().caller[1] == pytest.approx(1, abs=0.01)


def test_the_loudest_value_stays_inside_its_lane() -> None:
    envelope = Envelope(4, bars=1)
    envelope.add(b"\x00\x80\x00\x80")
    assert envelope.peaks() == Peaks((1.0,), (1.0,))
    heights = [float(found) for found in re.findall(r"v([\d.]+)", draw(envelope.peaks()))]
    assert heights
    assert all(height < HEIGHT / 2 for height in heights)
    assert f"0 0 {WIDTH} {HEIGHT}" in draw(envelope.peaks())
