"""People at the desks: their accounts, as an administrator makes, changes and resets them.

How they come in is `signing_in.py`.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from ivr.domain.accounts import NAME, Account, Role, Scope
from ivr.domain.orders import RecordConflict
from ivr.services.passwords import Passwords, check_password
from ivr.services.people_errors import AccountExists, AccountUnknown, AccountWrong


class _AccountBook(Protocol):
    async def add(self, account: Account, *, password_hash: str) -> None: ...
    async def save(self, account: Account) -> None: ...
    async def get(self, name: str) -> Account | None: ...
    async def all(self) -> Sequence[Account]: ...
    async def any(self) -> bool: ...
    async def password_hash(self, name: str) -> str | None: ...
    async def set_password(self, name: str, password_hash: str) -> None: ...
    async def second_factor(self, name: str) -> str | None: ...
    async def set_second_factor(self, name: str, secret: str | None) -> None: ...
    async def use_step(self, name: str, step: int) -> bool: ...
    async def sign(self, name: str, version: str, sha256: str, *, at: datetime) -> Account: ...


class _AuditBook(Protocol):
    async def append(self, *, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, str]) -> None: ...


class PeopleUnit(Protocol):
    """A unit of work, as far as accounts go."""

    @property
    def accounts(self) -> _AccountBook:
        """The accounts."""
        ...

    @property
    def audit(self) -> _AuditBook:
        """Who did what."""
        ...

    async def commit(self) -> None:
        """Keep what was done; without it all of it is undone."""
        ...

    async def __aenter__(self) -> Self:
        """Begin."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        ...


class People:
    """All accounts of a site.

    Args:
        open_uow: opens a unit of work.
        reading: opens one for reading.
        clock: aware wall-clock time.
        passwords: hashes them.
    """

    def __init__(
        self, open_uow: Callable[[], PeopleUnit], reading: Callable[[], PeopleUnit], clock: Callable[[], datetime],
        passwords: Passwords,
    ) -> None:
        self._open_uow = open_uow
        self._reading = reading
        self._clock = clock
        self._passwords = passwords

    async def open_first(self, name: str, password: str) -> bool:
        """Make the first account, which holds every role, on a site that has none; False when it has."""
        async with self._open_uow() as uow:
            if await uow.accounts.any():
                return False
            account = Account(name, "管理员", frozenset(Role), ("*",), self._clock())
            await uow.accounts.add(account, password_hash=await self._passwords.hash(password))
            await uow.audit.append(at=self._clock(), actor="site", action="account_added", subject=name, facts={})
            await uow.commit()
        return True

    async def all(self) -> Sequence[Account]:
        """Every account."""
        async with self._reading() as uow:
            return await uow.accounts.all()

    async def get(self, name: str) -> Account:
        """Give one.

        Raises:
            AccountUnknown: no such account.
        """
        async with self._reading() as uow:
            return await known(uow, name)

    async def add(
        self, name: str, *, display_name: str, roles: Iterable[str], regions: Iterable[str], by: str, password: str | None = None
    ) -> str:
        """Make an account; gives its first password, which must be changed at the first sign-in.

        Raises:
            AccountExists: the name is taken.
            AccountWrong: a name, role or region that cannot be.
            PasswordTooWeak: the given one is.
        """
        if not NAME.fullmatch(name):
            raise AccountWrong("name")
        if password is not None:
            check_password(password, name=name)
        first = password or secrets.token_urlsafe(12)
        account = Account(
            name, display_name.strip() or name, _roles(roles), _regions(regions), self._clock(), must_change_password=True
        )
        async with self._open_uow() as uow:
            try:
                await uow.accounts.add(account, password_hash=await self._passwords.hash(first))
            except RecordConflict:
                raise AccountExists("the name is taken") from None
            await uow.audit.append(at=self._clock(), actor=by, action="account_added", subject=name, facts=_facts(account))
            await uow.commit()
        return first

    async def change(
        self, name: str, *, by: str, roles: Iterable[str] | None = None, regions: Iterable[str] | None = None,
        display_name: str | None = None, active: bool | None = None,
    ) -> Account:
        """Change what is given; the account's sessions end.

        Raises:
            AccountUnknown: no such account.
            AccountWrong: a role or region that cannot be, or nobody would be left to keep the accounts.
        """
        def changed(kept: Account) -> Account:
            return replace(
                kept, epoch=kept.epoch + 1,
                roles=kept.roles if roles is None else _roles(roles),
                regions=kept.regions if regions is None else _regions(regions),
                display_name=kept.display_name if display_name is None else display_name.strip() or kept.name,
                active=kept.active if active is None else active,
            )

        async with self._open_uow() as uow:
            account = changed(await known(uow, name))
            others = [each for each in await uow.accounts.all() if each.name != name]
            if not any(each.active and Role.ADMINISTRATOR in each.roles for each in (*others, account)):
                raise AccountWrong("last_administrator")
            await uow.accounts.save(account)
            await uow.audit.append(at=self._clock(), actor=by, action="account_changed", subject=name, facts=_facts(account))
            await uow.commit()
        return account

    async def reset(self, name: str, *, by: str, second_factor: bool = False) -> str:
        """Give a new first password and unlock; the second factor is taken away on wish.

        Raises:
            AccountUnknown: no such account.
        """
        first = secrets.token_urlsafe(12)
        await self.set_password(name, first, actor=by, must_change=True)
        if second_factor:
            async with self._open_uow() as uow:
                await uow.accounts.set_second_factor(name, None)
                await uow.audit.append(at=self._clock(), actor=by, action="second_factor_removed", subject=name, facts={})
                await uow.commit()
        return first

    async def set_password(self, name: str, password: str, *, actor: str, must_change: bool) -> Account:
        """Keep a new password and unlock; all sessions end.

        Raises:
            AccountUnknown: no such account.
        """
        hashed = await self._passwords.hash(password)
        async with self._open_uow() as uow:
            account = await known(uow, name)
            account = replace(
                account, must_change_password=must_change, epoch=account.epoch + 1, wrong_tries=0, locked_until=None
            )
            await uow.accounts.save(account)
            await uow.accounts.set_password(name, hashed)
            await uow.audit.append(at=self._clock(), actor=actor, action="password_changed", subject=name, facts={})
            await uow.commit()
        return account


async def known(uow: PeopleUnit, name: str) -> Account:
    """Give an account.

    Raises:
        AccountUnknown: no such account.
    """
    account = await uow.accounts.get(name)
    if account is None:
        raise AccountUnknown("no such account")
    return account


def _roles(roles: Iterable[str]) -> frozenset[Role]:
    try:
        found = frozenset(Role(role) for role in roles)
    except ValueError:
        raise AccountWrong("roles") from None
    if not found:
        raise AccountWrong("roles")
    return found


def _regions(regions: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(region.strip() for region in regions if region.strip()))
    try:
        Scope(found)
    except ValueError:
        raise AccountWrong("regions") from None
    if not found:
        raise AccountWrong("regions")
    return found


def _facts(account: Account) -> dict[str, str]:
    return {
        "roles": " ".join(sorted(account.roles)), "regions": " ".join(account.regions), "active": str(account.active).lower(),
    }
