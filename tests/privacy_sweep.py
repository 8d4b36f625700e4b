"""After all tests: nothing that names a person stands in clear in any file, database or log they made.

What is looked for: identity numbers with a right check digit, mobile numbers, whole plates, SMS codes.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.people import check_digit
from ivr.domain.provinces import PROVINCES

_ID = re.compile(r"(?<![0-9A-Za-z])(\d{17})([\dXx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z])")
_PLATE = re.compile(rf"[{''.join(PROVINCES)}][A-Z][A-HJ-NP-Z0-9]{{5,6}}(?![0-9A-Z])")
_CODE = re.compile(r"验证码\D{0,6}\d{6}(?!\d)")
_OURS = ("ivr", "dialogs", "telephony", "backend_client")
_OTHERS = ("sandbox", "baresip")
"""Files and folders of others: of the stand-in for the police's core system, of a caller's own phone."""
_LARGEST_BYTES = 64 << 20


def personal(text: str) -> Counter[str]:
    """How often each kind stands in a text."""
    ids = [first for first, last in _ID.findall(text) if check_digit(first) == last.upper()]
    found = Counter({"id": len(ids), "mobile": len(_MOBILE.findall(text))})
    found.update({"plate": len(_PLATE.findall(text)), "code": len(_CODE.findall(text))})
    return +found


class LogSweep(logging.Handler):
    """Looks at every record of ours as it was meant, before the filter masks it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records = 0
        self.found: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at message, arguments, extras and error."""
        if record.name.partition(".")[0] not in _OURS:
            return
        self.records += 1
        shown = " ".join(str(value) for value in vars(record).values())
        for kind in personal(f"{record.getMessage()} {shown}"):
            self.found[f"{record.name}:{record.lineno} {kind}"] += 1


def as_text(data: bytes) -> str:
    """The characters of a file, a mark in the place of bytes that are none.

    Left out instead, they would let the scattered letters of sealed bytes stand side by side: one plate in a gigabyte.
    """
    return data.decode("utf-8", "replace")


def sweep_files(folder: Path) -> tuple[int, Counter[str]]:
    """Number of files looked at, and what stands in clear in which."""
    looked, found = 0, Counter[str]()
    for path in folder.rglob("*"):
        others = any(part.startswith(_OTHERS) for part in path.relative_to(folder).parts)
        if others or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > _LARGEST_BYTES:
            found[f"{path.name} too large to look at"] += 1
            continue
        looked += 1
        for kind in personal(as_text(path.read_bytes())):
            found[f"{path.relative_to(folder)} {kind}"] += 1
    return looked, found


@pytest.fixture(scope="session", autouse=True)
def privacy_sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Watch the logs from the first test on; look at every file after the last."""
    logs = LogSweep()
    logging.getLogger().addHandler(logs)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield
    logging.getLogger().removeHandler(logs)
    began = time.monotonic()
    looked, found = sweep_files(tmp_path_factory.getbasetemp())
    print(f"\nprivacy sweep: {looked} files and {logs.records} log records in {time.monotonic() - began:.1f} s")
    assert not logs.found, f"log records that name a person: {logs.found.most_common(20)}"
    assert not found, f"files that name a person: {found.most_common(40)}"
