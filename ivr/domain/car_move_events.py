"""Car moving: what may happen to a request (events), and what must be kept with it (effects)."""

from dataclasses import dataclass
from datetime import datetime

from ivr.domain.car_moves import (
    BackendTask,
    CarMoveCase,
    CaseState,
    OwnerAnswer,
    OwnerCallResult,
)

# what may happen ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VehicleLookedUp:
    """The backend answered; nobody to notify when `contact_token` is None."""

    contact_token: str | None
    colour_matches: bool | None = None
    plate_type: str | None = None
    """The type on file, where it differs from what the plate's shape suggests."""


@dataclass(frozen=True, slots=True)
class BackendFailed:
    """A pending task could not be done now."""


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A pending task was done; `serial` is the backend's."""

    task: BackendTask
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class TaskRefused:
    """The backend will not do a pending task; trying again does not help."""

    task: BackendTask


@dataclass(frozen=True, slots=True)
class OwnerAnswered:
    """The owner said or keyed an answer."""

    answer: OwnerAnswer


@dataclass(frozen=True, slots=True)
class OwnerCallEnded:
    """A call to the owner ended without an answer."""

    result: OwnerCallResult


@dataclass(frozen=True, slots=True)
class ReminderAsked:
    """The requester asks to urge the owner again."""


@dataclass(frozen=True, slots=True)
class RequesterSaid:
    """The requester says whether the car is gone."""

    moved: bool


@dataclass(frozen=True, slots=True)
class RequesterCancelled:
    """The requester no longer needs it."""


@dataclass(frozen=True, slots=True)
class MisuseConfirmed:
    """An administrator found the request malicious."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock looks whether something is due."""


Event = (
    VehicleLookedUp
    | BackendFailed
    | TaskDone
    | TaskRefused
    | OwnerAnswered
    | OwnerCallEnded
    | ReminderAsked
    | RequesterSaid
    | RequesterCancelled
    | MisuseConfirmed
    | TimePassed
)

# what is to be kept with it ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextOwner:
    """Queue an SMS to the owner."""

    kind: str


@dataclass(frozen=True, slots=True)
class TextRequester:
    """Queue an SMS to the requester."""

    kind: str


@dataclass(frozen=True, slots=True)
class RingOwner:
    """Queue a call to the owner."""

    attempt: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class StopNotices:
    """Withdraw what is queued for the owner: calls, and SMS that are no longer true."""


@dataclass(frozen=True, slots=True)
class TellRequester:
    """Resume the requester's call, if it is still on the line."""

    state: CaseState


@dataclass(frozen=True, slots=True)
class AskDispatcher:
    """A person has to look at it."""

    reason: str


Effect = TextOwner | TextRequester | RingOwner | StopNotices | TellRequester | AskDispatcher


@dataclass(frozen=True, slots=True)
class Decision:
    """The case after the event, and what must be kept in the same transaction."""

    case: CarMoveCase
    effects: tuple[Effect, ...] = ()
