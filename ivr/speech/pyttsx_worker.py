"""The process in which pyttsx3 lives: one request a line on stdin, one WAV on stdout.

libespeak-ng may crash after thousands of sentences, and pyttsx3 talks to stdout; neither may touch a
process that holds calls. Request: `{"text", "voice", "rate"}`. Answer: four bytes of length, big-endian,
then so many bytes of WAV; length 0 = it failed, `NO_VOICE` = the engine or that voice is not installed.
"""

import json
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

NO_VOICE = 0xFFFF_FFFF
_TRIES = 4
_HEADER_BYTES = 44


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    engine = start_engine()
    voices: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ivr-voice-", dir=_memory()) as folder:
        for line in sys.stdin.buffer:
            audio = None if engine is None else _render(engine, json.loads(line), Path(folder) / "sentence.wav", voices)
            answers.write(struct.pack(">I", NO_VOICE) if audio is None else struct.pack(">I", len(audio)) + audio)
            answers.flush()


def start_engine() -> Any:
    """Start pyttsx3 on espeak-ng, ready to take voice and rate at once; None when its library or data is not installed."""
    import pyttsx3

    start: Any = pyttsx3.init
    try:
        engine = start("espeak")
    except (RuntimeError, OSError):
        return None
    engine.runAndWait()  # until its loop has run once, voice and rate are kept for later, and race the first sentence
    return engine


def _memory() -> str | None:
    """A folder that never reaches a disk, where there is one: sentences may name people."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def _render(engine: Any, request: dict[str, Any], path: Path, voices: list[str]) -> bytes | None:
    """A WAV; empty when it failed, None when there is no such voice. `voices` keeps the one that was set last.

    On a busy machine pyttsx3's loop now and then ends before espeak-ng has spoken, so an empty file is
    tried again.
    """
    errors: list[Exception] = []
    listening = engine.connect("error", lambda name, exception: errors.append(exception))
    if voices[-1:] != [request["voice"]]:  # it takes the rate back with it, at a moment of its own
        engine.setProperty("voice", request["voice"])
        _wait_until_set()
        voices[:] = [request["voice"]]
    engine.setProperty("rate", request["rate"])
    _wait_until_set()
    wav = b""
    for _ in range(_TRIES):
        path.unlink(missing_ok=True)
        engine.save_to_file(request["text"], str(path))
        engine.runAndWait()
        wav = path.read_bytes() if path.exists() else b""
        if errors or len(wav) > _HEADER_BYTES:
            break
    engine.disconnect(listening)
    return None if any(isinstance(error, ValueError) for error in errors) else wav


def _wait_until_set() -> None:
    """espeak-ng takes voice and rate in a thread of its own; on a busy machine what follows at once overtakes them."""
    from pyttsx3.drivers import _espeak

    wait: Any = _espeak.Synchronize
    wait()


if __name__ == "__main__":
    main()
