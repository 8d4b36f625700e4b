"""Who may sign in (`uow.accounts`). Passwords are kept as hashes, second factors encrypted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, update

from ivr.domain.accounts import Account, Role
from ivr.domain.orders import RecordConflict
from ivr.storage.models import accounts, agreements
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = accounts.c


class Accounts:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, account: Account, *, password_hash: str) -> None:
        """Insert.

        Raises:
            RecordConflict: the name is taken.
        """
        row = {**_row(account), "password_hash": password_hash, "second_factor_enc": None, "last_step": 0}
        if not await self._transaction.insert_new(accounts, row):
            raise RecordConflict("such an account is already there")

    async def save(self, account: Account) -> None:
        """Write everything but password and second factor.

        Raises:
            RecordMissing: no such account.
        """
        await self._change(account.name, _row(account))

    async def get(self, name: str) -> Account | None:
        """Find one by its name."""
        row = await self._transaction.row(select(accounts).where(_c.name == name))
        return None if row is None else _account(row)

    async def all(self) -> Sequence[Account]:
        """Every account by name."""
        return [_account(row) for row in await self._transaction.rows(select(accounts).order_by(_c.name))]

    async def any(self) -> bool:
        """Is there one at all?"""
        counted = select(func.count()).select_from(accounts)
        return bool((await self._transaction.execute(counted)).scalar_one())

    async def password_hash(self, name: str) -> str | None:
        """Give the hash; None when there is no such account."""
        row = await self._transaction.row(select(_c.password_hash).where(_c.name == name))
        return None if row is None else str(row["password_hash"])

    async def set_password(self, name: str, password_hash: str) -> None:
        """Replace the hash.

        Raises:
            RecordMissing: no such account.
        """
        await self._change(name, {"password_hash": password_hash})

    async def second_factor(self, name: str) -> str | None:
        """Give the secret of the second factor."""
        row = await self._transaction.row(select(_c.second_factor_enc).where(_c.name == name))
        return None if row is None else self._of(name).open_any("second_factor", row["second_factor_enc"])

    async def set_second_factor(self, name: str, secret: str | None) -> None:
        """Replace the secret; None takes it away.

        Raises:
            RecordMissing: no such account.
        """
        closed = self._of(name).close_any("second_factor", secret)
        await self._change(name, {"second_factor_enc": closed, "last_step": 0})

    async def use_step(self, name: str, step: int) -> bool:
        """Use a one-time password's time step up; False when it, or a later one, was used before."""
        mine = (_c.name == name, _c.last_step < step)
        done = await self._transaction.execute(update(accounts).where(*mine).values(last_step=step))
        return done.rowcount == 1

    async def sign(self, name: str, version: str, sha256: str, *, at: datetime) -> Account:
        """Note that he signed a wording of the agreement.

        Raises:
            RecordMissing: no such account.
        """
        row = {"account": name, "version": version, "sha256": sha256, "signed_at": at}
        await self._transaction.execute(self._transaction.insert(agreements).values(**row))
        await self._change(name, {"agreement": version, "agreed_at": at})
        account = await self.get(name)
        assert account is not None  # noqa: S101 - changed a moment ago
        return replace(account, agreement=version, agreed_at=at)

    async def signed(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Every agreement he signed, oldest first: `version`, `sha256`, `signed_at`."""
        mine = select(agreements).where(agreements.c.account == name).order_by(agreements.c.id)
        return [dict(row) for row in await self._transaction.rows(mine)]

    async def _change(self, name: str, values: Mapping[str, Any]) -> None:
        await self._transaction.change_one(update(accounts).where(_c.name == name).values(**values))

    def _of(self, name: str) -> RowCipher:
        return RowCipher(self._cipher, "account", name)


def _row(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "display_name": account.display_name,
        "roles": sorted(account.roles),
        "regions": list(account.regions),
        "active": account.active,
        "epoch": account.epoch,
        "must_change_password": account.must_change_password,
        "agreement": account.agreement,
        "agreed_at": account.agreed_at,
        "wrong_tries": account.wrong_tries,
        "locked_until": account.locked_until,
        "created_at": account.created_at,
    }


def _account(row: RowMapping) -> Account:
    return Account(
        name=row["name"],
        display_name=row["display_name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        regions=tuple(row["regions"]),
        created_at=row["created_at"],
        active=row["active"],
        epoch=row["epoch"],
        must_change_password=row["must_change_password"],
        has_second_factor=row["second_factor_enc"] is not None,
        agreement=row["agreement"],
        agreed_at=row["agreed_at"],
        wrong_tries=row["wrong_tries"],
        locked_until=row["locked_until"],
    )
