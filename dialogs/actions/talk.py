"""What is remembered between two messages; lives in one Rasa slot and holds no number that names a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self


class Stage(StrEnum):
    """What the last question was about."""

    OPEN = "open"
    # moving a car
    PLATE = "plate"
    PLATE_AGAIN = "plate_again"
    """The plate is to be confirmed once more: something did not fit."""
    PLACE = "place"
    COLOUR = "colour"
    PHONE = "phone"
    CONFIRM = "confirm"
    WRONG = "wrong"
    """The caller said no: what is wrong?"""
    HOLDING = "holding"
    OWN_CASE = "own_case"
    """The caller has an open request: what about it?"""
    CONNECTING = "connecting"
    """The owner has answered and may want to talk with the caller, who holds the line."""
    OWNER = "owner"
    """An owner hears the notice."""
    OWNER_TALK = "owner_talk"
    """An owner has answered: does he want to talk with the requester?"""
    OWNER_JOINING = "owner_joining"
    """An owner waits to be joined with the requester, or talks with him."""
    # who is calling
    ID = "id"
    ID_REPAIR = "id_repair"
    """One digit was misheard: is it this number?"""
    CODE = "code"
    SECRET = "secret"  # noqa: S105 - a stage, not one
    AWAY = "away"
    """The backend gave no answer: try again, or a human?"""
    # driving tests
    EXAM_SUBJECT = "exam_subject"
    EXAM_DAY = "exam_day"
    EXAM_CHOICE = "exam_choice"
    EXAM_CONFIRM = "exam_confirm"
    EXAM_WHICH = "exam_which"
    """Several bookings: which one?"""
    EXAM_CANCEL = "exam_cancel"
    EXAM_WINDOW = "exam_window"
    """A booking only the window can cancel: its address, or a human?"""
    # plates, papers, licences
    PAPER_KIND = "paper_kind"
    PAPER_CAUSE = "paper_cause"
    PAPER_PLATE = "paper_plate"
    PAPER_CLASS = "paper_class"
    """Downgrade: to which class?"""
    PAPER_PIECES = "paper_pieces"
    PAPER_DELIVERY = "paper_delivery"
    PAPER_ADDRESS = "paper_address"
    PAPER_CONFIRM = "paper_confirm"
    PAPER_AGE = "paper_age"
    """The rules of age were told: is a licence to be changed now?"""
    PAPER_DRAFT = "paper_draft"
    """Something was begun in an earlier call: go on with it?"""
    FOR_OTHER = "for_other"
    """Somebody asks for an old person: by App or at the window?"""
    # the rest
    MORE = "more"
    """Anything else?"""
    OFFER_HUMAN = "offer_human"
    COMPLAINT = "complaint"
    RATING = "rating"
    RATING_WHY = "rating_why"
    """A low mark: what was wrong?"""


STEPS = frozenset(
    {Stage.PLATE, Stage.PLATE_AGAIN, Stage.PLACE, Stage.COLOUR, Stage.PHONE, Stage.CONFIRM, Stage.WRONG}
)
"""A request to move a car is being taken."""
HOLDS = frozenset({Stage.HOLDING, Stage.CONNECTING})
"""The caller holds the line for the owner."""
OWNERS = frozenset({Stage.OWNER, Stage.OWNER_TALK, Stage.OWNER_JOINING})
PROVING = frozenset({Stage.ID, Stage.ID_REPAIR, Stage.CODE, Stage.SECRET})
EXAM_STEPS = frozenset(
    {Stage.EXAM_SUBJECT, Stage.EXAM_DAY, Stage.EXAM_CHOICE, Stage.EXAM_CONFIRM, Stage.EXAM_WHICH, Stage.EXAM_CANCEL, Stage.EXAM_WINDOW}
)
PAPER_STEPS = frozenset(
    {
        Stage.PAPER_KIND, Stage.PAPER_CAUSE, Stage.PAPER_PLATE, Stage.PAPER_CLASS, Stage.PAPER_PIECES,
        Stage.PAPER_DELIVERY, Stage.PAPER_ADDRESS, Stage.PAPER_CONFIRM, Stage.PAPER_AGE, Stage.PAPER_DRAFT, Stage.FOR_OTHER,
    }
)
WORKING = STEPS | PROVING | EXAM_STEPS | PAPER_STEPS | {Stage.AWAY}
"""Something is being done for the caller that he may stop."""

CONFIRMING = frozenset({Stage.CONFIRM, Stage.EXAM_CONFIRM, Stage.EXAM_CANCEL, Stage.PAPER_CONFIRM})
"""Something was read back: a yes does it."""


class Service(StrEnum):
    """Whose business it is."""

    NONE = ""
    MOVE = "move"
    EXAM = "exam"
    PAPER = "paper"
    PROGRESS = "progress"
    LICENCE = "licence"
    """How the caller's licence stands."""


@dataclass(frozen=True, slots=True)
class Move:
    """A request as far as it is understood."""

    plate: str | None = None
    plate_fresh: bool = False
    """Heard in this message: read it back with the next question."""
    plate_doubts: tuple[int, ...] = ()
    """Places of the plate's province and letters that may have been misheard: explained when read back."""
    plate_question: str | None = None
    """Two readings sound alike: what to ask."""
    plate_others: tuple[str, ...] = ()
    """The other readings, the likeliest first."""
    plate_answers: tuple[str, ...] = ()
    """What may be answered to the question in a word."""
    plate_readings: tuple[tuple[str, float], ...] = ()
    """All that the plate may have been, with what it cost to hear it so: weighed with what is said next."""
    plate_denied: tuple[str, ...] = ()
    """Plates the caller has denied."""
    plate_checked: bool = False
    """Said again when the colour did not fit: not asked about a second time."""
    place: str | None = None
    place_kind: str | None = None
    on_road: bool | None = None
    reason: str | None = None
    colour: str | None = None
    """A colour, or `unknown` when the caller cannot tell."""
    phone_ref: str | None = None
    """Reference of a number the caller gave because his own is withheld, and confirmed."""
    phone_offered: str | None = None
    """Such a number, read back by its last four digits and not confirmed yet."""
    admitted: bool = False

    def __repr__(self) -> str:
        """Give what may be logged."""
        given = [f.name for f in fields(self) if getattr(self, f.name)]
        return f"Move({', '.join(given)})"


@dataclass(frozen=True, slots=True)
class Identity:
    """How far the caller has proved who he is. References only; a proof opens in its own call."""

    level: int = 0
    """2: identity number and SMS code; 3: a second secret too."""
    proof_ref: str = ""
    attempt_id: str = ""
    phone_tail: str = ""
    repairs: tuple[tuple[str, str], ...] = ()
    """Other readings of the number: (reference, last four)."""


@dataclass(frozen=True, slots=True)
class Exam:
    """A wish about driving tests as far as it is understood. Days in ISO form."""

    business: str = "book"
    """`book`, `query`, `cancel`, `change`."""
    subject: str | None = None
    first: str | None = None
    last: str | None = None
    earliest: bool = False
    """越早越好"""
    session: str | None = None
    venue: str | None = None
    plan_id: str | None = None
    plan_text: str = ""
    """The chosen session as it is read back."""
    offered: tuple[tuple[str, str, str], ...] = ()
    """Sessions offered: (plan id, name of it, as it is read back)."""
    serial: str = ""
    """The booking to be cancelled."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A wish about plates, papers and licences as far as it is understood."""

    paper: str | None = None
    cause: str | None = None
    plate: str | None = None
    plate_fresh: bool = False
    """Heard in this message: read it back with the next question."""
    plate_question: str | None = None
    plate_others: tuple[str, ...] = ()
    plate_answers: tuple[str, ...] = ()
    plate_readings: tuple[tuple[str, float], ...] = ()
    plate_denied: tuple[str, ...] = ()
    pieces: str | None = None
    delivery: str | None = None
    address: str | None = None
    target_class: str | None = None
    checked: bool = False
    """Allowed by the rules and the record."""
    fee: int = 0
    """In yuan."""
    drive: bool = True
    """May he drive until the new one is there?"""
    draft_seen: bool = False

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"Paper({self.paper}, {self.cause})"


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation so far."""

    stage: Stage = Stage.OPEN
    move: Move = Move()
    misses: int = 0
    """Answers not understood, one after another."""
    filed: int = 0
    """Requests filed in this call; numbers their idempotency keys."""
    case_id: str = ""
    queue: str = ""
    """Where the caller was offered to be transferred."""
    service: Service = Service.NONE
    """What is being done, and what goes on after the caller has proved who he is."""
    identity: Identity = field(default=Identity())
    exam: Exam = field(default=Exam())
    paper: Paper = field(default=Paper())
    for_seat: bool = False
    """A seat sent the caller to prove who he is, and waits for him."""
    served: str = ""
    """What was done for the caller; who was served is asked for a mark."""
    rated: bool = False
    answered: bool = False
    """An owner has said whether he comes."""
    sure: tuple[tuple[str, float], ...] = ()
    """How surely each thing that was given was heard: (name, 0 to 1)."""
    trail: tuple[Mapping[str, Any], ...] = ()
    """Questions answered before the open one, the newest last: `{"talk", "last"}`, for 返回上一步."""

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Self:
        """Read the slot; a fresh talk when it is empty."""
        if not slot:
            return cls()
        parts = {"move": Move, "identity": Identity, "exam": Exam, "paper": Paper}
        known = {f.name for f in fields(cls)} - {"stage", "service", *parts}
        rest = {name: _tupled(slot[name]) for name in known if name in slot}
        read = {name: part(**{key: _tupled(value) for key, value in slot.get(name, {}).items()}) for name, part in parts.items()}
        return cls(stage=Stage(slot["stage"]), service=Service(slot.get("service", "")), **read, **rest)

    def to_slot(self) -> dict[str, Any]:
        """Write the slot."""
        return {**asdict(self), "stage": self.stage.value, "service": self.service.value}

    def emptied(self) -> Move:
        """A new request of the same caller: only his number is kept."""
        return Move(phone_ref=self.move.phone_ref)

    def ended(self) -> Self:
        """Nothing is being done; who the caller is stays proved."""
        return replace(self, service=Service.NONE, exam=Exam(), paper=Paper(), move=self.emptied(), misses=0, trail=())

    def at(self, stage: Stage, **changes: Any) -> Self:
        """Go to a stage; misses start anew."""
        return replace(self, stage=stage, **{"misses": 0, **changes})


def _tupled(value: Any) -> Any:
    return tuple(_tupled(each) for each in value) if isinstance(value, list) else value
