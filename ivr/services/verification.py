"""How far a caller is proved to be who he is: identity number, SMS code, second secret.

The digits come sealed and leave this room nowhere: a code is kept as its HMAC, an identity number as a
token, and the dialogue carries references only.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from backend_client.api import CoreBackend
from backend_client.people import Person, SecretKind
from ivr.domain.car_move_limits import CHINA
from ivr.domain.checks import ENTRY_USES, CheckKind, CodeSent
from ivr.domain.errors import IdNumberWrong
from ivr.domain.orders import SmsMessage
from ivr.domain.people import IdNumber, id_offers
from ivr.domain.rules import Rules
from ivr.services.caller_number import number_behind
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import FieldCipher, OpenUnitOfWork, UnitOfWork, Vault
from ivr.storage.errors import SealForeign, SealGone

__all__ = ["CodeChecked", "Identified", "Repair", "SecretChecked", "SecretKind", "Verification"]

_PROOF_SECONDS = 7200
_PROOF_USES = 1000
_DAY = timedelta(days=1)
_USED = "（验证码已用，内容不再保留）"
_SAME_ENTRY = timedelta(minutes=1)
"""So long one entry of a code gives the same answer when it is asked about again: the first may have been lost on its way."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Another reading of an identity number, to be offered and never taken by itself."""

    ref: str = field(repr=False)
    tail: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identified:
    """What came of an identity number."""

    outcome: Literal["code_sent", "id_wrong", "not_found", "no_phone", "locked", "too_many_codes", "gone"]
    attempt_id: str = ""
    id_tail: str = field(default="", repr=False)
    phone_tail: str = field(default="", repr=False)
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeChecked:
    """What came of a code."""

    outcome: Literal["right", "wrong", "expired", "locked", "gone"]
    tries_left: int = 0
    proof_ref: str = ""


@dataclass(frozen=True, slots=True)
class SecretChecked:
    """What came of a second secret."""

    outcome: Literal["right", "wrong", "locked", "gone"]
    tries_left: int = 0
    proof_ref: str = ""


class Verification:
    """Proves who is calling.

    Args:
        open_uow: makes units of work.
        vault: where sealed values lie.
        cipher: makes tokens.
        backend: knows people.
        rules: how long, how often.
        region: of the site, for its rules.
        wake: called when an SMS was queued.
    """

    def __init__(
        self,
        *,
        open_uow: OpenUnitOfWork,
        vault: Vault,
        cipher: FieldCipher,
        backend: CoreBackend,
        rules: Rules,
        region: str = "*",
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_uow = open_uow
        self._vault = vault
        self._cipher = cipher
        self._backend = backend
        self._rules = rules
        self._region = region
        self._wake = wake

    async def level(self, *, caller_ref: str | None, call_id: str, proof_ref: str = "") -> Level:
        """Say what this call has proved; a withheld number proves nothing."""
        if proof_ref:
            try:
                return (await self._proof(proof_ref, call_id)).level
            except LevelMissing:
                pass
        if not caller_ref:
            return Level.NONE
        number = await number_behind(caller_ref, call_id=call_id, vault=self._vault, open_uow=self._open_uow)
        return Level.NUMBER if number else Level.NONE

    async def proof(self, proof_ref: str, *, call_id: str, need: Level) -> Proof:
        """Open what this call has proved.

        Raises:
            LevelMissing: it is less than `need`, of another call, or out of time.
        """
        proof = await self._proof(proof_ref, call_id)
        if proof.level < need:
            raise LevelMissing(proof.level, need)
        return proof

    async def identify(self, *, id_ref: str, call_id: str, now: datetime) -> Identified:
        """Take a sealed identity number, find the person, and send a code to the number on file.

        Asked again with the same reference it sends no second code.

        Raises:
            BackendError: the backend gives no answer.
        """
        text = await self._open(id_ref, call_id)
        if not text:
            return Identified("gone")
        try:
            number = IdNumber.parse(text)
        except IdNumberWrong:
            return Identified("id_wrong", repairs=await self._repairs(text, call_id))
        id_token = self._cipher.token(number.text)
        attempt_id = self._attempt_of(id_ref)
        async with self._open_uow() as uow:
            sent = await uow.checks.get(attempt_id)
        if sent is not None:
            return Identified("code_sent", attempt_id, number.tail, sent.phone_tail)
        if (refused := await self._may_not(id_token, now)) is not None:
            return refused
        person = await self._backend.find_person(number.text)
        if person is None:
            return await self._nobody(id_token, now)
        if person.contact_token is None:
            return Identified("no_phone", id_tail=number.tail)
        attempt = _attempt(attempt_id, person, person.contact_token, id_token, call_id)
        return await self._send(attempt, number.tail, now)

    async def resend(self, *, attempt_id: str, call_id: str, now: datetime) -> Identified:
        """Send another code; the one before counts no longer."""
        async with self._open_uow() as uow:
            before = await uow.checks.get(attempt_id)
        if before is None or before.call_id != call_id:
            return Identified("not_found")
        if (refused := await self._may_not(before.id_token, now)) is not None:
            return refused
        again = replace(before, attempt_id=_new_id(), tries=0, used_at=None)
        return await self._send(again, "", now, replaced=before)

    async def confirm(self, *, attempt_id: str, code_ref: str, call_id: str, now: datetime) -> CodeChecked:
        """Compare a sealed code with the one that was sent in this call."""
        code = await self._open(code_ref, call_id)
        if not code:
            return CodeChecked("gone")
        async with self._open_uow() as uow:
            sent = await uow.checks.get(attempt_id)
            if sent is not None and sent.call_id == call_id and self._was_right(sent, code_ref, now):
                return CodeChecked("right", proof_ref=await self._seal(_proved(sent), call_id))
            if sent is None or sent.call_id != call_id or sent.used_at is not None or sent.expires_at <= now:
                return CodeChecked("expired")
            most = self._number("code_tries", now)
            failed = await uow.checks.failures_since(sent.id_token, CheckKind.CODE, self._lock_from(now))
            if failed >= most:
                return CodeChecked("locked")
            right = hmac.compare_digest(sent.code_hash, self._hash(attempt_id, code))
            left = 0 if right else most - failed - 1
            if not right:
                await uow.checks.fail(sent.id_token, CheckKind.CODE, now)
            kept = self._spent_hash(attempt_id, code_ref) if right else sent.code_hash
            await uow.checks.save(replace(sent, code_hash=kept, tries=sent.tries + 1, used_at=now if right or not left else None))
            await _note(uow, now, sent.id_token, call_id, "code_right" if right else "code_wrong")
            if right:
                await _forget_text(uow, attempt_id)
            await uow.commit()
        if right:
            return CodeChecked("right", proof_ref=await self._seal(_proved(sent), call_id))
        await self._vault.forget(code_ref)
        return CodeChecked("wrong", tries_left=left) if left else CodeChecked("locked")

    async def second_secret(
        self,
        *,
        proof_ref: str,
        secret_ref: str,
        kind: SecretKind,
        call_id: str,
        now: datetime,
        vehicle: tuple[str, str] | None = None,
    ) -> SecretChecked:
        """Compare a sealed second secret at the backend.

        Args:
            proof_ref: what is proved already; level 2 at least.
            secret_ref: six digits.
            kind: which secret.
            call_id: of this call.
            now: this moment.
            vehicle: plate and type whose VIN it is.

        Raises:
            LevelMissing: nothing is proved yet.
            BackendError: the backend gives no answer.
        """
        proof = await self.proof(proof_ref, call_id=call_id, need=Level.IDENTITY)
        secret = await self._open(secret_ref, call_id)
        if not secret:
            return SecretChecked("gone")
        most = self._number("secret_tries", now)
        async with self._open_uow() as uow:
            failed = await uow.checks.failures_since(proof.id_token, CheckKind.SECRET, self._lock_from(now))
        if failed >= most:
            return SecretChecked("locked")
        plate, plate_type = vehicle or (None, None)
        right = await self._backend.check_secret(proof.person_token, kind, secret, plate=plate, plate_type=plate_type)
        async with self._open_uow() as uow:
            if not right:
                await uow.checks.fail(proof.id_token, CheckKind.SECRET, now)
            await _note(uow, now, proof.id_token, call_id, "secret_right" if right else "secret_wrong")
            await uow.commit()
        if right:
            raised = replace(proof, level=Level.SECOND_SECRET, plate=plate)
            return SecretChecked("right", proof_ref=await self._seal(raised, call_id))
        await self._vault.forget(secret_ref)
        left = most - failed - 1
        return SecretChecked("wrong", tries_left=left) if left else SecretChecked("locked")

    async def _open(self, ref: str, call_id: str) -> str:
        try:
            return await self._vault.open(ref, call_id=call_id)
        except (SealGone, SealForeign):
            return ""

    async def _proof(self, proof_ref: str, call_id: str) -> Proof:
        text = await self._open(proof_ref, call_id)
        if not text:
            raise LevelMissing(Level.NONE, Level.IDENTITY)
        return Proof.from_text(text)

    async def _seal(self, proof: Proof, call_id: str) -> str:
        sealed = await self._vault.seal(
            call_id=call_id, kind="proof", value=proof.to_text(), ttl_seconds=_PROOF_SECONDS, uses=_PROOF_USES
        )
        return sealed.ref

    async def _repairs(self, text: str, call_id: str) -> tuple[Repair, ...]:
        readings: Sequence[IdNumber] = id_offers(text.upper().replace("*", "X"))
        found = []
        for number in readings:
            sealed = await self._vault.seal(call_id=call_id, kind="id_number", value=number.text, uses=ENTRY_USES)
            found.append(Repair(sealed.ref, number.tail))
        return tuple(found)

    async def _may_not(self, id_token: str, now: datetime) -> Identified | None:
        """Locked, or too many codes in a day."""
        since = self._lock_from(now)
        async with self._open_uow() as uow:
            wrong = await uow.checks.failures_since(id_token, CheckKind.CODE, since)
            unknown = await uow.checks.failures_since(id_token, CheckKind.ID, since)
            sent = await uow.checks.sent_since(id_token, now - _DAY)
        if max(wrong, unknown) >= self._number("code_tries", now):
            return Identified("locked")
        return Identified("too_many_codes") if sent >= self._number("codes_per_day", now) else None

    async def _nobody(self, id_token: str, now: datetime) -> Identified:
        async with self._open_uow() as uow:
            await uow.checks.fail(id_token, CheckKind.ID, now)
            await uow.commit()
        return Identified("not_found")

    async def _send(self, attempt: CodeSent, id_tail: str, now: datetime, *, replaced: CodeSent | None = None) -> Identified:
        code = f"{secrets.randbelow(10**6):06d}"
        minutes = self._number("code_minutes", now)
        until = now + timedelta(minutes=minutes)
        attempt = replace(
            attempt, code_hash=self._hash(attempt.attempt_id, code), sent_at=now, expires_at=until
        )
        async with self._open_uow() as uow:
            if replaced is not None:
                await uow.checks.save(replace(replaced, used_at=now))
                await _forget_text(uow, replaced.attempt_id)
            await uow.checks.add(attempt)
            await uow.sms.add(_code_text(attempt, code, minutes))
            await _note(uow, now, attempt.id_token, attempt.call_id, "code_sent")
            await uow.commit()
        self._wake()
        return Identified("code_sent", attempt.attempt_id, id_tail, attempt.phone_tail)

    def _hash(self, attempt_id: str, code: str) -> str:
        return self._cipher.token(f"{attempt_id}:{code}")

    def _spent_hash(self, attempt_id: str, code_ref: str) -> str:
        """Of the entry that was right: it is known again, and the code is right in no other."""
        return self._cipher.token(f"{attempt_id}:{code_ref}:spent")

    def _was_right(self, sent: CodeSent, code_ref: str, now: datetime) -> bool:
        """Was it this entry that was right, a moment ago?"""
        if sent.used_at is None or now - sent.used_at > _SAME_ENTRY:
            return False
        return hmac.compare_digest(sent.code_hash, self._spent_hash(sent.attempt_id, code_ref))

    def _attempt_of(self, id_ref: str) -> str:
        """One attempt for one entry of an identity number, however often it is asked about."""
        return "at_" + self._cipher.token(f"attempt:{id_ref}")[:16]

    def _lock_from(self, now: datetime) -> datetime:
        return now - timedelta(minutes=self._number("lock_minutes", now))

    def _number(self, name: str, now: datetime) -> int:
        return self._rules.number(f"verification.{name}", region=self._region, on=_china_day(now))


def _china_day(now: datetime) -> date:
    return now.astimezone(CHINA).date()


def _new_id() -> str:
    return "at_" + secrets.token_urlsafe(12)


def _attempt(attempt_id: str, person: Person, contact_token: str, id_token: str, call_id: str) -> CodeSent:
    """Everything but the code and its times, which `_send` fills in."""
    never = datetime.min.replace(tzinfo=CHINA)
    return CodeSent(
        attempt_id=attempt_id, call_id=call_id, id_token=id_token, person_token=person.person_token,
        contact_token=contact_token, phone_tail=person.phone_tail, code_hash="", sent_at=never, expires_at=never,
        age=person.age, home=person.home,
    )  # fmt: skip


def _proved(sent: CodeSent) -> Proof:
    return Proof(
        level=Level.IDENTITY, id_token=sent.id_token, person_token=sent.person_token,
        contact_token=sent.contact_token, phone_tail=sent.phone_tail, age=sent.age, home=sent.home,
    )  # fmt: skip


def _code_text(attempt: CodeSent, code: str, minutes: int) -> SmsMessage:
    text = f"【公安交管12123】验证码{code}，{minutes}分钟内有效，用于电话办理业务。工作人员不会向您索要验证码，请勿告诉他人。"
    return SmsMessage(
        sms_id=f"code:{attempt.attempt_id}", kind="sms_code", text=text, subject=attempt.call_id,
        created_at=attempt.sent_at, contact_token=attempt.contact_token, expires_at=attempt.expires_at,
    )  # fmt: skip


async def _forget_text(uow: UnitOfWork, attempt_id: str) -> None:
    message = await uow.sms.get(f"code:{attempt_id}")
    if message is not None:
        await uow.sms.save(replace(message, text=_USED))


async def _note(uow: UnitOfWork, now: datetime, id_token: str, call_id: str, action: str) -> None:
    await uow.audit.append(
        at=now, actor=f"caller:{id_token}", action=f"identity_{action}", subject=call_id, facts={}
    )
