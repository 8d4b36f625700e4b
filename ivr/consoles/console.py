"""What every page uses: what is kept, who looks, how it is shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated, Protocol

from fastapi import Depends, Request
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from ivr.consoles.carrier_door import CarrierDoor
from ivr.consoles.errors import FormForged, NotYours, SignInNeeded, StepNeeded
from ivr.consoles.guard import LOOPBACK_NAMES
from ivr.consoles.lines import TicketOffice
from ivr.consoles.oidc import SiteSignOn
from ivr.consoles.pages import COOKIE, Pages
from ivr.consoles.ringing import RingBoard
from ivr.consoles.seats import SeatBoard
from ivr.consoles.sessions import Session, Sessions
from ivr.consoles.sign_in import Tries
from ivr.domain.accounts import Account, Right, Scope
from ivr.services.dispatching import Dispatching
from ivr.services.joining import Joins
from ivr.services.people import People
from ivr.services.reviewing import Reviewing
from ivr.services.seating import Seating
from ivr.services.signing_in import SigningIn
from ivr.services.work_orders import WorkOrders
from ivr.storage.errors import StorageError
from ivr.storage.room import StorageRoom
from ivr.storage.unit_of_work import UnitOfWork
from telephony.exchange import Ring

LOOK_AGAIN_SECONDS = 2.0
"""So often it is seen whether somebody may still watch or hear what goes on and on."""


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where the media door is, and the login for it."""

    host: str
    port: int
    user: str
    password: SecretStr
    path: str = "/media"

    @property
    def url(self) -> str:
        """Address of the door."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ws://{host}:{self.port}{self.path}"


class BrowserPhones(Protocol):
    """Rings browser phones; `telephony.exchange.Exchange` is one."""

    def ring_channel(self, number: str) -> AbstractAsyncContextManager[AsyncIterator[Ring]]:
        """Register a number while the block runs; raises `NumberTaken`."""
        ...


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What a site may set."""

    hotline: str = "12123"
    phone_rings: bool = True
    """May a browser phone be rung under a number that it told? Where a PBX rings the owners it can only dial."""
    phone_open: bool = True
    """May somebody who is not signed in dial? Right for a console on loopback only."""
    names: tuple[str, ...] = LOOPBACK_NAMES
    """Host names the console answers to; empty: any."""
    zone: str = "Asia/Shanghai"
    """Time zone of what is shown."""
    carrier: CarrierDoor | None = None
    """Where SMS carriers report; None: they do not."""
    sign_on: SiteSignOn | None = None
    """The site's own sign-on; None: it has none."""


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What the desks may ask of the business; each is narrowed to who asks."""

    orders: WorkOrders
    people: People
    signing_in: SigningIn
    dispatching: Dispatching
    joins: Joins
    reviewing: Reviewing
    seating: Seating


@dataclass(frozen=True, slots=True)
class Console:
    """Everything the pages share."""

    storage: StorageRoom
    media: MediaAddress
    phones: BrowserPhones
    orders: WorkOrders
    options: ConsoleOptions
    people: People
    signing_in: SigningIn
    dispatching: Dispatching
    joins: Joins
    reviewing: Reviewing
    seating: Seating
    pages: Pages
    sessions: Sessions = field(default_factory=Sessions)
    tickets: TicketOffice = field(default_factory=TicketOffice)
    seats: SeatBoard = field(default_factory=SeatBoard)
    rings: RingBoard = field(default_factory=RingBoard)
    tries: Tries = field(default_factory=Tries)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """The clock of what is kept."""
        return self.storage.clock()

    def reading(self, who: Session) -> UnitOfWork:
        """Read what somebody may see: nothing of other regions."""
        return self.storage.reading(_scope(who))

    def _opened_by(self, who: Session) -> partial[UnitOfWork]:
        """What somebody may see and change: nothing of other regions."""
        return partial(self.storage.uow, _scope(who))

    def orders_of(self, who: Session) -> WorkOrders:
        """Work orders as somebody may see and change them."""
        return self.orders.through(self._opened_by(who))

    def dispatching_of(self, who: Session) -> Dispatching:
        """Cases as somebody may see and change them."""
        return self.dispatching.through(self._opened_by(who))

    def joins_of(self, who: Session) -> Joins:
        """Joins of cases that somebody may see."""
        return self.joins.through(self._opened_by(who))

    def reviewing_of(self, who: Session) -> Reviewing:
        """Reviews of calls that somebody may see."""
        return self.reviewing.through(self._opened_by(who))

    def seating_of(self, who: Session) -> Seating:
        """Hand-overs that somebody may see."""
        return self.seating.through(self._opened_by(who))

    def session(self, connection: HTTPConnection) -> Session | None:
        """The session of a request, if there is one."""
        sid = connection.cookies.get(COOKIE)
        return None if sid is None else self.sessions.find(sid, now=self.now())

    async def note(self, who: Session, action: str, subject: str) -> None:
        """Write to the audit record that something was looked at.

        Raises:
            StorageError: it could not be written; then it must not be shown.
        """
        await self.audit(who.account or "visitor", action, subject)

    async def audit(self, actor: str, action: str, subject: str, **facts: str) -> None:
        """Write one line of the audit record."""
        async with self.storage.uow() as uow:
            await uow.audit.append(at=self.now(), actor=actor, action=action, subject=subject, facts=facts)
            await uow.commit()

    async def person(self, who: Session) -> Account | None:
        """Read the account of a session afresh; None when nobody is signed in, or not any more."""
        who.person = None if who.account is None else await self.signing_in.of_session(who.account, who.epoch)
        return who.person

    async def still_may(self, who: Session, right: Right) -> bool:
        """Whether what was begun may go on: signed in, switched on, roles and regions as they were; no, if it cannot be read."""
        if who.account is None or self.sessions.is_over(who, now=self.now()):
            return False
        try:
            person = await self.signing_in.of_session(who.account, who.epoch)
        except StorageError:
            return False
        return person is not None and self.signing_in.next_step(person, vouched=who.vouched) is None and person.may(right)

    async def until_shut_out(self, who: Session, right: Right) -> None:
        """Return, within seconds, when it may not."""
        while await self.still_may(who, right):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _console(connection: HTTPConnection) -> Console:
    found = connection.app.state.console
    assert isinstance(found, Console)  # noqa: S101 - `create_app` put it there
    return found


Desk = Annotated[Console, Depends(_console)]


def _scope(who: Session) -> Scope:
    assert who.person is not None  # noqa: S101 - every page that reads asks for a right first
    return who.person.scope


async def _entered(request: Request, desk: Desk) -> Session:
    """Somebody signed in, whatever he has still to do."""
    session = desk.session(request)
    if session is None or session.account is None:
        raise SignInNeeded("nobody is signed in")
    if await desk.person(session) is None:
        desk.sessions.end(session)
        raise SignInNeeded("the session was ended")
    return session


async def _signed_in(desk: Desk, who: Annotated[Session, Depends(_entered)]) -> Session:
    assert who.person is not None  # noqa: S101 - `_entered` saw to it
    step = desk.signing_in.next_step(who.person, vouched=who.vouched)
    if step is not None:
        raise StepNeeded(f"/account/{step.value}")
    return who


def holding(*rights: Right) -> Callable[..., Awaitable[Session]]:
    """Make the dependency of pages that need one of these rights."""

    async def held(who: Annotated[Session, Depends(_signed_in)]) -> Session:
        if who.person is None or not any(who.person.may(right) for right in rights):
            raise NotYours("not for these roles")
        return who

    held.rights = rights  # type: ignore[attr-defined]
    return held


async def _phone_user(request: Request, desk: Desk) -> Session:
    session = desk.session(request)
    if session is None:
        raise FormForged("a phone without a page")
    if not await may_dial(desk, session):
        raise SignInNeeded("nobody with a phone is signed in")
    return session


async def may_dial(desk: Console, who: Session | None) -> bool:
    """Whether somebody may use the browser phone: anybody where it is open, else who takes calls."""
    if desk.options.phone_open:
        return True
    person = None if who is None else await desk.person(who)
    return who is not None and person is not None and desk.signing_in.next_step(person, vouched=who.vouched) is None and person.may(Right.TAKE_CALLS)


async def until_may_not_dial(desk: Console, who: Session) -> None:
    """Return, within seconds, when the session is over or its phone may not be used any more."""
    with suppress(StorageError):
        while not desk.sessions.is_over(who, now=desk.now()) and await may_dial(desk, who):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


def from_here(connection: HTTPConnection) -> bool:
    """Whether a browser says that the request comes from one of our own pages."""
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host")


async def _phone_changing(request: Request, who: Annotated[Session, Depends(_phone_user)]) -> Session:
    if not from_here(request) or not who.made(request.headers.get("x-csrf", "")):
        raise FormForged("a change without its token")
    return who


Entered = Annotated[Session, Depends(_entered)]
"""Somebody with the right password, who may have to sign or change something first."""
SignedIn = Annotated[Session, Depends(_signed_in)]
"""Somebody with an account in order, whatever his roles."""
PhoneUser = Annotated[Session, Depends(_phone_user)]
"""Somebody who may dial."""
PhoneChange = Annotated[Session, Depends(_phone_changing)]
"""The same, asking for a change from our own page."""
