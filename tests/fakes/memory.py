"""In-memory twins of storage: one lock like SQLite's, rolled back unless committed."""

import asyncio
import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from ivr.domain.car_moves import CarMoveCase, CaseEvent
from ivr.domain.orders import (
    CallbackOrder,
    MisuseMark,
    OwnerCall,
    OwnerCallState,
    RecordConflict,
    SmsMessage,
    SmsState,
)
from ivr.storage.errors import SealForeign, SealGone


@dataclass
class Tables:
    cases: dict[str, CarMoveCase] = field(default_factory=dict)
    history: list[CaseEvent] = field(default_factory=list)
    drafts: dict[str, dict[str, str]] = field(default_factory=dict)
    orders: dict[str, OwnerCall] = field(default_factory=dict)
    sms: dict[str, SmsMessage] = field(default_factory=dict)
    callbacks: dict[str, CallbackOrder] = field(default_factory=dict)
    misuse: dict[str, MisuseMark] = field(default_factory=dict)
    audit: list[dict[str, Any]] = field(default_factory=list)
    serials: dict[tuple[str, date], int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """Of callers, by call."""


class MemoryCases:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, case: CarMoveCase) -> None:
        others = self._t.cases.values()
        if (
            case.case_id in self._t.cases
            or any(o.idempotency_key == case.idempotency_key for o in others)
            or (case.is_open and await self.open_of(case.requester_token) is not None)
        ):
            raise RecordConflict
        self._t.cases[case.case_id] = case

    async def save(self, case: CarMoveCase) -> CarMoveCase:
        if self._t.cases[case.case_id].version != case.version:
            raise RecordConflict
        saved = replace(case, version=case.version + 1)
        self._t.cases[case.case_id] = saved
        return saved

    async def get(self, case_id: str) -> CarMoveCase | None:
        return self._t.cases.get(case_id)

    async def by_key(self, idempotency_key: str) -> CarMoveCase | None:
        return next(
            (c for c in self._t.cases.values() if c.idempotency_key == idempotency_key), None
        )

    async def open_of(self, requester_token: str) -> CarMoveCase | None:
        return next(
            (
                c
                for c in self._t.cases.values()
                if c.is_open and c.requester_token == requester_token
            ),
            None,
        )

    async def due(self, now: datetime, limit: int) -> Sequence[CarMoveCase]:
        found = [
            c
            for c in self._t.cases.values()
            if (c.is_open or c.pending) and c.next_due_at is not None and c.next_due_at <= now
        ]
        return sorted(found, key=lambda c: c.next_due_at or now)[:limit]

    async def opened_since(
        self,
        since: datetime,
        *,
        requester_token: str | None = None,
        plate_token: str | None = None,
    ) -> int:
        return sum(
            1
            for c in self._t.cases.values()
            if c.opened_at >= since
            and requester_token in {None, c.requester_token}
            and plate_token in {None, c.plate_token}
        )

    async def note(self, event: CaseEvent) -> None:
        self._t.history.append(event)

    async def history(self, case_id: str) -> Sequence[CaseEvent]:
        return [e for e in self._t.history if e.case_id == case_id]

    async def keep_draft(self, call_id: str, slots: Mapping[str, str]) -> None:
        self._t.drafts[call_id] = dict(slots)

    async def draft(self, call_id: str) -> Mapping[str, str] | None:
        return self._t.drafts.get(call_id)

    async def drop_draft(self, call_id: str) -> None:
        self._t.drafts.pop(call_id, None)

    async def drop_drafts_before(self, moment: datetime) -> int:
        return 0


class MemoryOwnerCalls:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, order: OwnerCall) -> None:
        self._t.orders.setdefault(order.order_id, order)

    async def get(self, order_id: str) -> OwnerCall | None:
        return self._t.orders.get(order_id)

    async def save(self, order: OwnerCall) -> None:
        self._t.orders[order.order_id] = order

    async def is_wanted(self, now: datetime) -> bool:
        return self._oldest(now) is not None

    async def claim(self, worker: str, *, now: datetime, until: datetime) -> OwnerCall | None:
        order = self._oldest(now)
        if order is None:
            return None
        claimed = replace(order, state=OwnerCallState.CLAIMED, claimed_by=worker, claimed_until=until)
        self._t.orders[order.order_id] = claimed
        return claimed

    def _oldest(self, now: datetime) -> OwnerCall | None:
        for order in sorted(self._t.orders.values(), key=lambda o: o.not_before):
            lapsed = (
                order.state is OwnerCallState.CLAIMED
                and order.claimed_until is not None
                and order.claimed_until < now
            )
            free = order.state is OwnerCallState.QUEUED or lapsed
            if free and order.not_before <= now < order.not_after:
                return order
        return None

    async def lapsed(self, now: datetime) -> Sequence[OwnerCall]:
        busy = {OwnerCallState.RINGING, OwnerCallState.ANSWERED}
        return [
            o
            for o in self._t.orders.values()
            if (o.state in busy and o.claimed_until is not None and o.claimed_until < now)
            or (o.state is OwnerCallState.QUEUED and o.not_after <= now)
        ]

    async def withdraw(self, case_id: str) -> int:
        queued = [
            o
            for o in self._t.orders.values()
            if o.case_id == case_id and o.state is OwnerCallState.QUEUED
        ]
        for order in queued:
            self._t.orders[order.order_id] = replace(order, state=OwnerCallState.WITHDRAWN)
        return len(queued)

    async def of_case(self, case_id: str) -> Sequence[OwnerCall]:
        return [o for o in self._t.orders.values() if o.case_id == case_id]


class MemorySms:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, message: SmsMessage) -> None:
        self._t.sms.setdefault(message.sms_id, message)

    async def save(self, message: SmsMessage) -> None:
        self._t.sms[message.sms_id] = message

    async def get(self, sms_id: str) -> SmsMessage | None:
        return self._t.sms.get(sms_id)

    async def due(self, now: datetime, limit: int) -> Sequence[SmsMessage]:
        return [
            m
            for m in self._t.sms.values()
            if m.state is SmsState.QUEUED and (m.next_try_at is None or m.next_try_at <= now)
        ][:limit]

    async def of_subject(self, subject: str) -> Sequence[SmsMessage]:
        return [m for m in self._t.sms.values() if m.subject == subject]

    async def withdraw(self, subject: str) -> int:
        queued = [m for m in await self.of_subject(subject) if m.state is SmsState.QUEUED]
        for message in queued:
            self._t.sms[message.sms_id] = replace(message, state=SmsState.FAILED, error="withdrawn")
        return len(queued)

    async def recent(self, limit: int) -> Sequence[SmsMessage]:
        return list(self._t.sms.values())[::-1][:limit]


class MemoryCallbacks:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, order: CallbackOrder) -> None:
        if order.serial in self._t.callbacks or await self.by_key(order.idempotency_key):
            raise RecordConflict
        self._t.callbacks[order.serial] = order

    async def save(self, order: CallbackOrder) -> CallbackOrder:
        if self._t.callbacks[order.serial].version != order.version:
            raise RecordConflict
        newer = replace(order, version=order.version + 1)
        self._t.callbacks[order.serial] = newer
        return newer

    async def get(self, serial: str) -> CallbackOrder | None:
        return self._t.callbacks.get(serial)

    async def by_key(self, idempotency_key: str) -> CallbackOrder | None:
        return next(
            (o for o in self._t.callbacks.values() if o.idempotency_key == idempotency_key), None
        )

    async def open_orders(self, limit: int) -> Sequence[CallbackOrder]:
        found = [o for o in self._t.callbacks.values() if o.is_unfinished]
        return sorted(found, key=lambda o: o.due_at)[:limit]


class MemoryMisuse:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, mark: MisuseMark) -> None:
        self._t.misuse.setdefault(mark.case_id, mark)

    async def marks(self, caller_token: str) -> Sequence[MisuseMark]:
        return [m for m in self._t.misuse.values() if m.caller_token == caller_token]


class MemoryAudit:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def append(
        self, *, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, str]
    ) -> None:
        self._t.audit.append({"actor": actor, "action": action, "subject": subject, "facts": dict(facts)})


class MemoryCalls:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def number_of(self, call_id: str) -> str | None:
        return self._t.numbers.get(call_id)


class MemoryUnitOfWork:
    def __init__(self, storage: "MemoryStorage") -> None:
        self._storage = storage
        self._tables = Tables()

    async def __aenter__(self) -> Self:
        await self._storage.lock.acquire()
        self._tables = copy.deepcopy(self._storage.tables)
        self.calls = MemoryCalls(self._tables)
        self.cases = MemoryCases(self._tables)
        self.orders = MemoryOwnerCalls(self._tables)
        self.sms = MemorySms(self._tables)
        self.callbacks = MemoryCallbacks(self._tables)
        self.misuse = MemoryMisuse(self._tables)
        self.audit = MemoryAudit(self._tables)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._storage.lock.release()

    async def next_serial(self, letter: str, day: date) -> str:
        number = self._tables.serials.get((letter, day), 0) + 1
        self._tables.serials[letter, day] = number
        return f"{letter}{day:%y%m%d}{number:04d}"

    async def commit(self) -> None:
        if self._storage.fail_next_commit:
            self._storage.fail_next_commit = False
            raise OSError("disk full")
        self._storage.tables = copy.deepcopy(self._tables)


class MemoryStorage:
    """What `open_storage` would give, without a disk."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.lock = asyncio.Lock()
        self.fail_next_commit = False
        self.live = MemoryLiveCalls()
        self.vault = MemoryVault()
        self.cipher = MemoryCipher()

    def open_uow(self, *, reads_only: bool = False) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self)


class MemoryLiveCalls:
    def __init__(self) -> None:
        self.given: list[tuple[str, dict[str, Any]]] = []
        self.published: list[tuple[str, dict[str, Any]]] = []

    async def order(self, call_id: str, order: dict[str, Any]) -> None:
        self.given.append((call_id, order))

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        self.published.append((topic, message))


class MemoryVault:
    def __init__(self) -> None:
        self._sealed: dict[str, tuple[str, str]] = {}

    def put(self, value: str, *, call_id: str) -> str:
        ref = f"sv_{len(self._sealed)}"
        self._sealed[ref] = (call_id, value)
        return ref

    async def open(self, ref: str, *, call_id: str) -> str:
        if ref not in self._sealed:
            raise SealGone("gone")
        owner, value = self._sealed[ref]
        if owner != call_id:
            raise SealForeign("foreign")
        return value


class MemoryCipher:
    def token(self, number: str) -> str:
        return hashlib.sha256(b"test" + number.encode()).hexdigest()[:32]
