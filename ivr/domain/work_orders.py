"""Life of a work order (工单): what may be done with it next, and what that makes of it.

    受理 OPEN -> 转办 ASSIGNED -> 签收/办理 IN_HAND -> 答复 ANSWERED -> 回访 -> 办结 DONE
    back to OPEN: 退回重派 (handed back), 重办 (the caller is not content)
    any unfinished state: 催办; 作废, 合并 until the caller was answered; 延期 before the time is over

The steps are those of 国办发〔2020〕53号 (受理、派单、办理、答复、督办、办结、回访、评价); the rules that
differ from place to place are in `callbacks.yml`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from ivr.domain.car_move_limits import CHINA, DatedRules
from ivr.domain.orders import UNFINISHED, CallbackOrder, CallbackState, OrderLine
from ivr.domain.workdays import SeatHours, Workdays, callback_due, workdays_later

LONGEST_NOTE = 500
"""Characters."""


class OrderAction(StrEnum):
    """What somebody at a desk does."""

    ASSIGN = "assign"
    """转办: to a unit."""
    TAKE = "take"
    """签收."""
    GIVE_BACK = "give_back"
    """退回重派."""
    NOT_REACHED = "not_reached"
    """Called, and nobody answered."""
    ANSWER = "answer"
    """答复."""
    CONTENT = "content"
    """回访: he is content; 办结."""
    NOT_CONTENT = "not_content"
    """回访: he is not; 重办."""
    CLOSE = "close"
    """办结 without a follow-up call."""
    EXTEND = "extend"
    """延期."""
    URGE = "urge"
    """催办."""
    CANCEL = "cancel"
    """作废."""
    MERGE = "merge"
    """合并."""


class Refusal(StrEnum):
    """Why an action may not be taken."""

    NOT_NOW = "not_now"
    """The order is not in a state for it."""
    NOT_YOURS = "not_yours"
    """Somebody else has taken it."""
    NOTE_MISSING = "note_missing"
    NOTE_TOO_LONG = "note_too_long"
    UNIT_UNKNOWN = "unit_unknown"
    TOO_LATE = "too_late"
    """An extension is asked for before the time is over."""
    NO_MORE = "no_more"
    """It was extended as often as may be."""
    FOLLOW_UP_DUE = "follow_up_due"
    """Orders of this kind end with a follow-up call."""
    OTHER_UNFIT = "other_unfit"
    """The order to go on with is not there, finished, the same one, or another caller's."""


class OrderActionRefused(Exception):
    """The action may not be taken.

    Attributes:
        reason: why.
    """

    code = "order_action_refused"

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


_S = CallbackState
_FROM = MappingProxyType(
    {
        OrderAction.ASSIGN: frozenset({_S.OPEN, _S.ASSIGNED, _S.IN_HAND}),
        OrderAction.TAKE: frozenset({_S.OPEN, _S.ASSIGNED}),
        OrderAction.GIVE_BACK: frozenset({_S.ASSIGNED, _S.IN_HAND}),
        OrderAction.NOT_REACHED: frozenset({_S.IN_HAND, _S.ANSWERED}),
        OrderAction.ANSWER: frozenset({_S.IN_HAND}),
        OrderAction.CONTENT: frozenset({_S.ANSWERED}),
        OrderAction.NOT_CONTENT: frozenset({_S.ANSWERED}),
        OrderAction.CLOSE: frozenset({_S.ANSWERED}),
        OrderAction.EXTEND: frozenset({_S.OPEN, _S.ASSIGNED, _S.IN_HAND}),
        OrderAction.URGE: UNFINISHED,
        OrderAction.CANCEL: frozenset({_S.OPEN, _S.ASSIGNED, _S.IN_HAND}),
        OrderAction.MERGE: frozenset({_S.OPEN, _S.ASSIGNED, _S.IN_HAND}),
    }
)
_HOLDERS_ALONE = frozenset(
    {OrderAction.GIVE_BACK, OrderAction.ANSWER, OrderAction.EXTEND, OrderAction.ASSIGN, OrderAction.CANCEL, OrderAction.MERGE}
)
"""While somebody has it nobody else does these: two people cannot undo each other."""
NOTED = frozenset(
    {OrderAction.GIVE_BACK, OrderAction.ANSWER, OrderAction.NOT_CONTENT, OrderAction.EXTEND, OrderAction.CANCEL}
)
"""These need words."""


@dataclass(frozen=True, slots=True)
class OrderRules:
    """The rules in force at one place on one day."""

    hours: SeatHours
    days: Workdays
    units: tuple[str, ...]
    """Machine words of the units that orders go to."""
    followed_up: frozenset[str]
    """Reasons whose orders end with a follow-up call."""
    follow_up_workdays: int
    extension_workdays: int
    max_extensions: int

    @classmethod
    def read(cls, rules: DatedRules, days: Workdays, *, region: str, now: datetime) -> Self:
        """Read `callbacks.*` for a region on the Chinese day of `now`."""
        on = now.astimezone(CHINA).date()

        def number(name: str) -> int:
            return rules.number(f"callbacks.{name}", region=region, on=on)

        return cls(
            hours=SeatHours.read(rules, region=region, now=now),
            days=days,
            units=rules.items("callbacks.units", region=region, on=on),
            followed_up=frozenset(rules.items("callbacks.followed_up", region=region, on=on)),
            follow_up_workdays=number("follow_up_workdays"),
            extension_workdays=number("extension_workdays"),
            max_extensions=number("max_extensions"),
        )


@dataclass(frozen=True, slots=True)
class OrderStep:
    """One action, by whom, with what."""

    action: OrderAction
    by: str
    note: str = ""
    """Masked."""
    unit: str = ""
    """Of `ASSIGN`."""
    into: CallbackOrder | None = None
    """Of `MERGE`: the order that goes on."""


def allowed(order: CallbackOrder, *, by: str, now: datetime, rules: OrderRules) -> tuple[OrderAction, ...]:
    """What an account may do with an order now; whether its words fit is seen when it does."""
    return tuple(action for action in OrderAction if _refusal(order, action, by=by, now=now, rules=rules) is None)


def take_step(order: CallbackOrder, step: OrderStep, *, now: datetime, rules: OrderRules) -> tuple[CallbackOrder, OrderLine]:
    """Decide one action; the order afterwards and its line of history.

    Raises:
        OrderActionRefused: it may not be taken.
    """
    refusal = _refusal(order, step.action, by=step.by, now=now, rules=rules) or _unfit(order, step, rules)
    if refusal is not None:
        raise OrderActionRefused(refusal)
    after = _after(order, step, now=now, rules=rules)
    note = step.note.strip() or step.unit
    if step.into is not None:
        note = step.into.serial
    return after, OrderLine(order.serial, now, step.by, step.action.value, order.state, after.state, note)


def _refusal(
    order: CallbackOrder, action: OrderAction, *, by: str, now: datetime, rules: OrderRules
) -> Refusal | None:
    if order.state not in _FROM[action]:
        return Refusal.NOT_NOW
    if action in _HOLDERS_ALONE and order.state is CallbackState.IN_HAND and order.holder != by:
        return Refusal.NOT_YOURS
    if action is OrderAction.EXTEND:
        if order.extended >= rules.max_extensions:
            return Refusal.NO_MORE
        if now >= order.due_at:
            return Refusal.TOO_LATE
    if action is OrderAction.CLOSE and order.reason in rules.followed_up:
        return Refusal.FOLLOW_UP_DUE
    return None


def _unfit(order: CallbackOrder, step: OrderStep, rules: OrderRules) -> Refusal | None:
    if step.action in NOTED and not step.note.strip():
        return Refusal.NOTE_MISSING
    if len(step.note) > LONGEST_NOTE:
        return Refusal.NOTE_TOO_LONG
    if step.action is OrderAction.ASSIGN and step.unit not in rules.units:
        return Refusal.UNIT_UNKNOWN
    if step.action is OrderAction.MERGE:
        other = step.into
        fits = other is not None and other.is_unfinished and other.serial != order.serial
        if not fits or other is None or other.caller_token is None or other.caller_token != order.caller_token:
            return Refusal.OTHER_UNFIT
    return None


_ENDS = MappingProxyType(
    {
        OrderAction.CANCEL: _S.CANCELLED,
        OrderAction.MERGE: _S.MERGED,
        OrderAction.CONTENT: _S.DONE,
        OrderAction.CLOSE: _S.DONE,
    }
)


def _after(order: CallbackOrder, step: OrderStep, *, now: datetime, rules: OrderRules) -> CallbackOrder:
    match step.action:
        case OrderAction.ASSIGN:
            return replace(order, state=_S.ASSIGNED, unit=step.unit, holder=None)
        case OrderAction.TAKE:
            return replace(order, state=_S.IN_HAND, holder=step.by)
        case OrderAction.GIVE_BACK:
            return replace(order, state=_S.OPEN, unit=None, holder=None)
        case OrderAction.CANCEL | OrderAction.MERGE | OrderAction.CONTENT | OrderAction.CLOSE:
            return replace(order, state=_ENDS[step.action], merged_into=step.into.serial if step.into else None)
        case OrderAction.ANSWER | OrderAction.NOT_CONTENT:
            return _answered(order, step, now=now, rules=rules)
        case OrderAction.EXTEND:
            later = workdays_later(order.due_at, rules.extension_workdays, rules.hours, rules.days)
            return replace(order, due_at=later, extended=order.extended + 1)
        case _:
            return _counted(order, step.action)


def _answered(order: CallbackOrder, step: OrderStep, *, now: datetime, rules: OrderRules) -> CallbackOrder:
    if step.action is OrderAction.ANSWER:
        asked = workdays_later(now, rules.follow_up_workdays, rules.hours, rules.days)
        return replace(order, state=_S.ANSWERED, answer=step.note.strip(), due_at=asked, reminded_at=None)
    again = callback_due(now, rules.hours, rules.days)
    return replace(
        order, state=_S.OPEN, holder=None, due_at=again, reminded_at=None, redone=order.redone + 1, extended=0
    )


def _counted(order: CallbackOrder, action: OrderAction) -> CallbackOrder:
    if action is OrderAction.URGE:
        return replace(order, urged=order.urged + 1)
    return replace(order, tried=order.tried + 1)
