"""A back office in memory, and a caller who talks to the conversation as Rasa would carry it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from dialogs.actions.answer import Answer, wire
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Talk
from dialogs.actions.turn import Conversation
from ivr.dialogue.replies import Expect, HangUp, Hold, Reply, Say, Transfer
from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CaseState, Escalation
from ivr.domain.pacing import unmarked
from ivr.domain.plates import Plate
from ivr.services.car_moving_views import (
    Admission,
    CaseView,
    MoveRefused,
    MoveRequest,
    OrderUnknown,
    OwnerNotice,
    RemindOutcome,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FACTS = CallFacts("c1", "sv_caller", "1111", "320200", "苏B", None)


def view(state: CaseState = CaseState.NOTIFYING, **changes: Any) -> CaseView:
    whole = CaseView(
        case_id="M2611230001", state=state, plate_mask="苏B1****", place="清扬路", opened_at=NOW, colour_matches=None,
        on_road=True, escalated_to=None, rings_now=True, kept_only=False, reminded=False, asked=False,
    )
    return replace(whole, **changes)


@dataclass
class MemoryCarMoving:
    """Answers as it was told to, and remembers what it was asked."""

    refuses: Refusal | None = None
    refuses_filing: Refusal | None = None
    open: CaseView | None = None
    filed_view: CaseView = field(default_factory=view)
    colours: dict[str, str] = field(default_factory=dict)
    reminds: RemindOutcome | None = None
    not_moved: CaseView = field(default_factory=view)
    notice: OwnerNotice | None = None
    down: bool = False
    filed: list[MoveRequest] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    did: list[Any] = field(default_factory=list)
    draft: dict[str, str] | None = None

    def _up(self) -> None:
        if self.down:
            raise OSError("the database is gone")

    async def admit(self, *, caller_ref: str, plate: Plate, **_: Any) -> Admission:
        self._up()
        self.refs.append(caller_ref)
        return Admission(self.refuses, self.open if self.refuses is Refusal.OPEN_CASE else None)

    async def colour_hint(self, *, plate: Plate, colour: str, **_: Any) -> bool | None:
        known = self.colours.get(plate.text)
        return None if known is None else known == colour

    async def file(self, request: MoveRequest, *, now: datetime) -> CaseView:
        self._up()
        if self.refuses_filing:
            raise MoveRefused(self.refuses_filing)
        self.filed.append(request)
        return self.filed_view

    async def save_draft(self, call_id: str, slots: dict[str, str]) -> None:
        self._up()
        self.draft = dict(slots)

    async def drop_draft(self, call_id: str) -> None:
        self.draft = None

    async def open_case(self, *, caller_ref: str, call_id: str) -> CaseView | None:
        return self.open

    async def remind(self, case_id: str, *, now: datetime) -> RemindOutcome:
        self.did.append("remind")
        return self.reminds or RemindOutcome("sent", view())

    async def requester_says(self, case_id: str, *, moved: bool, now: datetime) -> CaseView:
        self.did.append(("moved", moved))
        return self.not_moved

    async def cancel(self, case_id: str, *, now: datetime) -> CaseView:
        self.did.append("cancel")
        return view(CaseState.CANCELLED)

    async def report_emergency(self, call_id: str, caller_ref: str, kind: str) -> str:
        self._up()
        self.did.append(("emergency", kind))
        return "H2611230001"

    async def owner_notice(self, order_id: str) -> OwnerNotice:
        if self.notice is None:
            raise OrderUnknown
        return self.notice

    async def owner_says(self, order_id: str, answer: Any, *, now: datetime) -> CaseView:
        if self.notice is None:
            raise OrderUnknown
        self.did.append(answer.value)
        return view()


class MemoryCallbacks:
    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []

    async def order(self, **order: Any) -> Any:
        self.orders.append(order)
        return SimpleNamespace(serial="H2611230001", due_at=NOW + timedelta(hours=26))


class MemoryConnecting:
    """The requester is on the line, or not."""

    def __init__(self) -> None:
        self.there = False
        self.connected: list[tuple[str, str]] = []

    async def offered(self, order_id: str) -> bool:
        return self.there

    async def connect(self, order_id: str, *, call_id: str) -> bool:
        if self.there:
            self.connected.append((order_id, call_id))
        return self.there


class Office:
    def __init__(self) -> None:
        self.car_moving = MemoryCarMoving()
        self.connecting = MemoryConnecting()
        self.callbacks = MemoryCallbacks()

    def clock(self) -> datetime:
        return NOW


class Caller:
    """Talks; `says` gives back what was said to him as one text."""

    def __init__(self, office: Any, facts: CallFacts = FACTS) -> None:
        self.office = office
        self.facts = facts
        self.talk = Talk()
        self.last: list[dict[str, Any]] = []
        self.replies: tuple[Reply, ...] = ()
        self._conversation = Conversation(office)

    async def message(self, said: Said) -> str:
        answer: Answer = await self._conversation.answer(Talk.from_slot(self.talk.to_slot()), said, self.facts, self.last)
        self.talk, self.replies, self.last = answer.talk, answer.replies, wire(answer.to_repeat)
        assert isinstance(self.replies[-1], Expect | Hold | Transfer | HangUp)
        assert not any(isinstance(reply, Expect | Hold | Transfer | HangUp) for reply in self.replies[:-1])
        return self.said

    async def says(self, *texts: str, intent: str = "nlu_fallback", sure: float = 0.4, heard: float = 1.0) -> str:
        return await self.message(Said(intent, sure, tuple(texts), heard=heard, expect=self.expect))

    async def keys(self, keys: str) -> str:
        return await self.message(Said("dtmf", 1.0, keys=keys))

    async def event(self, name: str, **payload: str) -> str:
        return await self.message(Said(name, 1.0, payload=payload))

    async def talks(self, *texts: str, heard: float = 1.0) -> str:
        for text in texts:
            await self.says(text, intent="move_car" if "挪" in text else "inform", heard=heard)
        return self.said

    @property
    def expect(self) -> str:
        last = self.replies[-1] if self.replies else None
        return last.kind.value if isinstance(last, Expect) else "open"

    @property
    def said(self) -> str:
        """The words, without their marks of pace."""
        return unmarked(self.marked)

    @property
    def marked(self) -> str:
        return "".join(reply.text for reply in self.replies if isinstance(reply, Say))

    @property
    def end(self) -> Reply:
        return self.replies[-1]

    @property
    def filed(self) -> Sequence[MoveRequest]:
        return self.office.car_moving.filed

    @property
    def did(self) -> list[Any]:
        return self.office.car_moving.did


WHOLE = "挪车苏B一二三四五白色的车停在清扬路六十八号门口"
"""Everything in one sentence: confirmed next."""


def escalated(where: Escalation) -> CaseView:
    return view(CaseState.ESCALATED, escalated_to=where)
