"""The contract between the conversation and the turn-taking.

Every answer of the dialogue is a list of replies. The last one says what is expected next
(`Expect`), or ends this talk (`Transfer`, `Hold`, `HangUp`). On the wire a reply is the `custom`
payload of one Rasa message: `{"reply": "say", ...}`; `to_wire` and `from_wire` are inverse.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class ExpectKind(StrEnum):
    """What the caller is expected to give next; sets grammar, keys and end-of-turn timing."""

    OPEN = "open"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DIGITS = "digits"
    SMS_CODE = "sms_code"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    PLATE = "plate"
    DATE = "date"
    PLACE = "place"
    RATING = "rating"


class ReplyBroken(Exception):
    """An answer of the dialogue that does not keep the contract; carries no text of it."""


class Given(BaseModel):
    """Something that the caller gave; nothing of it names a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_.]{1,40}$")
    """E.g. `move.plate`."""
    value: str = Field(max_length=200, repr=False)
    sure: float = Field(ge=0, le=1)
    corrects: bool = False
    """Something else had been understood before."""


class Understood(BaseModel):
    """What the dialogue made of what the caller said or pressed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intent: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    confidence: float = Field(ge=0, le=1)
    given: tuple[Given, ...] = ()
    """What was not known before."""


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    understood: Understood | None = None
    """Only on the last reply of an answer, for the transcript; nothing depends on it."""


class Say(_Reply):
    """Speak `text`."""

    reply: Literal["say"] = "say"
    text: str = Field(min_length=1, max_length=1000)
    """Chinese, as it is to be read out; masked where it names a person. It may have marks of pace: `ivr.domain.pacing`."""
    interruptible: bool = True
    """May the caller's voice stop it? Keys always may."""
    phrase_id: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    """Names a fixed phrase, for which a site may have a recording."""


class Expect(_Reply):
    """Now listen for `kind`."""

    reply: Literal["expect"] = "expect"
    kind: ExpectKind = ExpectKind.OPEN
    count: int = Field(default=0, ge=0, le=32)
    """`choice`: how many choices; `digits`: how many digits (0 = not known)."""
    sensitive: bool = False
    """Sealed: digits and words of the answer go to the vault, never to Rasa, log or recording."""
    retries_left: int = Field(default=2, ge=0, le=9)
    """How often a silent caller is asked again. Less than 2: the dialogue then says what is next
    (`/no_input`), else he is taken to a human."""
    hints: tuple[str, ...] = ()
    """Words to favour; for `choice` the spoken names in order."""
    binding: bool = False
    """A yes to it cannot be taken back: the answer is heard out, and what comes of it is always told."""
    example: str | None = None
    """One sentence said when the caller stays silent twice, e.g. 比如说：苏B一二三四五。"""


class Transfer(_Reply):
    """Hand the caller to a human queue."""

    reply: Literal["transfer"] = "transfer"
    queue: str = Field(pattern=r"^[a-z0-9_]+$")
    reason: str = Field(pattern=r"^[a-z0-9_]+$")
    context: Mapping[str, Any] = Field(default_factory=dict)
    """For the seat's screen: what was asked, slots with confidence, verification level."""


class Hold(_Reply):
    """Keep the caller on the line until an order resumes the talk, at most `seconds`."""

    reply: Literal["hold"] = "hold"
    reason: str = Field(pattern=r"^[a-z0-9_]+$")
    seconds: float = Field(default=60, gt=0, le=600)


class HangUp(_Reply):
    """End the call after what was said has been heard."""

    reply: Literal["hang_up"] = "hang_up"
    reason: str = Field(pattern=r"^[a-z0-9_]+$")


Reply = Annotated[Say | Expect | Transfer | Hold | HangUp, Field(discriminator="reply")]
_REPLY: TypeAdapter[Say | Expect | Transfer | Hold | HangUp] = TypeAdapter(Reply)


def to_wire(reply: Say | Expect | Transfer | Hold | HangUp) -> dict[str, Any]:
    """Give the JSON object that travels as Rasa's `custom` payload."""
    return reply.model_dump(mode="json", exclude_defaults=False)


def from_wire(messages: Sequence[Mapping[str, Any]]) -> list[Say | Expect | Transfer | Hold | HangUp]:
    """Read Rasa's REST answer: a list of `{"text"}` and `{"custom"}` messages.

    Raises:
        ReplyBroken: the list is empty (Rasa's way to fail), or a payload breaks the contract.
    """
    if not messages:
        raise ReplyBroken("the dialogue answered nothing")
    replies: list[Say | Expect | Transfer | Hold | HangUp] = []
    for message in messages:
        if text := message.get("text"):
            replies.append(Say(text=str(text)))
        if "custom" in message:
            try:
                replies.append(_REPLY.validate_python(message["custom"]))
            except ValidationError as error:
                fields = sorted({".".join(map(str, e["loc"])) for e in error.errors()})
                raise ReplyBroken(f"the dialogue's answer is wrong in: {', '.join(fields)}") from None
    if not replies:
        raise ReplyBroken("the dialogue answered with neither text nor reply")
    if isinstance(replies[-1], Say):
        replies.append(Expect())
    return replies
