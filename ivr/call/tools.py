"""What every call of a process uses, plugged together by whoever opens the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.call.beat import Beat
from ivr.call.ports import (
    Dialogue,
    HumanDesk,
    Meetings,
    Orders,
    RecordingWriter,
    Records,
    Seats,
    Vault,
)
from ivr.call.speaking import Mouth
from ivr.speech.recognizer import Ear


@dataclass(frozen=True, slots=True)
class Codec:
    """How audio travels on this line."""

    decode: Callable[[bytes], bytes]
    encode: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class CallTools:
    """What every call of this process uses."""

    ear: Ear
    mouth: Mouth
    dialogue: Dialogue
    records: Records
    recording: Callable[[str], RecordingWriter]
    vault: Vault
    orders: Orders
    desk: HumanDesk
    seats: Seats
    meetings: Meetings
    voices: Callable[[], Callable[[bytes], bool]]
    """Makes one voice classifier per call (ivr.speech.silero)."""
    dialogue_facts: Mapping[str, Any]
    """Told with every question: region, home plate."""
    beat: Beat | None = None
    """Asks the classifiers of all calls at once; None: each by itself."""
