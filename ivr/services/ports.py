"""What the services need from the rooms below, as protocols; `ivr.storage` keeps these promises.

Encryption at rest is the repositories' work: the values that go in and out are plain dataclasses of
`ivr.domain`. Every repository belongs to one unit of work and writes nothing before its `commit`.
"""

# ruff: noqa: D102, D105  -- where the name and the types say it all

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from ivr.domain.applications import Application, Draft
from ivr.domain.calls import CallView
from ivr.domain.car_moves import CarMoveCase, CaseEvent
from ivr.domain.checks import CodeSent
from ivr.domain.orders import CallbackOrder, MisuseMark, OrderLine, OwnerCall, Rating, SmsMessage


class Cases(Protocol):
    """Car-moving cases, their history, and the drafts of requests not filed yet."""

    async def add(self, case: CarMoveCase) -> None:
        """Insert a new case.

        Raises:
            RecordConflict: the case id or the idempotency key is taken, or the requester already
                has an open case (unique on `requester_token` where `is_open`).
        """

    async def save(self, case: CarMoveCase) -> CarMoveCase:
        """Write `case` over its version and return it with `version + 1`.

        Raises:
            RecordConflict: the stored version is not `case.version`.
        """

    async def get(self, case_id: str) -> CarMoveCase | None: ...

    async def by_key(self, idempotency_key: str) -> CarMoveCase | None: ...

    async def open_of(self, requester_token: str) -> CarMoveCase | None:
        """The open case of a requester."""

    async def due(self, now: datetime, limit: int) -> Sequence[CarMoveCase]:
        """Open or pending cases with `next_due_at <= now`, the longest overdue first."""

    async def opened_since(
        self,
        since: datetime,
        *,
        requester_token: str | None = None,
        plate_token: str | None = None,
    ) -> int:
        """How many were opened at or after `since`; the tokens given must both match."""

    async def note(self, event: CaseEvent) -> None:
        """Append one line of history."""

    async def history(self, case_id: str) -> Sequence[CaseEvent]: ...

    async def keep_draft(self, call_id: str, slots: Mapping[str, str]) -> None:
        """Insert or replace; the slots are encrypted, storage notes the time."""

    async def draft(self, call_id: str) -> Mapping[str, str] | None: ...

    async def drop_draft(self, call_id: str) -> None: ...

    async def drop_drafts_before(self, moment: datetime) -> int: ...


class OwnerCalls(Protocol):
    """Calls to owners that are to be placed (`uow.orders`)."""

    async def add(self, order: OwnerCall) -> None:
        """Insert; an `order_id` already there is left as it is."""

    async def get(self, order_id: str) -> OwnerCall | None: ...

    async def save(self, order: OwnerCall) -> None: ...

    async def is_wanted(self, now: datetime) -> bool:
        """Is there one that `claim` would give?"""

    async def claim(self, worker: str, *, now: datetime, until: datetime) -> OwnerCall | None:
        """Take the oldest that is `queued` (or whose claim lapsed while `claimed`) with
        `not_before <= now < not_after`; atomic between workers (conditional update).
        """  # noqa: D205

    async def lapsed(self, now: datetime) -> Sequence[OwnerCall]:
        """`ringing` or `answered` with `claimed_until < now`; also `queued` past `not_after`."""

    async def withdraw(self, case_id: str) -> int:
        """Set the `queued` calls of a case to `withdrawn`."""

    async def of_case(self, case_id: str) -> Sequence[OwnerCall]: ...


class SmsOutbox(Protocol):
    """Texts to send (`uow.sms`)."""

    async def add(self, message: SmsMessage) -> None:
        """Insert; an `sms_id` already there is left as it is."""

    async def save(self, message: SmsMessage) -> None: ...

    async def get(self, sms_id: str) -> SmsMessage | None: ...

    async def by_carrier_id(self, carrier_id: str) -> SmsMessage | None: ...

    async def due(self, now: datetime, limit: int) -> Sequence[SmsMessage]:
        """`queued` with `next_try_at` None or `<= now`, oldest first."""

    async def of_subject(self, subject: str) -> Sequence[SmsMessage]: ...

    async def withdraw(self, subject: str) -> int:
        """Give up what is still queued for a subject: `failed`, error `withdrawn`."""

    async def recent(self, limit: int) -> Sequence[SmsMessage]:
        """Newest first, for the outbox page."""


class CallbackOrders(Protocol):
    """Promises that a person calls back (`uow.callbacks`)."""

    async def add(self, order: CallbackOrder) -> None:
        """Insert.

        Raises:
            RecordConflict: the serial or the idempotency key is taken.
        """

    async def save(self, order: CallbackOrder) -> CallbackOrder:
        """Write it over the version it was read as.

        Raises:
            RecordConflict: somebody else changed it since.
        """

    async def note(self, line: OrderLine) -> None: ...

    async def history(self, serial: str) -> Sequence[OrderLine]:
        """Oldest first."""

    async def get(self, serial: str) -> CallbackOrder | None: ...

    async def by_key(self, idempotency_key: str) -> CallbackOrder | None: ...

    async def open_orders(self, limit: int) -> Sequence[CallbackOrder]:
        """Unfinished, soonest due first."""

    async def of_caller(self, caller_token: str, limit: int) -> Sequence[CallbackOrder]:
        """Newest first."""

    async def overdue(self, now: datetime, limit: int) -> Sequence[CallbackOrder]:
        """Unfinished with `due_at <= now` of which nobody was told yet."""


class MissedCalls(Protocol):
    """Calls in which nobody was served (`uow.calls`)."""

    async def missed(
        self, *, since: datetime, least_seconds: float, dead_before: datetime, limit: int
    ) -> Sequence[CallView]:
        """Newest first."""


class Misuse(Protocol):
    """Confirmed malicious requests (`uow.misuse`)."""

    async def add(self, mark: MisuseMark) -> None:
        """Insert; a second mark for the same case is left out."""

    async def marks(self, caller_token: str) -> Sequence[MisuseMark]:
        """Oldest first."""


class Applications(Protocol):
    """Confirmed submissions and what came of them (`uow.applications`)."""

    async def add(self, application: Application) -> None:
        """Insert.

        Raises:
            RecordConflict: the serial or the idempotency key is taken.
        """

    async def save(self, application: Application) -> None: ...

    async def get(self, serial: str) -> Application | None: ...

    async def by_key(self, idempotency_key: str) -> Application | None: ...

    async def of_person(self, id_token: str, limit: int) -> Sequence[Application]:
        """Newest first."""

    async def due(self, now: datetime, limit: int) -> Sequence[Application]:
        """`confirmed` with `next_try_at <= now`, oldest first."""


class Drafts(Protocol):
    """What callers gave before they had to stop (`uow.drafts`)."""

    async def keep(self, draft: Draft) -> None:
        """Insert, or replace the person's draft of the same service."""

    async def get(self, id_token: str, service: str, *, now: datetime) -> Draft | None:
        """Give it while it may be kept."""

    async def drop(self, id_token: str, service: str) -> None: ...

    async def drop_expired(self, now: datetime) -> int: ...


class Checks(Protocol):
    """Codes sent and failed tries (`uow.checks`)."""

    async def add(self, code: CodeSent) -> None: ...

    async def save(self, code: CodeSent) -> None: ...

    async def get(self, attempt_id: str) -> CodeSent | None: ...

    async def sent_since(self, id_token: str, since: datetime) -> int:
        """How many codes went out for an identity at or after `since`."""

    async def fail(self, id_token: str, kind: str, at: datetime) -> None:
        """Count one failed try."""

    async def failures_since(self, id_token: str, kind: str, since: datetime) -> int: ...

    async def drop_before(self, moment: datetime) -> int:
        """Forget codes and failures older than `moment`."""


class Ratings(Protocol):
    """Callers' marks (`uow.ratings`)."""

    async def add(self, rating: Rating) -> None:
        """Insert; a second mark in the same call is left out."""

    async def of_call(self, call_id: str) -> Rating | None: ...


class Audit(Protocol):
    """The append-only, hash-chained record of who did what (`uow.audit`)."""

    async def append(
        self, *, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, str]
    ) -> None: ...


class Calls(Protocol):
    """Records of calls (`uow.calls`)."""

    async def number_of(self, call_id: str) -> str | None:
        """Give the caller's number; None when it was withheld, or nothing is known of the call."""


class UnitOfWork(Protocol):
    """One transaction: rolled back at the end unless committed."""

    @property
    def calls(self) -> Calls: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def orders(self) -> OwnerCalls: ...
    @property
    def sms(self) -> SmsOutbox: ...
    @property
    def callbacks(self) -> CallbackOrders: ...
    @property
    def misuse(self) -> Misuse: ...
    @property
    def applications(self) -> Applications: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def ratings(self) -> Ratings: ...
    @property
    def audit(self) -> Audit: ...

    async def next_serial(self, letter: str, day: date) -> str:
        """Letter + yymmdd + four digits counted per letter and day, e.g. `M2611230001`."""

    async def commit(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class OpenUnitOfWork(Protocol):
    """Makes a fresh unit of work: `async with open_uow() as uow: ...; await uow.commit()`."""

    def __call__(self, *, reads_only: bool = False) -> UnitOfWork:
        """One that only reads waits for no writer, and must not write."""
        ...


class Sealed(Protocol):
    """Stands for a sealed value (`ivr.storage.sealed.SealedRef`)."""

    @property
    def ref(self) -> str: ...
    @property
    def tail(self) -> str: ...


class Vault(Protocol):
    """Sealed values (`ivr.storage.sealed.Vault`)."""

    async def seal(
        self, *, call_id: str, kind: str, value: str, ttl_seconds: int = 600, uses: int = 1
    ) -> Sealed:
        """Lay a value in; raises `LiveDown` of storage."""

    async def open(self, ref: str, *, call_id: str) -> str:
        """Raises `SealGone` or `SealForeign` of storage."""

    async def forget(self, ref: str) -> None:
        """Let it open no more; never raises."""


class FieldCipher(Protocol):
    """Tokens that stand for a number or a plate in limits and search."""

    def token(self, number: str) -> str: ...


class LiveCalls(Protocol):
    """The way to a call that is on the line (`ivr.storage.live_calls`)."""

    async def order(self, call_id: str, order: dict[str, Any]) -> None: ...

    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...
