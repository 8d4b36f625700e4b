"""Car moving as the dialogue sees it: what it gives, what it gets, and how it is refused.

CarMovingError
├── MoveRefused   a rule says no; carries the `Refusal`
├── CaseUnknown   no case of that number
└── OrderUnknown  no owner call of that number
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CarMoveCase, CaseState, Escalation
from ivr.domain.plates import Plate

MAY_TALK = "may_talk"
"""Kind of the news that the owner has answered and is asked whether he wants to talk (`connecting`)."""
NO_TALK = "no_talk"
"""Kind of the news that he will not."""

PlaceKind = Literal["road", "compound", "car_park", "unit", "other"]


class CarMovingError(Exception):
    """Something about a request to move a car did not work."""

    code = "car_moving"


class MoveRefused(CarMovingError):
    """A rule says no."""

    code = "move_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"refused: {refusal.value}")
        self.refusal = refusal


class CaseUnknown(CarMovingError):
    """No case of that number."""

    code = "case_unknown"


class OrderUnknown(CarMovingError):
    """No owner call of that number."""

    code = "order_unknown"


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What the requester asked for."""

    call_id: str
    caller_ref: str
    plate: Plate
    plate_type: str
    place: str
    region: str
    idempotency_key: str
    """The same key files one case; one per call and confirmed request."""
    place_kind: PlaceKind | None = None
    reason: str | None = None
    """A word of `spoken.hear_reason`."""
    colour: str | None = None
    urgent: bool = False
    on_road: bool | None = None
    """As heard; None: the kind of place decides."""
    caller_token: str | None = None
    """Not trusted: the token is made again from the sealed number."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"MoveRequest(call_id={self.call_id!r}, plate={self.plate!r})"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it may be spoken of to its requester; the same whether or not the plate exists."""

    case_id: str
    state: CaseState
    plate_mask: str
    place: str
    opened_at: datetime
    colour_matches: bool | None
    """For the dispatcher's screen; never said."""
    on_road: bool | None
    escalated_to: Escalation | None
    rings_now: bool
    """The owner is rung at once: worth holding the line. False in the quiet hours, and while the
    backend does not answer."""
    kept_only: bool
    """The backend did not answer: the request is kept, nobody was notified yet."""
    reminded: bool
    asked: bool
    """The follow-up question was sent."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"CaseView(case_id={self.case_id!r}, state={self.state.value!r})"


def view_of(case: CarMoveCase, *, rings_now: bool = False) -> CaseView:
    """Show a case to its requester."""
    return CaseView(
        case_id=case.case_id,
        state=case.state,
        plate_mask=case.plate_mask,
        place=case.place,
        opened_at=case.opened_at,
        colour_matches=case.colour_matches,
        on_road=case.on_road,
        escalated_to=case.escalated_to,
        rings_now=rings_now,
        kept_only=case.state in {CaseState.NEW, CaseState.VALIDATED},
        reminded=case.reminders > 0,
        asked=case.asked_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Admission:
    """May this caller file a request for this plate?"""

    refusal: Refusal | None = None
    open_case: CaseView | None = None
    """Set with the refusal `open_case`."""

    @property
    def allowed(self) -> bool:
        """Go on asking?"""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class RemindOutcome:
    """What came of a request to urge the owner again."""

    kind: Literal["sent", "too_early", "already", "closed"]
    view: CaseView
    minutes_left: int = 0
    """With `too_early`: whole minutes until a reminder is possible."""


@dataclass(frozen=True, slots=True)
class OwnerNotice:
    """What the owner is told; nothing of the requester, no whole plate."""

    plate_tail: str
    """Last three letters or digits, e.g. `345`."""
    plate_type_name: str
    place: str
    reason: str | None
    answered: bool = False
    """The case was closed or answered meanwhile: apologise and end."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"OwnerNotice(plate_type_name={self.plate_type_name!r})"
