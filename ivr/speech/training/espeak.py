"""libespeak-ng by ctypes: audio together with the boundaries of its phonemes (no aligner needed).

The library fails after some thousands of voice changes in one process, so `corpus` starts a fresh
process for every thousand sentences.
"""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_WORD, _PHONEME = 1, 7
_RATE, _VOLUME, _PITCH, _RANGE, _GAP = 1, 2, 3, 4, 7
_PAUSES = frozenset(("_", "_:", "_|", "_!", "_;_", "_^_", "_::", "|", "||", "", "'", ","))

Mark = tuple[int, str | None]
"""(sample, phoneme); None begins a word."""
Segment = tuple[int, int, str]
"""(first sample, last sample, phoneme)."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """One engine of this process."""

    def __init__(self, data: Path | None = None, library: str = "libespeak-ng.so.1") -> None:
        """Open the library; `data` is a folder that holds `espeak-ng-data`, None is Debian's."""
        self._library: Any = ctypes.CDLL(library)
        self._audio: list[npt.NDArray[np.int16]] = []
        self._marks: list[Mark] = []
        self.sample_rate_hz = int(self._library.espeak_Initialize(2, 0, str(data).encode() if data else None, 1))
        self._callback = _CALLBACK(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, wave: Any, count: int, events: Any) -> int:
        if count > 0 and wave:
            self._audio.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != 0:
            event = events[index]
            if event.type == _PHONEME:
                self._marks.append((event.sample, event.id.string.decode("utf8", "replace")))
            elif event.type == _WORD:
                self._marks.append((event.sample, None))
            index += 1
        return 0

    def say(
        self, text: str, voice: str, *, rate: float = 160, pitch: float = 50, pitch_range: float = 50, gap: int = 0
    ) -> tuple[npt.NDArray[np.int16], list[Mark]]:
        """Speak pinyin with tone numbers; audio at `sample_rate_hz` and its marks."""
        self._audio.clear()
        self._marks.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"no such voice: {voice}")
        for parameter, value in ((_RATE, rate), (_VOLUME, 60), (_PITCH, pitch), (_RANGE, pitch_range), (_GAP, gap)):
            self._library.espeak_SetParameter(parameter, int(value), 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        audio = np.concatenate(self._audio) if self._audio else np.zeros(0, np.int16)
        return audio, list(self._marks)


def words_of(marks: list[Mark], total: int) -> list[list[Segment]]:
    """Group phonemes by word; pauses are left out."""
    ordered = sorted(marks, key=lambda mark: mark[0])
    words: list[list[Segment]] = []
    for index, (sample, phoneme) in enumerate(ordered):
        if phoneme is None:
            words.append([])
            continue
        end = next((s for s, p in ordered[index + 1 :] if p is not None), total)
        if phoneme in _PAUSES or phoneme.startswith("("):
            continue
        if not words:
            words.append([])
        words[-1].append((sample, end, phoneme))
    return [word for word in words if word]
