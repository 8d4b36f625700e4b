"""Marks of pace in what is said, after SSML's: `<slow>苏B，一二三，四五</slow>` and `<pause 0.4>`. Pure.

Only the mouth reads them; transcripts, captions and recording sheets have the words alone. What is no mark
stays text, so that a mistyped one is never a sentence unsaid.
"""

import re
from dataclasses import dataclass

LONGEST_PAUSE_SECONDS = 2.0
"""Longer, and a caller thinks that the line is dead."""
_MARK = re.compile(r"<(/?slow|pause (\d+(?:\.\d+)?))>")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one pace."""

    text: str
    slow: bool = False
    pause_seconds: float = 0.0
    """Silence after it, beyond what its last sign asks for."""


def parts_of(marked: str) -> tuple[Part, ...]:
    """Cut a sentence where its pace changes."""
    parts: list[Part] = []
    slow, at = False, 0
    for mark in _MARK.finditer(marked):
        _add(parts, marked[at : mark.start()], slow=slow)
        at = mark.end()
        if mark[2] is None:
            slow = mark[1] == "slow"
        elif parts:
            pause = min(parts[-1].pause_seconds + float(mark[2]), LONGEST_PAUSE_SECONDS)
            parts[-1] = Part(parts[-1].text, parts[-1].slow, pause)
    _add(parts, marked[at:], slow=slow)
    return tuple(parts)


def _add(parts: list[Part], text: str, *, slow: bool) -> None:
    if text:
        parts.append(Part(text, slow))


def unmarked(marked: str) -> str:
    """The words alone."""
    return _MARK.sub("", marked)


def slowly(marked: str) -> str:
    """The whole sentence slow, its pauses kept."""
    return f"<slow>{re.sub('</?slow>', '', marked)}</slow>"
