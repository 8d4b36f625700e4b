"""Prints the fingerprint of everything the dialogue model is trained from; standard library only."""

import hashlib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = ("dialogs/config.yml", "dialogs/components", "dialogs/domain", "dialogs/rules", "dialogs/jieba", "nlu_data/intents", "dialogs/environment/requirements.in")


def fingerprint() -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for source in SOURCES:
        path = PROJECT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                total.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


if __name__ == "__main__":
    print(fingerprint())  # noqa: T201 - what the script is for
