"""People at the desks: who may sign in, with what, and what they must do first.

A password is an argon2id hash, a second factor a time-based one-time password (RFC 6238) whose time
step can be used once. Wrong tries lock the account for a while; an unknown name takes as long as a
wrong password. Nothing here tells which of the two was wrong.

PeopleError
├── SignInRefused    wrong name, password or one-time password, locked, or switched off
├── PasswordTooWeak  too short, too common, or has the account's name in it
├── AccountUnknown   no such account
├── AccountExists    the name is taken
└── AccountWrong     a name, role or region that cannot be; the last administrator
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from types import TracebackType
from typing import Protocol, Self

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.domain.accounts import LOCKED_FOR, NAME, WRONG_TRIES, Account, Role, Scope
from ivr.domain.orders import RecordConflict

ISSUER = "12123"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
_STEP_SECONDS = 30
_TELLING_NAME = 4
"""A shorter account name stands in many a good password by chance."""
_COMMON = ("1234567890", "0123456789", "password", "qwertyuiop", "12123", "admin12345", "abc123", "111111", "000000")


class PeopleError(Exception):
    """Something about an account."""

    code = "people"


class SignInRefused(PeopleError):
    """Not let in.

    Attributes:
        reason: `wrong`, `locked`, `off` or `code_needed`: the password is right, the second factor is missing.
    """

    code = "sign_in_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"not let in: {reason}")
        self.reason = reason


class PasswordTooWeak(PeopleError):
    """A password that is guessed too soon.

    Attributes:
        reason: `short`, `long`, `common` or `name`.
    """

    code = "password_too_weak"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the password is too weak: {reason}")
        self.reason = reason


class AccountUnknown(PeopleError):
    """No such account."""

    code = "account_unknown"


class AccountExists(PeopleError):
    """The name is taken."""

    code = "account_exists"


class AccountWrong(PeopleError):
    """What was asked for cannot be.

    Attributes:
        reason: `name`, `roles`, `regions` or `last_administrator`.
    """

    code = "account_wrong"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the account cannot be like that: {reason}")
        self.reason = reason


class NextStep(StrEnum):
    """What must be done before any desk opens; the value is the page's name."""

    PASSWORD = "password"  # noqa: S105 - a page
    SECOND_FACTOR = "second-factor"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The confidentiality agreement (保密协议) as it is in force."""

    version: str
    text: str

    @property
    def sha256(self) -> str:
        """Fingerprint of the wording that was shown."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody came by the site's own sign-on."""

    second_factor: bool
    """It tells of a second factor, and the site trusts it in that."""


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


class _Unit(Protocol):
    @property
    def accounts(self) -> _AccountBook: ...
    @property
    def audit(self) -> _AuditBook: ...
    async def commit(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class People:
    """All accounts of a site.

    Args:
        open_uow: opens a unit of work.
        reading: opens one for reading.
        clock: aware wall-clock time.
        agreement: in force.
        second_factor_required: whether every account needs a second factor.
        hasher: of passwords.
    """

    def __init__(
        self, open_uow: Callable[[], _Unit], reading: Callable[[], _Unit], clock: Callable[[], datetime],
        *, agreement: Agreement, second_factor_required: bool = True, hasher: PasswordHasher | None = None,
    ) -> None:
        self._open_uow = open_uow
        self._reading = reading
        self._clock = clock
        self.agreement = agreement
        self._second_factor_required = second_factor_required
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    # signing in ----------------------------------------------------------------------------------

    async def open_first(self, name: str, password: str) -> bool:
        """Make the first account, which holds every role, on a site that has none; False when it has."""
        async with self._open_uow() as uow:
            if await uow.accounts.any():
                return False
            account = Account(name, "管理员", frozenset(Role), ("*",), self._clock())
            await uow.accounts.add(account, password_hash=await self._hash(password))
            await uow.audit.append(at=self._clock(), actor="site", action="account_added", subject=name, facts={})
            await uow.commit()
        return True

    async def sign_in(self, name: str, password: str, one_time: str = "") -> Account:
        """Let somebody in.

        Raises:
            SignInRefused: not let in; wrong tries are counted.
        """
        now = self._clock()
        async with self._reading() as uow:
            account = await uow.accounts.get(name)
            kept = await uow.accounts.password_hash(name)
        fits = await asyncio.to_thread(self._fits, kept or self._nobodys, password[:LONGEST_PASSWORD])
        if account is None or kept is None:
            raise SignInRefused("wrong")
        if account.is_locked(now=now):
            raise SignInRefused("locked")
        if not fits:
            await self._failed(name)
            raise SignInRefused("wrong")
        if not account.active:
            raise SignInRefused("off")
        if account.has_second_factor:
            if not one_time:
                raise SignInRefused("code_needed")
            if not await self._step_used(name, one_time):
                await self._failed(name)
                raise SignInRefused("wrong")
        if account.wrong_tries or account.locked_until:
            account = await self._change(name, lambda kept: replace(kept, wrong_tries=0, locked_until=None))
        return account

    async def sign_on(self, name: str) -> Account:
        """Give the account of somebody whom the site's own sign-on vouches for; one is never made.

        Raises:
            SignInRefused: no such account, locked, or switched off.
        """
        async with self._reading() as uow:
            account = await uow.accounts.get(name)
        if account is None:
            raise SignInRefused("unknown")
        if account.is_locked(now=self._clock()):
            raise SignInRefused("locked")
        if not account.active:
            raise SignInRefused("off")
        return account

    async def second_factor_shown(self, name: str, one_time: str) -> Account:
        """Take the one-time password of somebody whom the site's own sign-on vouches for.

        Raises:
            SignInRefused: wrong, locked, or switched off; wrong tries are counted.
        """
        await self.sign_on(name)
        if not await self._step_used(name, one_time):
            await self._failed(name)
            raise SignInRefused("wrong")
        return await self._change(name, lambda kept: replace(kept, wrong_tries=0, locked_until=None))

    async def of_session(self, name: str, epoch: int) -> Account | None:
        """Give the account of a session; None when the session is to end."""
        async with self._reading() as uow:
            account = await uow.accounts.get(name)
        return account if account is not None and account.active and account.epoch == epoch else None

    def next_step(self, account: Account, *, vouched: Vouched | None = None) -> NextStep | None:
        """What he must do before a desk opens; who came by the site's own sign-on has no password of ours to change."""
        if account.must_change_password and vouched is None:
            return NextStep.PASSWORD
        if self._second_factor_required and not account.has_second_factor and not (vouched and vouched.second_factor):
            return NextStep.SECOND_FACTOR
        if account.agreement != self.agreement.version:
            return NextStep.AGREEMENT
        return None

    # what one does with one's own account --------------------------------------------------------

    async def change_password(self, name: str, old: str, new: str) -> Account:
        """Take a new password; all other sessions end.

        Raises:
            SignInRefused: the old one is wrong.
            PasswordTooWeak: the new one is.
        """
        async with self._reading() as uow:
            kept = await uow.accounts.password_hash(name)
        if kept is None or not await asyncio.to_thread(self._fits, kept, old[:LONGEST_PASSWORD]):
            await self._failed(name)
            raise SignInRefused("wrong")
        check_password(new, name=name)
        return await self._set_password(name, new, actor=name, must_change=False)

    def new_second_factor(self) -> str:
        """Draw a secret that the reader's telephone is to be given."""
        return pyotp.random_base32()

    def second_factor_address(self, name: str, secret: str) -> str:
        """Give what the QR code says (`otpauth://`)."""
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)

    async def bind_second_factor(self, name: str, secret: str, one_time: str) -> Account:
        """Keep a second factor, once its owner has shown that he has it.

        Raises:
            SignInRefused: the one-time password is wrong.
        """
        step = _step_of(secret, one_time, self._clock())
        if step is None:
            raise SignInRefused("wrong")
        async with self._open_uow() as uow:
            await uow.accounts.set_second_factor(name, secret)
            await uow.accounts.use_step(name, step)
            await uow.audit.append(at=self._clock(), actor=name, action="second_factor_bound", subject=name, facts={})
            account = await _known(uow, name)
            await uow.commit()
        return account

    async def sign_agreement(self, name: str, version: str) -> Account:
        """Note that he agrees to the wording in force.

        Raises:
            AccountWrong: it is not the one in force any more.
        """
        if version != self.agreement.version:
            raise AccountWrong("agreement")
        async with self._open_uow() as uow:
            await _known(uow, name)
            account = await uow.accounts.sign(name, version, self.agreement.sha256, at=self._clock())
            await uow.audit.append(
                at=self._clock(), actor=name, action="agreement_signed", subject=name,
                facts={"version": version, "sha256": self.agreement.sha256},
            )
            await uow.commit()
        return account

    # what an administrator does ------------------------------------------------------------------

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
            return await _known(uow, name)

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
                await uow.accounts.add(account, password_hash=await self._hash(first))
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
            account = changed(await _known(uow, name))
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
        await self._set_password(name, first, actor=by, must_change=True)
        if second_factor:
            async with self._open_uow() as uow:
                await uow.accounts.set_second_factor(name, None)
                await uow.audit.append(at=self._clock(), actor=by, action="second_factor_removed", subject=name, facts={})
                await uow.commit()
        return first

    # ---------------------------------------------------------------------------------------------

    async def _set_password(self, name: str, password: str, *, actor: str, must_change: bool) -> Account:
        hashed = await self._hash(password)
        async with self._open_uow() as uow:
            account = await _known(uow, name)
            account = replace(
                account, must_change_password=must_change, epoch=account.epoch + 1, wrong_tries=0, locked_until=None
            )
            await uow.accounts.save(account)
            await uow.accounts.set_password(name, hashed)
            await uow.audit.append(at=self._clock(), actor=actor, action="password_changed", subject=name, facts={})
            await uow.commit()
        return account

    async def _step_used(self, name: str, one_time: str) -> bool:
        async with self._open_uow() as uow:
            secret = await uow.accounts.second_factor(name)
            step = None if secret is None else _step_of(secret, one_time, self._clock())
            if step is None or not await uow.accounts.use_step(name, step):
                return False
            await uow.commit()
        return True

    async def _failed(self, name: str) -> None:
        now = self._clock()

        def counted(kept: Account) -> Account:
            tries = kept.wrong_tries + 1
            locked = now + LOCKED_FOR if tries >= WRONG_TRIES else kept.locked_until
            return replace(kept, wrong_tries=0 if tries >= WRONG_TRIES else tries, locked_until=locked)

        account = await self._change(name, counted)
        if account.is_locked(now=now):
            async with self._open_uow() as uow:
                await uow.audit.append(at=now, actor="site", action="account_locked", subject=name, facts={})
                await uow.commit()

    async def _change(self, name: str, how: Callable[[Account], Account]) -> Account:
        async with self._open_uow() as uow:
            account = how(await _known(uow, name))
            await uow.accounts.save(account)
            await uow.commit()
        return account

    async def _hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    def _fits(self, kept: str, told: str) -> bool:
        try:
            return self._hasher.verify(kept, told)
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, *, name: str) -> None:
    """See that a password is not guessed too soon.

    Raises:
        PasswordTooWeak: it is.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak("short")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooWeak("long")
    lower = password.lower()
    if len(name) >= _TELLING_NAME and name in lower:
        raise PasswordTooWeak("name")
    if len(set(lower)) < 5 or any(len(word) * 2 > len(lower) and word in lower for word in _COMMON):
        raise PasswordTooWeak("common")


def _step_of(secret: str, one_time: str, now: datetime) -> int | None:
    """Time step that a one-time password belongs to: this one or the one before or after."""
    clean = "".join(one_time.split())
    here = int(now.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if secrets.compare_digest(totp.at(step * _STEP_SECONDS).encode(), clean.encode()):
            return step
    return None


async def _known(uow: _Unit, name: str) -> Account:
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
