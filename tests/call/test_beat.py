"""Frames of several lines wait for one beat, and each line's are decided in their order."""

import asyncio

import numpy as np

from ivr.call.beat import Beat
from ivr.call.vad import VoiceDetector
from tests.call.surroundings import FRAME, LOUD


async def all_of(told, count):
    async with asyncio.timeout(2):
        while len(told) < count:  # noqa: ASYNC110 - the beat tells by callbacks
            await asyncio.sleep(0)


class Network:
    """Takes a loud frame for speech; remembers how many lines it was asked about at once."""

    def __init__(self):
        self.asked = []

    def together(self, lines, frames):
        self.asked.append(len(lines))
        assert all(line(b"") is None for line in lines)
        return [bool(row.max() > 1000) for row in frames]


def detector():
    return VoiceDetector(lambda _: None)


async def test_frames_of_all_lines_are_decided_at_once():
    network, told = Network(), []
    beat, one, other = Beat(network), detector(), detector()
    for _ in range(2):
        beat.put(one, LOUD, ours_dbfs=-100.0, told=lambda voiced: told.append(("one", voiced)))
        beat.put(other, FRAME, ours_dbfs=-100.0, told=lambda voiced: told.append(("other", voiced)))
    assert told == []
    await all_of(told, 4)
    assert network.asked == [2, 2]
    assert told == [("one", False), ("other", False), ("one", True), ("other", False)]


async def test_a_burst_of_one_line_is_decided_frame_by_frame_as_without_a_beat():
    frames = [LOUD, LOUD, FRAME, LOUD, FRAME, FRAME, FRAME]
    alone = VoiceDetector(lambda frame: frame == LOUD)
    told = []
    beat, together = Beat(Network()), detector()
    for frame in frames:
        beat.put(together, frame, ours_dbfs=-100.0, told=told.append)
    await all_of(told, len(frames))
    assert told == [alone.process(frame) for frame in frames]


async def test_what_we_say_ourselves_is_weighed_with_each_frame():
    told = []
    beat, line = Beat(Network()), detector()
    soft = (np.ones(160) * 1200).astype("<i2").tobytes()
    for _ in range(3):
        beat.put(line, soft, ours_dbfs=0.0, told=told.append)
    await all_of(told, 3)
    assert told == [False, False, False]
