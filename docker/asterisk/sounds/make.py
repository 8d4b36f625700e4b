#!/usr/bin/env python3
"""Make the fallback's recorded words, its tone and its hold music anew; a studio's A-law files replace them.

Runs in the project's own environment: the service's voice speaks.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ivr.speech.audio import SAMPLE_RATE_HZ, pcm_to_alaw, silence
from ivr.speech.pyttsx import PyttsxSynthesizer

HERE = Path(__file__).resolve().parent
WORDS = {
    "unavailable": "您好，语音服务现在用不了，正在转人工，通话会录音。要留言请按一。",
    "interrupted": "抱歉，语音服务断了，电话没断，正在转人工。要留言请按一。",
    "nobody": "现在没有空闲的座席。",
    "leave_word": "请在嘀声后留下您的电话和要办的事，说完按井号。",
    "waiting": "座席都在忙，请再等一等。要留言请按一。",
    "next": "下一个就是您。",
    "noted": "记下了，我们会给您回电。再见。",
    "sorry": "抱歉，服务断了，稍后再联系您。再见。",
}
PARTS = {
    "place": "您现在排在第", "in_line": "位。", "at_most": "最多等", "minutes": "分钟，没有人接就请您留言。",
    "expected": "预计再等", "minutes_or_so": "分钟左右。", "two_of": "两",
}  # fmt: skip
"""A number stands beside them, so they have no silence of their own."""
_TENS = dict(zip(range(20, 100, 10), "二三四五六七八九", strict=True))
DIGITS = {
    **{f"digits/{number}": said for number, said in enumerate("零一二三四五六七八九十")},
    **{f"digits/{number}": f"{said}十" for number, said in _TENS.items()},
    "digits/hundred": "百",
}
"""As Asterisk looks for them in the language zh."""
_BEFORE_SECONDS, _AFTER_SECONDS = 0.2, 0.3
_CHORDS = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
_CHORD_SECONDS = 3.0


def sines(hertz: Iterable[float], seconds: float, loudness: float) -> np.ndarray:
    """Some tones together; 1 is as loud as can be."""
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return 32767 * loudness * np.sum([np.sin(2 * np.pi * each * at) for each in hertz], axis=0)


def pcm(wave: np.ndarray) -> bytes:
    """16-bit samples."""
    return np.rint(wave).astype("<i2").tobytes()


def hold_music() -> bytes:
    """Four soft chords that swell and fade."""
    swell = np.sin(np.pi * np.linspace(0, 1, round(_CHORD_SECONDS * SAMPLE_RATE_HZ), endpoint=False))
    return b"".join(pcm(sines(chord, _CHORD_SECONDS, 0.06) * swell) for chord in _CHORDS)


def write(name: str, sound: bytes) -> None:
    """Keep one file."""
    (HERE / f"{name}.alaw").write_bytes(pcm_to_alaw(sound))


async def main() -> None:
    """Make every file."""
    for folder in ("digits", "moh"):
        (HERE / folder).mkdir(exist_ok=True)
    voice = PyttsxSynthesizer()
    for name, text in WORDS.items():
        tone = pcm(sines([1000], 0.4, 0.08)) if name == "leave_word" else b""  # after it he speaks
        write(name, silence(_BEFORE_SECONDS) + await voice.say(text) + silence(_AFTER_SECONDS) + tone)
    for name, text in {**PARTS, **DIGITS}.items():
        write(name, await voice.say(text))
    write("moh/hold", hold_music())
    await voice.close()


if __name__ == "__main__":
    asyncio.run(main())
