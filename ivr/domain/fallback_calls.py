"""Calls that Asterisk carried on without the service, as its dialplan notes them. Pure.

began 1790000000.250 lost x13800001111 x12123     how: lost, unreached, transferred
asked 1790000031.000 xexams                       a message was left for this queue
ended 1790000055.125 seat                         seat or nobody
"""

import re
from dataclasses import dataclass, field
from typing import Final

_NAME: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BEGAN: Final = re.compile(r"began (\d{1,12}\.\d{1,3}) (lost|unreached|transferred) x([0-9+*#]{0,32}) x([0-9+*#]{0,32})")
_ASKED: Final = re.compile(r"asked (\d{1,12}\.\d{1,3}) x([A-Za-z0-9_]{0,64})")
_ENDED: Final = re.compile(r"ended (\d{1,12}\.\d{1,3}) (seat|nobody)")


@dataclass(frozen=True, slots=True)
class FallbackCall:
    """One call, from the moment at which the service did not carry it any more."""

    call_id: str
    how: str
    """`lost`: the service was lost in mid-call; `unreached`: it never had it; `transferred`: handed on."""
    began_at: float
    """Seconds since 1970, by Asterisk's clock; the first sample of its sound."""
    caller: str | None = field(repr=False)
    dialled: str = field(repr=False)
    asked_at: float | None = None
    """When he was asked to leave a message; None: he was not."""
    queue: str = ""
    """The queue he had waited for; empty: the one for everything."""
    ended_at: float | None = None
    """None: he still talks, or Asterisk died."""
    by_seat: bool = False
    """A person spoke with him."""


def call_id_of(name: str) -> str | None:
    """Read the call id out of a file's name; None where it is not of a call."""
    return name.replace("-", "") if _NAME.fullmatch(name) else None


def read_fallback_call(call_id: str, text: str) -> FallbackCall | None:
    """Read what the dialplan noted; None where it did not note the beginning."""
    lines = text.splitlines()
    began = next(filter(None, map(_BEGAN.fullmatch, lines)), None)
    if began is None:
        return None
    asked = next(filter(None, map(_ASKED.fullmatch, lines)), None)
    ended = next(filter(None, map(_ENDED.fullmatch, lines)), None)
    return FallbackCall(
        call_id=call_id,
        how=began[2],
        began_at=float(began[1]),
        caller=began[3] or None,
        dialled=began[4],
        asked_at=float(asked[1]) if asked else None,
        queue=asked[2] if asked else "",
        ended_at=float(ended[1]) if ended else None,
        by_seat=ended is not None and ended[2] == "seat",
    )
