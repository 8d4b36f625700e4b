"""One transaction with everything that can be kept in it: undone unless committed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from ivr.domain.accounts import Scope
from ivr.storage.database import Database
from ivr.storage.models import serials
from ivr.storage.repositories.accounts import Accounts
from ivr.storage.repositories.applications import Applications
from ivr.storage.repositories.audit import Audit
from ivr.storage.repositories.call_search import CallSearch
from ivr.storage.repositories.callbacks import CallbackOrders
from ivr.storage.repositories.calls import Calls
from ivr.storage.repositories.case_spots import CaseSpots
from ivr.storage.repositories.cases import Cases
from ivr.storage.repositories.checks import Checks
from ivr.storage.repositories.drafts import Drafts
from ivr.storage.repositories.figures import Figures
from ivr.storage.repositories.handovers import Handovers
from ivr.storage.repositories.misuse import Misuse
from ivr.storage.repositories.owner_calls import OwnerCalls
from ivr.storage.repositories.ratings import Ratings
from ivr.storage.repositories.reviews import Reviews
from ivr.storage.repositories.sms_outbox import SmsOutbox
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of a running service."""
    return datetime.now(UTC)


class UnitOfWork:
    """`async with open_uow() as uow: ...; await uow.commit()`.

    On SQLite the first statement takes the only write lock, so nothing slow (backend, SMS carrier)
    is to be awaited inside.
    """

    def __init__(
        self,
        database: Database,
        cipher: FieldCipher,
        audit_key: bytes,
        *,
        clock: Clock = utc_now,
        reads_only: bool = False,
        scope: Scope | None = None,
    ) -> None:
        self._transaction = Transaction(database, reads_only=reads_only, scope=scope)
        self.calls = Calls(self._transaction, cipher)
        self.call_search = CallSearch(self._transaction, cipher, self.calls)
        self.cases = Cases(self._transaction, cipher, clock)
        self.spots = CaseSpots(self._transaction, cipher)
        self.orders = OwnerCalls(self._transaction, cipher)
        self.sms = SmsOutbox(self._transaction, cipher)
        self.callbacks = CallbackOrders(self._transaction, cipher)
        self.misuse = Misuse(self._transaction)
        self.applications = Applications(self._transaction, cipher)
        self.drafts = Drafts(self._transaction, cipher)
        self.checks = Checks(self._transaction, cipher)
        self.handovers = Handovers(self._transaction, cipher)
        self.ratings = Ratings(self._transaction)
        self.accounts = Accounts(self._transaction, cipher)
        self.figures = Figures(self._transaction)
        self.reviews = Reviews(self._transaction, cipher)
        self.audit = Audit(self._transaction, audit_key)

    async def next_serial(self, letter: str, day: date) -> str:
        """Count on per letter and day, e.g. `M2611230001`; a rolled back number is given again."""
        statement = (
            self._transaction.insert(serials)
            .values(letter=letter, day=day, last=1)
            .on_conflict_do_update(
                index_elements=[serials.c.letter, serials.c.day],
                set_={"last": serials.c.last + 1},
            )
            .returning(serials.c.last)
        )
        number = (await self._transaction.execute(statement)).scalar_one()
        return f"{letter}{day:%y%m%d}{number:04d}"

    async def commit(self) -> None:
        """Keep everything, the audit entries last.

        Raises:
            DatabaseDown: the database does not answer; whether it was kept is not known.
        """
        await self.audit.chain()
        await self._transaction.commit()

    async def __aenter__(self) -> Self:
        """Begin; the database is not touched before the first statement."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Undo what was not committed."""
        await self._transaction.close()
