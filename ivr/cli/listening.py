"""A call's recording, listened to as a reviewer would: what each side says by our own ear, and what is heard to be wrong."""

import io
import wave

import numpy as np

from ivr.cli.listened import listen
from ivr.cli.listened_page import CallHeard, Told
from ivr.speech.audio import SAMPLE_RATE_HZ
from ivr.speech.recognizer import Ear, hear_whole

_BEFORE_SECONDS, _AFTER_SECONDS = 0.2, 0.3
"""Around a stretch: an ear wants to hear it begin and end."""


async def hear_call(title: str, wav: bytes, ear: Ear) -> CallHeard:
    """Listen to both sides.

    Args:
        title: of the call.
        wav: its recording, caller left, service right.
        ear: writes down what is said.
    """
    with wave.open(io.BytesIO(wav)) as file:
        pcm = file.readframes(file.getnframes())
    listened = listen(pcm)
    both = np.frombuffer(pcm[: len(pcm) // 4 * 4], "<i2").reshape(-1, 2)
    told = []
    for side, stretches in enumerate((listened.caller, listened.service)):
        for each in stretches:
            first = max(0, round((each.begin_seconds - _BEFORE_SECONDS) * SAMPLE_RATE_HZ))
            last = round((each.end_seconds + _AFTER_SECONDS) * SAMPLE_RATE_HZ)
            heard = await hear_whole(ear, both[first:last, side].tobytes())
            told.append(Told(each, side == 0, heard.text))
    return CallHeard(title, pcm, listened, tuple(sorted(told, key=lambda one: one.stretch.begin_seconds)))
