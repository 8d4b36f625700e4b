"""The process in which pyttsx3 lives: one request a line on stdin, one WAV on stdout.

libespeak-ng may crash after thousands of sentences, and pyttsx3 talks to stdout; neither may touch a
process that holds calls. Request: `{"text", "voice", "rate"}`. Answer: four bytes of length, big-endian, then so
many bytes of WAV; length 0 = it failed.
"""

import json
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

_TRIES = 3
_HEADER_BYTES = 44


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import pyttsx3

    engine = pyttsx3.init("espeak")
    with tempfile.TemporaryDirectory(prefix="ivr-voice-", dir=_memory()) as folder:
        for line in sys.stdin.buffer:
            audio = _render(engine, json.loads(line), Path(folder) / "sentence.wav")
            answers.write(struct.pack(">I", len(audio)) + audio)
            answers.flush()


def _memory() -> str | None:
    """A folder that never reaches a disk, where there is one: sentences may name people."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def _render(engine: Any, request: dict[str, Any], path: Path) -> bytes:
    """Render a sentence; the engine now and then gives an empty file, so it is asked again."""
    engine.setProperty("voice", request["voice"])
    engine.setProperty("rate", request["rate"])
    for _ in range(_TRIES):
        path.unlink(missing_ok=True)
        engine.save_to_file(request["text"], str(path))
        engine.runAndWait()
        if path.exists() and path.stat().st_size > _HEADER_BYTES:
            return path.read_bytes()
    return b""


if __name__ == "__main__":
    main()
