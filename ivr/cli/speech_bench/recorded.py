"""A site's own recordings as cases: what people really said, written down by somebody who listened.

A folder holds WAV files and `said.tsv`, in UTF-8, a line a recording, columns parted by tabs:

    file       category   said           meant
    a17.wav    sentences  我要挪车        request_car_move    the intent; may be left out
    a18.wav    yes_no     对的            yes                 or no
    a19.wav    plate      苏B幺二三四五   苏B12345
    a20.wav    code       幺二三四五六    123456              likewise id and phone

`said` is word for word, digits as characters (一 or 幺), letters of plates as capitals.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ivr.cli.speech_bench.cases import Case
from ivr.cli.speech_bench.marks import SENTENCES
from ivr.dialogue.replies import Expect, ExpectKind
from ivr.domain.plates import looks_like_plate

LIST = "said.tsv"
_HEADS = ("file", "category", "said", "meant")
_DIGITS = frozenset("0123456789")
_EXPECTED: Mapping[str, Expect] = MappingProxyType({
    SENTENCES: Expect(), "yes_no": Expect(kind=ExpectKind.YES_NO), "plate": Expect(kind=ExpectKind.PLATE),
    "code": Expect(kind=ExpectKind.SMS_CODE, sensitive=True), "id": Expect(kind=ExpectKind.ID_NUMBER, sensitive=True),
    "phone": Expect(kind=ExpectKind.PHONE, sensitive=True),
})
CATEGORIES = tuple(_EXPECTED)
"""What recordings may hold."""


class RecordingsWrong(ValueError):
    """A list of recordings that cannot be used.

    The text says where and why; it repeats neither what was said nor the name of a file, which may be a caller's number.
    """


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording and what was said in it."""

    category: str
    case: Case
    wav: Path
    line: int
    """Of the list."""


def recorded(folder: Path, *, home: str) -> list[Recorded]:
    """Read a folder of recordings.

    Args:
        folder: with `said.tsv`.
        home: province and letter that callers mean who leave them out.

    Raises:
        RecordingsWrong: there is no list, or a line of it cannot be used.
    """
    path = folder / LIST
    try:
        text = path.read_text("utf-8-sig")
    except OSError:
        raise RecordingsWrong(f"there is no {path}: a line a recording, {', '.join(_HEADS)}, parted by tabs") from None
    except UnicodeDecodeError:
        raise RecordingsWrong(f"{path} is not UTF-8") from None
    found = list(_read(folder, text, home))
    if not found:
        raise RecordingsWrong(f"{path} names no recording")
    return found


def _read(folder: Path, text: str, home: str) -> Iterator[Recorded]:
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#") or tuple(cells) == _HEADS:
            continue
        try:
            category, case, wav = _one(folder, cells, home)
        except RecordingsWrong as error:
            raise RecordingsWrong(f"{folder / LIST}, line {number}: {error}") from None
        yield Recorded(category, case, wav, number)


def _one(folder: Path, cells: Sequence[str], home: str) -> tuple[str, Case, Path]:
    if len(cells) not in (len(_HEADS) - 1, len(_HEADS)):
        raise RecordingsWrong(f"{len(cells)} columns instead of {len(_HEADS)}: {', '.join(_HEADS)}")
    file, category, said, meant = (*cells, "")[: len(_HEADS)]
    expect = _EXPECTED.get(category)
    if expect is None:
        raise RecordingsWrong(f"no such category: there are {', '.join(CATEGORIES)}")
    if not (folder / file).is_file():
        raise RecordingsWrong("there is no such file in the folder")
    words = _words(said)
    if not words:
        raise RecordingsWrong("nothing is said")
    if not _can_be_meant(category, meant):
        raise RecordingsWrong(f"what is meant is no {category}")
    return category, Case((words,), meant, expect, home), folder / file


def _words(said: str) -> str:
    folded = unicodedata.normalize("NFKC", said).upper()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


def _can_be_meant(category: str, meant: str) -> bool:
    match category:
        case "yes_no":
            return meant in ("yes", "no")
        case "plate":
            return looks_like_plate(meant)
        case "code" | "phone":
            return _DIGITS.issuperset(meant) and len(meant) == {"code": 6, "phone": 11}[category]
        case "id":
            return len(meant) == 18 and _DIGITS.issuperset(meant[:17]) and meant[17] in "0123456789X"
        case _:
            return True
