"""Who looks at a page. Sessions live in this process: after a restart one signs in again.

A session begins with the first page that needs one and is nobody's. Signing in gives it a new id, so
that an id somebody planted before is worth nothing afterwards.
"""

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.domain.accounts import Account
from ivr.services.signing_in import Vouched

IDLE = timedelta(minutes=30)
"""A signed-in session that is not used for so long is over."""
LONGEST = timedelta(hours=12)
MOST_SESSIONS = 5_000
"""Above it a visitor's goes, the one not used for the longest time: nobody can be flooded out."""
MOST_CALLS = 200
AUDIT_AGAIN = timedelta(minutes=10)
"""Reading on in one recording is one look at it."""


@dataclass(frozen=True, slots=True)
class SigningOn:
    """Somebody is at the site's own sign-on, or came back from it and owes the second factor."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""
    return_url: str
    next: str
    until: datetime
    account: str = ""
    """Whom it vouched for; empty: nobody yet."""
    id_token: str = field(default="", repr=False)
    """What it said of him."""


@dataclass(slots=True, eq=False)
class Session:
    """One browser."""

    sid: str = field(repr=False)
    csrf: str = field(repr=False)
    began_at: datetime
    used_at: datetime
    account: str | None = None
    """Name of the account that signed in; None: a phone, or a visitor."""
    epoch: int = 0
    """Of the account when it signed in; when the account's is another, the session is over."""
    person: Account | None = field(default=None, repr=False)
    """The account as it stood at this request; None: nobody is signed in, or not in full yet."""
    vouched: Vouched | None = None
    """He came by the site's own sign-on."""
    signing_on: SigningOn | None = field(default=None, repr=False)
    """He was sent to the site's own sign-on, and is to come back."""
    offered_secret: str | None = field(default=None, repr=False)
    """Second factor that the page shows, until its owner has proved that he has it."""
    number: str | None = field(default=None, repr=False)
    """Number under which this browser's phone rings."""
    calls: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Calls that this browser made or took, the oldest first."""
    heard: dict[str, datetime] = field(default_factory=dict)
    """Recordings whose reading was audited, and when."""

    def owns(self, call_id: str) -> None:
        """Note that a call is this browser's; the oldest are forgotten."""
        self.calls[call_id] = None
        while len(self.calls) > MOST_CALLS:
            self.calls.popitem(last=False)

    def reads_anew(self, call_id: str, *, now: datetime) -> bool:
        """Whether this look at a recording is one to be audited."""
        before = self.heard.get(call_id)
        if before is not None and now - before < AUDIT_AGAIN:
            return False
        self.heard[call_id] = now
        return True

    def made(self, token: str) -> bool:
        """Whether a change comes from a page that this session was shown."""
        return hmac.compare_digest(token.encode(), self.csrf.encode())


class Sessions:
    """All browsers of this process."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Session] = OrderedDict()

    def find(self, sid: str, *, now: datetime) -> Session | None:
        """Give the session of a cookie, if it is not over."""
        session = self._all.get(sid)
        if session is None:
            return None
        if self.is_over(session, now=now):
            self.end(session)
            return None
        session.used_at = now
        self._all.move_to_end(sid)
        return session

    def is_over(self, session: Session, *, now: datetime) -> bool:
        """Whether it ended, was not used for too long, or lasted too long."""
        idle = session.account is not None and now - session.used_at > IDLE
        return self._all.get(session.sid) is not session or idle or now - session.began_at > LONGEST

    def begin(self, *, now: datetime, account: str | None = None, epoch: int = 0, vouched: Vouched | None = None) -> Session:
        """Make a session."""
        session = Session(
            sid=secrets.token_urlsafe(24),
            csrf=secrets.token_urlsafe(24),
            began_at=now,
            used_at=now,
            account=account,
            epoch=epoch,
            vouched=vouched,
        )
        self._all[session.sid] = session
        if len(self._all) > MOST_SESSIONS:
            nobodys = (kept.sid for kept in self._all.values() if kept.account is None)
            self._all.pop(next(nobodys, next(iter(self._all))))
        return session

    def end(self, session: Session) -> None:
        """Forget it; its cookie opens nothing any more."""
        self._all.pop(session.sid, None)
