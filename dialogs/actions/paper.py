"""Plates, papers and licences: what is wanted, whether it may be, read back, applied for."""

from dataclasses import replace

from dialogs.actions import words, words_paper
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import verdict
from dialogs.actions.identity import ask, needs, queue_of
from dialogs.actions.paper_plan import Next, fold, next_step, wish_of
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Paper, Service, Stage, Talk
from dialogs.actions.texts import spoken_serial
from ivr.dialogue.replies import Expect, Say, Transfer
from ivr.domain.applications import Application, Submission
from ivr.domain.papers import PaperAsk, PaperRefused, Refusal
from ivr.domain.plates import Plate
from ivr.domain.sounds import plain
from ivr.services.identity import Level, Proof

_MOST_MISSES = 3
_DRAFTED = frozenset({Refusal.MEDICAL_MISSING, Refusal.PHOTO_MISSING})
_YES_SUBMIT = ("确认提交", "确定提交", "确认", "提交吧", "提交")
_NO_SUBMIT = ("不提交", "别提交", "不确认", "先不", "不要", "不办", "等等")


class PaperTalk:
    """The part of the conversation about papers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def begin(self, talk: Talk, said: Said, facts: CallFacts, intent: str) -> Answer:
        """Somebody wants something replaced."""
        fresh = replace(talk.ended(), service=Service.PAPER, paper=wish_of(said, intent))
        if intent == "dl_age" and said.texts:
            asked = fresh.at(Stage.PAPER_AGE)
            return Answer.of(asked, words_paper.AGE_RULES, words_paper.AGE_QUESTION, words.YES_NO)
        answer = await self.go_on(replace(fresh, paper=fold(fresh, said, facts.home_plate)), facts)
        return answer.after(words_paper.begun(answer.talk.paper.paper or "", answer.talk.paper.cause)) if said.texts else answer

    async def begin_open(self, talk: Talk) -> Answer:
        """Something is to be replaced: what?"""
        fresh = replace(talk.ended(), service=Service.PAPER)
        return Answer.of(fresh.at(Stage.PAPER_KIND), words_paper.WHAT_PAPER, words_paper.ASK_PAPER)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of our questions."""
        match talk.stage:
            case Stage.PAPER_CONFIRM:
                return await self._confirming(talk, said, facts)
            case Stage.PAPER_DRAFT:
                return await self._drafted(talk, said, facts)
            case Stage.PAPER_AGE:
                if verdict(said) is True:
                    return await self.go_on(talk, facts)
                return Answer.of(talk.ended().at(Stage.MORE), words.ANYTHING_ELSE, words.MORE)
            case _:
                return await self._told(talk, said, facts)

    async def _told(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """A detail was asked for."""
        after = fold(talk, said, facts.home_plate)
        if after == replace(talk.paper, plate_fresh=after.plate_fresh):
            return _missed(talk)
        return await self.go_on(replace(talk, paper=after), facts)

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Ask for what is missing, or do what is next."""
        step = next_step(talk.paper)
        if step not in (Next.CHECK, Next.CONFIRM):
            return _question(talk, step)
        if needs(talk, 2):
            return _with_plate_read(talk, ask(talk, 2))
        proof = await self._proof(talk, facts, Level.IDENTITY)
        if step is Next.CHECK:
            return await self._check(talk, proof, facts)
        if needs(talk, 3):
            return ask(talk, 3)
        return self._read_back(talk, proof)

    async def _check(self, talk: Talk, proof: Proof, facts: CallFacts) -> Answer:
        paper = talk.paper
        kept = await self._draft_of(talk, proof)
        if kept is not None:
            return kept
        try:
            if paper.paper == "driving_licence":
                licence = await self._services.licences.check(
                    proof, cause=paper.cause or "", target_class=paper.target_class, region=facts.region, now=self._services.clock()
                )
                told = words_paper.licence_may_be(paper.cause or "", licence)
                fee, drive = licence.fee_yuan, licence.may_drive
            else:
                plate = Plate(paper.plate or "")
                vehicle = await self._services.plates.check(
                    proof, paper=paper.paper or "", cause=paper.cause or "", plate=plate.text, plate_type=plate.plate_type or "",
                    pieces=paper.pieces, region=facts.region, now=self._services.clock(),
                )  # fmt: skip
                told = words_paper.vehicle_may_be(paper.paper or "", vehicle)
                fee, drive = vehicle.fee_yuan, paper.paper == "inspection_mark"
        except PaperRefused as refused:
            return await self._refused(talk, proof, refused, facts)
        checked = replace(talk, paper=replace(paper, checked=True, fee=fee, drive=drive))
        return (await self.go_on(checked, facts)).after(told)

    async def _draft_of(self, talk: Talk, proof: Proof) -> Answer | None:
        """Something was begun in an earlier call: offered once."""
        if talk.paper.paper != "driving_licence" or talk.paper.draft_seen:
            return None
        slots = await self._services.licences.draft(proof, now=self._services.clock())
        if not slots or slots.get("cause") != talk.paper.cause:
            return None
        seen = replace(
            talk.paper, draft_seen=True, delivery=slots.get("delivery"), address=slots.get("address"), target_class=slots.get("target_class")
        )
        return Answer.of(talk.at(Stage.PAPER_DRAFT, paper=seen), words_paper.DRAFT, words.YES_NO)

    async def _drafted(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = verdict(said)
        if answer is None and talk.misses + 1 < _MOST_MISSES:
            return Answer.of(replace(talk, misses=talk.misses + 1), words_paper.DRAFT, words.YES_NO)
        if answer is not True:
            proof = await self._proof(talk, facts, Level.IDENTITY)
            await self._services.licences.drop_draft(proof)
            talk = replace(talk, paper=replace(talk.paper, delivery=None, address=None))
        return await self.go_on(talk.at(Stage.OPEN), facts)

    def _read_back(self, talk: Talk, proof: Proof) -> Answer:
        paper = talk.paper
        parts = [words_paper.named(paper.paper or "", paper.cause)]
        if paper.plate is not None:
            parts.append(f"车牌{words.plate_read_back(paper.plate)}")
        if paper.paper == "plate":
            parts.append("一块" if paper.pieces == "one" else "一副两块")
        if paper.target_class is not None:
            parts.append(f"降为{words_paper.spoken_class(paper.target_class)}")
        parts.append(words_paper.delivery(paper.delivery or "", paper.address, proof.home))
        return Answer.of(talk.at(Stage.PAPER_CONFIRM), words_paper.read_back(parts, paper.fee), words_paper.ASK_CONFIRM)

    async def _confirming(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        if _submits(said):
            return await self._submit(talk, facts)
        after = fold(talk, said, facts.home_plate)
        if after != replace(talk.paper, plate_fresh=after.plate_fresh):
            return await self.go_on(replace(talk, paper=after), facts)
        if said.keys == "2" or any(word in said.text for word in _NO_SUBMIT):
            return Answer.of(talk.ended().at(Stage.MORE), words_paper.NOT_OFFERED, words.ANYTHING_ELSE, words.MORE)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk, "not_understood")
        proof = await self._proof(talk, facts, Level.SECOND_SECRET)
        asked = self._read_back(talk, proof).replies
        missed = replace(talk, misses=talk.misses + 1)
        return Answer(missed, (words_paper.SAY_CONFIRM, words_paper.ASK_CONFIRM), asked)

    async def _submit(self, talk: Talk, facts: CallFacts) -> Answer:
        paper = talk.paper
        proof = await self._proof(talk, facts, Level.SECOND_SECRET)
        service = self._services.licences if paper.paper == "driving_licence" else self._services.plates
        try:
            done = await service.submit(
                proof, ask=_ask(paper), call_id=facts.call_id, idempotency_key=f"{facts.call_id}:paper:{talk.filed}",
                region=facts.region, now=self._services.clock(),
            )  # fmt: skip
        except PaperRefused as refused:
            return await self._refused(talk, proof, refused, facts)
        if paper.paper == "driving_licence" and done.state is not Submission.REFUSED:
            await self._services.licences.drop_draft(proof)
        return _applied(talk, done)

    async def _refused(self, talk: Talk, proof: Proof, refused: PaperRefused, facts: CallFacts) -> Answer:
        told = [words_paper.refused(refused.refusal, refused.first_day)]
        if refused.refusal in words_paper.SEAT:
            return Answer.of(talk.at(Stage.OFFER_HUMAN, queue=queue_of(talk)), *told, words.WANT_HUMAN, words.YES_NO)
        if refused.refusal is Refusal.CLASS_NOT_LOWER and talk.misses + 1 < _MOST_MISSES:
            again = replace(talk, misses=talk.misses + 1, stage=Stage.PAPER_CLASS, paper=replace(talk.paper, target_class=None))
            return Answer.of(again, *told, words_paper.WHAT_CLASS, words_paper.ASK_CLASS)
        if refused.refusal in _DRAFTED:
            await self._services.licences.keep_draft(proof, _slots(talk.paper), now=self._services.clock())
            if refused.refusal is Refusal.MEDICAL_MISSING:
                clinic = await self._services.offices.nearest("medical", region=facts.region, now=self._services.clock())
                told.append(words.office(clinic))
            told.append(words_paper.DRAFT_KEPT)
        if refused.refusal is Refusal.LINE_TEST_NEEDED:
            station = await self._services.offices.nearest("inspection", region=facts.region, now=self._services.clock())
            told.append(words.office(station))
        return Answer.of(talk.ended().at(Stage.MORE), *told, words.ANYTHING_ELSE, words.MORE)

    async def _proof(self, talk: Talk, facts: CallFacts, need: Level) -> Proof:
        return await self._services.verification.proof(talk.identity.proof_ref, call_id=facts.call_id, need=need)


def _ask(paper: Paper) -> PaperAsk:
    plate = None if paper.plate is None or paper.paper == "driving_licence" else Plate(paper.plate)
    return PaperAsk(
        paper=paper.paper or "", cause=paper.cause or "", delivery=paper.delivery or "", address=paper.address,
        plate=None if plate is None else plate.text, plate_type=None if plate is None else plate.plate_type,
        pieces=paper.pieces, target_class=paper.target_class,
    )  # fmt: skip


def _submits(said: Said) -> bool:
    """Only 确认提交 in so many words, or key 1."""
    if said.keys:
        return said.keys == "1"
    spoken = plain(said.text)
    if any(word in plain(text) for text in said.texts[:3] for word in _NO_SUBMIT):
        return False
    kept = spoken
    for word in ("好的", "好", "对的", "对", "是的", "是", "嗯", "可以", "行", "那就", "就", "我", "吧", "了", "啊", "，"):
        kept = kept.replace(word, "")
    return kept in _YES_SUBMIT


def _applied(talk: Talk, done: Application) -> Answer:
    after = replace(talk.ended(), filed=talk.filed + 1, served="paper").at(Stage.MORE)
    if done.state is Submission.SUBMITTED:
        told = words_paper.submitted(spoken_serial(done.serial), drive=talk.paper.drive)
        return Answer.of(after, told, words.ANYTHING_ELSE, words.MORE)
    if done.state is Submission.REFUSED:
        why = words_paper.refused(_refusal(done.reason or ""), None)
        return Answer.of(after, words.NOT_SUBMITTED, why, words.ANYTHING_ELSE, words.MORE)
    return Answer.of(after, words_paper.UNKNOWN_YET, words.ANYTHING_ELSE, words.MORE)


def _refusal(reason: str) -> Refusal:
    try:
        return Refusal(reason)
    except ValueError:
        return Refusal.SEAT_ONLY


def _slots(paper: Paper) -> dict[str, str]:
    given = {"cause": paper.cause, "delivery": paper.delivery, "address": paper.address, "target_class": paper.target_class}
    return {name: value for name, value in given.items() if value}


def _question(talk: Talk, step: Next) -> Answer:
    paper = talk.paper
    kind = paper.paper or "driving_licence"
    asked: dict[Next, tuple[Stage, Say, Expect]] = {
        Next.PAPER: (Stage.PAPER_KIND, words_paper.WHAT_PAPER, words_paper.ASK_PAPER),
        Next.CAUSE: (Stage.PAPER_CAUSE, words_paper.WHAT_CAUSE[kind], words_paper.ASK_CAUSE[kind]),
        Next.PLATE: (Stage.PAPER_PLATE, words_paper.WHAT_OWN_PLATE, words.ASK_PLATE),
        Next.PLATE_QUESTION: (Stage.PAPER_PLATE, Say(text=paper.plate_question or "请再说一遍车牌。"), words.ask_sign(paper.plate_answers)),
        Next.PIECES: (Stage.PAPER_PIECES, words_paper.WHAT_PIECES, words_paper.ASK_PIECES),
        Next.CLASS: (Stage.PAPER_CLASS, words_paper.WHAT_CLASS, words_paper.ASK_CLASS),
        Next.DELIVERY: (Stage.PAPER_DELIVERY, words_paper.WHAT_DELIVERY, words_paper.ASK_DELIVERY),
        Next.ADDRESS: (Stage.PAPER_ADDRESS, words_paper.WHAT_ADDRESS, words_paper.ASK_ADDRESS),
    }
    stage, say, expect = asked[step]
    return _with_plate_read(talk, Answer.of(talk.at(stage), say, expect))


def _with_plate_read(talk: Talk, answer: Answer) -> Answer:
    if talk.paper.plate is None or not talk.paper.plate_fresh or talk.paper.plate_question is not None:
        return answer
    return answer.after(words_paper.plate_heard(talk.paper.plate))


def _missed(talk: Talk) -> Answer:
    if talk.misses + 1 >= _MOST_MISSES:
        return _to_human(talk, "not_understood")
    if talk.stage is Stage.PAPER_CLASS:
        return Answer.of(replace(talk, misses=talk.misses + 1), words_paper.WHAT_CLASS, words_paper.ASK_CLASS)
    again = _question(talk, next_step(replace(talk.paper, checked=True) if talk.stage is Stage.PAPER_DELIVERY else talk.paper))
    say = words.PLATE_NOT_HEARD if talk.stage is Stage.PAPER_PLATE else None
    replies = again.replies if say is None else (say, again.replies[-1])
    return Answer.of(replace(again.talk, misses=talk.misses + 1), *replies)


def _to_human(talk: Talk, reason: str) -> Answer:
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue=queue_of(talk), reason=reason))
