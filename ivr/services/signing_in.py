"""Who may come in, with what, and what he must do before a desk opens.

A password is an argon2id hash, a second factor a time-based one-time password whose time step can be used once.
Wrong tries lock the account for a while; an unknown name takes as long as a wrong password. Nothing here tells
which of the two was wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from ivr.domain.accounts import LOCKED_FOR, WRONG_TRIES, Account
from ivr.services.passwords import Passwords, check_password, step_of
from ivr.services.people import People, PeopleUnit, known
from ivr.services.people_errors import AccountWrong, SignInRefused


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
    id_token: str = field(default="", repr=False)
    """What it said of him, told again to it when he leaves."""


class SigningIn:
    """Lets people in, and keeps what each does with his own account.

    Args:
        people: the accounts.
        open_uow: opens a unit of work.
        reading: opens one for reading.
        clock: aware wall-clock time.
        passwords: compares them.
        agreement: in force.
        second_factor_required: whether every account needs a second factor.
    """

    def __init__(
        self, people: People, open_uow: Callable[[], PeopleUnit], reading: Callable[[], PeopleUnit], clock: Callable[[], datetime],
        *, passwords: Passwords, agreement: Agreement, second_factor_required: bool = True,
    ) -> None:
        self._people = people
        self._open_uow = open_uow
        self._reading = reading
        self._clock = clock
        self._passwords = passwords
        self.agreement = agreement
        self._second_factor_required = second_factor_required

    async def sign_in(self, name: str, password: str, one_time: str = "") -> Account:
        """Let somebody in.

        Raises:
            SignInRefused: not let in; wrong tries are counted.
        """
        now = self._clock()
        async with self._reading() as uow:
            account = await uow.accounts.get(name)
            kept = await uow.accounts.password_hash(name)
        fits = await self._passwords.fits(kept, password)
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
        if not await self._passwords.fits(kept, old):
            await self._failed(name)
            raise SignInRefused("wrong")
        check_password(new, name=name)
        return await self._people.set_password(name, new, actor=name, must_change=False)

    async def bind_second_factor(self, name: str, secret: str, one_time: str) -> Account:
        """Keep a second factor, once its owner has shown that he has it.

        Raises:
            SignInRefused: the one-time password is wrong.
        """
        step = step_of(secret, one_time, self._clock())
        if step is None:
            raise SignInRefused("wrong")
        async with self._open_uow() as uow:
            await uow.accounts.set_second_factor(name, secret)
            await uow.accounts.use_step(name, step)
            await uow.audit.append(at=self._clock(), actor=name, action="second_factor_bound", subject=name, facts={})
            account = await known(uow, name)
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
            await known(uow, name)
            account = await uow.accounts.sign(name, version, self.agreement.sha256, at=self._clock())
            await uow.audit.append(
                at=self._clock(), actor=name, action="agreement_signed", subject=name,
                facts={"version": version, "sha256": self.agreement.sha256},
            )
            await uow.commit()
        return account

    # ---------------------------------------------------------------------------------------------

    async def _step_used(self, name: str, one_time: str) -> bool:
        async with self._open_uow() as uow:
            secret = await uow.accounts.second_factor(name)
            step = None if secret is None else step_of(secret, one_time, self._clock())
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
            account = how(await known(uow, name))
            await uow.accounts.save(account)
            await uow.commit()
        return account
