"""Who calls, read from the variables that the dialplan hands to the media channel.

They come inside `MediaStart`, not in the address of the connection, so that a caller's number never
stands in a URL. The dialplan sets them with leading underscores (`__IVR_CALLER`), which makes the media
channel inherit them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from telephony.errors import MediaOutOfPlace
from telephony.media.codecs import CodecName
from telephony.media.messages import MediaStart

_CALL_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_ORDER_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_CHANNEL = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class CallStart:
    """What is known of a call when it comes in."""

    call_id: str
    """32 hex digits."""
    direction: Literal["in", "out"]
    caller: str | None = field(repr=False)
    """The other person's number: who dials in, who is rung; None where it is withheld."""
    dialled: str
    """The number that was dialled; on a call out the number that is shown."""
    order_id: str | None
    """The order that had this person rung; None on a call in."""
    codec: CodecName
    channel: str | None
    """Asterisk's name of the person's channel, for AMI; None for a phone without Asterisk."""
    source: Literal["asterisk", "phone"]


def new_call_id() -> str:
    """A fresh call id."""
    return uuid4().hex


def read_call_start(start: MediaStart) -> CallStart:
    """Read what `MediaStart` tells.

    Raises:
        MediaOutOfPlace: no usable call id, or a call out without its order.
    """
    told = start.variables
    call_id = told.get("IVR_CALL", "").replace("-", "").lower()
    if not _CALL_ID.fullmatch(call_id):
        raise MediaOutOfPlace("a call without an id")
    order_id = _checked(_ORDER_ID, told, "IVR_ORDER")
    outward = told.get("IVR_DIRECTION") == "out"
    if outward and order_id is None:
        raise MediaOutOfPlace("a call out without its order")
    return CallStart(
        call_id=call_id,
        direction="out" if outward else "in",
        caller=_checked(_NUMBER, told, "IVR_CALLER"),
        dialled=_checked(_NUMBER, told, "IVR_DIALLED") or "",
        order_id=order_id,
        codec="slin" if start.format == "slin" else "alaw",
        channel=_checked(_CHANNEL, told, "IVR_CHANNEL"),
        source="phone" if told.get("IVR_SOURCE") == "phone" else "asterisk",
    )


def write_call_start(start: CallStart) -> dict[str, str]:
    """The variables that tell `start`; the inverse of `read_call_start`."""
    told = {
        "IVR_CALL": start.call_id,
        "IVR_DIRECTION": start.direction,
        "IVR_CALLER": start.caller or "",
        "IVR_DIALLED": start.dialled,
        "IVR_ORDER": start.order_id or "",
        "IVR_CHANNEL": start.channel or "",
        "IVR_SOURCE": start.source,
    }
    return {name: value for name, value in told.items() if value}


def _checked(shape: re.Pattern[str], told: Mapping[str, str], name: str) -> str | None:
    value = told.get(name, "")
    return value if shape.fullmatch(value) else None
