"""How far a caller is proved to be who he is: identity number, SMS code, second secret.

The digits come sealed and leave this room nowhere: a code is kept as its HMAC, an identity number as a
token, and the dialogue carries references only.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from backend_client.api import CoreBackend
from backend_client.people import SecretKind
from ivr.domain.car_move_limits import CHINA
from ivr.domain.checks import ENTRY_USES, CheckKind, CodeSent
from ivr.domain.errors import IdNumberWrong
from ivr.domain.people import IdNumber, id_offers
from ivr.domain.rules import Rules
from ivr.services.caller_number import number_behind
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import FieldCipher, OpenUnitOfWork, UnitOfWork, Vault
from ivr.services.sms_code import code_text, forget_text, unsent
from ivr.services.verification_results import CodeChecked, Identified, Repair, SecretChecked
from ivr.storage.errors import SealForeign, SealGone

__all__ = ["CodeChecked", "Identified", "Repair", "SecretChecked", "SecretKind", "Verification"]

_PROOF_SECONDS = 7200
_PROOF_USES = 1000
_DAY = timedelta(days=1)
_SAME_ENTRY = timedelta(minutes=1)
"""So long the same question gets the same answer: the first may have been lost on its way."""


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
        async with self._open_uow(reads_only=True) as uow:
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
        attempt = unsent(attempt_id, person, person.contact_token, id_token, call_id)
        return await self._send(attempt, number.tail, now)

    async def resend(self, *, attempt_id: str, call_id: str, now: datetime) -> Identified:
        """Send another code; the one before counts no longer.

        Asked again about the same attempt in the same minute it sends no third: its answer was lost.
        """
        async with self._open_uow(reads_only=True) as uow:
            before = await uow.checks.get(attempt_id)
            if before is None or before.call_id != call_id:
                return Identified("not_found")
            while (follows := await uow.checks.get(self._after(before.attempt_id))) is not None:
                if self._counts(follows, now):
                    return Identified("code_sent", follows.attempt_id, "", follows.phone_tail)
                before = follows
        if (refused := await self._may_not(before.id_token, now)) is not None:
            return refused
        again = replace(before, attempt_id=self._after(before.attempt_id), tries=0, used_at=None)
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
                await forget_text(uow, attempt_id)
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
        async with self._open_uow(reads_only=True) as uow:
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
        async with self._open_uow(reads_only=True) as uow:
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
                await forget_text(uow, replaced.attempt_id)
            await uow.checks.add(attempt)
            await uow.sms.add(code_text(attempt, code, minutes))
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

    def _after(self, attempt_id: str) -> str:
        """The attempt that a further code for this one is."""
        return "at_" + self._cipher.token(f"after:{attempt_id}")[:16]

    @staticmethod
    def _counts(sent: CodeSent, now: datetime) -> bool:
        """Was it sent a moment ago, and not used yet?"""
        return sent.used_at is None and now < sent.expires_at and now - sent.sent_at <= _SAME_ENTRY

    def _lock_from(self, now: datetime) -> datetime:
        return now - timedelta(minutes=self._number("lock_minutes", now))

    def _number(self, name: str, now: datetime) -> int:
        return self._rules.number(f"verification.{name}", region=self._region, on=_china_day(now))


def _china_day(now: datetime) -> date:
    return now.astimezone(CHINA).date()


def _proved(sent: CodeSent) -> Proof:
    return Proof(
        level=Level.IDENTITY, id_token=sent.id_token, person_token=sent.person_token,
        contact_token=sent.contact_token, phone_tail=sent.phone_tail, age=sent.age, home=sent.home,
    )  # fmt: skip


async def _note(uow: UnitOfWork, now: datetime, id_token: str, call_id: str, action: str) -> None:
    await uow.audit.append(
        at=now, actor=f"caller:{id_token}", action=f"identity_{action}", subject=call_id, facts={}
    )
