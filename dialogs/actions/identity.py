"""Who is calling: identity number, SMS code, second secret. The digits never come here, only references."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from dialogs.actions import words, words_identity
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import verdict
from dialogs.actions.given import service_of
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Identity, Service, Stage, Talk
from ivr.dialogue.replies import Expect, Say, Transfer
from ivr.domain.plates import Plate
from ivr.services.verification import CodeChecked, Identified, SecretChecked, SecretKind

GoOn = Callable[[Talk, CallFacts], Awaitable[Answer]]
_MOST_MISSES = 3
_NOT_RECEIVED = ("没收到", "没有收到", "没收着", "再发", "重发", "重新发", "没来", "没有短信", "没短信")
_NOT_FOUND = ("找不到", "不知道", "没有", "没带", "不记得", "记不得", "记不住", "忘了", "不在身边", "看不清", "不会")


def needs(talk: Talk, level: int) -> bool:
    """Has the caller still to prove something for this level?"""
    return talk.identity.level < level


class IdentityTalk:
    """The part of the conversation in which the caller proves who he is.

    Args:
        services: of the house.
        go_on: goes on with the business that asked for the proof.
    """

    def __init__(self, services: Services, go_on: GoOn) -> None:
        self._services = services
        self._go_on = go_on

    async def sealed(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """A value was laid in the vault."""
        ref = said.payload.get("ref", "")
        match talk.stage:
            case Stage.ID:
                return await self._identify(talk, ref, facts)
            case Stage.CODE:
                return await self._code(talk, ref, facts)
            case Stage.SECRET:
                return await self._secret(talk, ref, facts)
            case _:
                return ask(talk, 2)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Something was said while a number was asked for."""
        if talk.stage is Stage.ID_REPAIR:
            return await self._repair(talk, said, facts)
        if talk.stage is Stage.CODE and any(word in said.text for word in _NOT_RECEIVED):
            return self._sent(talk, await self._resend(talk, facts), again=True)
        if talk.stage is Stage.SECRET and any(word in said.text for word in _NOT_FOUND):
            return _offer(talk, words_identity.NO_SECRET)
        helps: dict[Stage, tuple[Say, Expect]] = {
            Stage.ID: (words_identity.ID_HELP, words_identity.ASK_ID),
            Stage.CODE: (words_identity.CODE_HELP, words_identity.ASK_CODE),
        }
        return _again(talk, *helps.get(talk.stage, (secret_question(talk), words_identity.ASK_SECRET)))

    async def _identify(self, talk: Talk, ref: str, facts: CallFacts) -> Answer:
        found = await self._services.verification.identify(id_ref=ref, call_id=facts.call_id, now=self._services.clock())
        return self._sent(talk, found)

    async def _resend(self, talk: Talk, facts: CallFacts) -> Identified:
        return await self._services.verification.resend(
            attempt_id=talk.identity.attempt_id, call_id=facts.call_id, now=self._services.clock()
        )

    def _sent(self, talk: Talk, found: Identified, *, again: bool = False) -> Answer:
        match found.outcome:
            case "code_sent":
                identity = Identity(attempt_id=found.attempt_id, phone_tail=found.phone_tail)
                told = words_identity.CODE_AGAIN if again else words_identity.code_sent(found.id_tail, found.phone_tail)
                return Answer.of(talk.at(Stage.CODE, identity=identity), told, words_identity.ASK_CODE)
            case "id_wrong" if found.repairs:
                repairs = tuple((each.ref, each.tail) for each in found.repairs)
                asked = talk.at(Stage.ID_REPAIR, identity=replace(talk.identity, repairs=repairs))
                return Answer.of(asked, words_identity.is_it(repairs[0][1]), words.YES_NO)
            case "id_wrong":
                return _id_again(talk, words_identity.ID_AGAIN)
            case "gone":
                return _id_again(talk, words_identity.ENTRY_GONE)
            case "not_found":
                return _id_again(talk, words_identity.ID_NOT_FOUND)
            case "no_phone":
                return _offer(talk, words_identity.NO_PHONE)
            case "too_many_codes":
                return _offer(talk, words_identity.TOO_MANY_CODES)
            case _:
                return _offer(talk, words_identity.LOCKED)

    async def _repair(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        repairs = talk.identity.repairs
        answer = verdict(said)
        if answer is True and repairs:
            asked = talk.at(Stage.ID, identity=replace(talk.identity, repairs=()))
            return await self._identify(asked, repairs[0][0], facts)
        if answer is False and len(repairs) > 1:
            left = replace(talk.identity, repairs=repairs[1:])
            return Answer.of(talk.at(Stage.ID_REPAIR, identity=left), words_identity.is_it(repairs[1][1]), words.YES_NO)
        if answer is None and talk.misses + 1 < _MOST_MISSES and repairs:
            return Answer.of(replace(talk, misses=talk.misses + 1), words_identity.is_it(repairs[0][1]), words.YES_NO)
        return _id_again(talk.at(Stage.ID), words_identity.ID_AGAIN)

    async def _code(self, talk: Talk, ref: str, facts: CallFacts) -> Answer:
        checked: CodeChecked = await self._services.verification.confirm(
            attempt_id=talk.identity.attempt_id, code_ref=ref, call_id=facts.call_id, now=self._services.clock()
        )
        match checked.outcome:
            case "right":
                identity = Identity(level=2, proof_ref=checked.proof_ref, phone_tail=talk.identity.phone_tail)
                return (await self._go_on(talk.at(Stage.OPEN, identity=identity), facts)).after(words.PROVED)
            case "wrong":
                return Answer.of(talk.at(Stage.CODE), words_identity.code_wrong(checked.tries_left), words_identity.ASK_CODE)
            case "gone":
                return _again(talk, words_identity.ENTRY_GONE, words_identity.ASK_CODE)
            case "expired":
                answer = self._sent(talk, await self._resend(talk, facts), again=True)
                return answer.after(words_identity.CODE_EXPIRED)
            case _:
                return _offer(talk, words_identity.LOCKED)

    async def _secret(self, talk: Talk, ref: str, facts: CallFacts) -> Answer:
        checked: SecretChecked = await self._services.verification.second_secret(
            proof_ref=talk.identity.proof_ref, secret_ref=ref, kind=_kind(talk), call_id=facts.call_id,
            now=self._services.clock(), vehicle=_vehicle(talk),
        )
        match checked.outcome:
            case "right":
                identity = replace(talk.identity, level=3, proof_ref=checked.proof_ref)
                return await self._go_on(talk.at(Stage.OPEN, identity=identity), facts)
            case "wrong":
                return Answer.of(talk.at(Stage.SECRET), words_identity.secret_wrong(checked.tries_left), words_identity.ASK_SECRET)
            case "gone":
                return _again(talk, words_identity.ENTRY_GONE, words_identity.ASK_SECRET)
            case _:
                return _offer(talk, words_identity.LOCKED)


def ask(talk: Talk, level: int) -> Answer:
    """Ask for what is missing of this level."""
    if level >= 3 and talk.identity.level == 2:
        return Answer.of(talk.at(Stage.SECRET), secret_question(talk), words_identity.ASK_SECRET)
    return Answer.of(talk.at(Stage.ID), words_identity.WHAT_ID, words_identity.ASK_ID)


def secret_question(talk: Talk) -> Say:
    """Which six digits."""
    return words_identity.SECRET_VIN if _kind(talk) is SecretKind.VIN else words_identity.SECRET_FILE


def queue_of(talk: Talk) -> str:
    """The humans who do this business."""
    if talk.service is Service.EXAM:
        return "exam"
    if talk.service is Service.PAPER:
        return "licence" if talk.paper.paper == "driving_licence" else "plate"
    if talk.service in (Service.PROGRESS, Service.LICENCE):
        return "plate" if talk.service is Service.PROGRESS else "licence"
    return "car_move" if service_of(talk) is Service.MOVE else talk.queue or "general"


def _kind(talk: Talk) -> SecretKind:
    return SecretKind.FILE_NUMBER if talk.paper.paper == "driving_licence" else SecretKind.VIN


def _vehicle(talk: Talk) -> tuple[str, str] | None:
    if _kind(talk) is not SecretKind.VIN or talk.paper.plate is None:
        return None
    return talk.paper.plate, Plate(talk.paper.plate).plate_type or ""


def _id_again(talk: Talk, told: Say) -> Answer:
    return _again(replace(talk, stage=Stage.ID), told, words_identity.ASK_ID)


def _again(talk: Talk, told: Say, asked: Expect) -> Answer:
    """Ask once more; who has missed it too often is helped by a person."""
    if talk.misses + 1 >= _MOST_MISSES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue=queue_of(talk), reason="identity"))
    return Answer.of(replace(talk, misses=talk.misses + 1), told, asked)


def _offer(talk: Talk, told: Say) -> Answer:
    return Answer.of(talk.at(Stage.OFFER_HUMAN, queue=queue_of(talk)), told, words.YES_NO)
