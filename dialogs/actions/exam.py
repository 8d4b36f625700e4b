"""Booking a driving test: what is wanted, what may be had, read back, applied for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dialogs.actions import words, words_exam
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import consent, verdict
from dialogs.actions.exam_booked import BookedTalk
from dialogs.actions.exam_plan import fold, heard_something
from dialogs.actions.identity import ask, needs
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Exam, Service, Stage, Talk
from dialogs.actions.texts import spoken_serial
from ivr.dialogue.replies import Transfer
from ivr.domain.applications import Application, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.spoken_exams import hear_choice, hear_venue
from ivr.services.exams import ExamRefused, Offer, Refusal, Standing, refusal_of
from ivr.services.identity import Level, Proof

_MOST_MISSES = 3
_MOST_OFFERS = 3
_OTHER_DAY = ("换一天", "换个时间", "都不行", "都不合适", "别的时间", "其他时间", "换时间", "不合适")
_OTHER_DAYS = frozenset({Refusal.NO_PLAN, Refusal.PLAN_FULL})
_SEAT_ONLY = frozenset({Refusal.STATUS_LOCKED, Refusal.CROSS_CITY, Refusal.ATTEMPTS_USED_UP, Refusal.CERT_EXPIRED, Refusal.WRONG_CLASS})


class ExamTalk:
    """The part of the conversation about driving tests."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._booked = BookedTalk(services, self.go_on)

    async def begin(self, talk: Talk, said: Said, facts: CallFacts, *, business: str) -> Answer:
        """Somebody wants something about driving tests."""
        fresh = replace(talk.ended(), service=Service.EXAM, exam=Exam(business=business))
        return await self.go_on(fold(fresh, said, self._today()), facts)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of our questions."""
        match talk.stage:
            case Stage.EXAM_CONFIRM:
                return await self._confirming(talk, said, facts)
            case Stage.EXAM_CHOICE:
                return await self._choosing(talk, said, facts)
            case Stage.EXAM_WHICH | Stage.EXAM_CANCEL | Stage.EXAM_WINDOW:
                return await self._booked.take(talk, said, facts)
            case _:
                return await self._told(talk, said, facts)

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Ask for what is missing, or do what is next."""
        if needs(talk, 2):
            understood = words_exam.understood(talk.exam.business, talk.exam.subject, _day(talk.exam.first), _day(talk.exam.last))
            return ask(talk, 2).after(*understood)
        proof = await self._services.verification.proof(
            talk.identity.proof_ref, call_id=facts.call_id, need=Level.IDENTITY
        )
        if talk.exam.business != "book":
            return await self._booked.go_on(talk, proof, facts)
        try:
            return await self._book(talk, proof, facts)
        except ExamRefused as refused:
            return self._refused(talk, refused)

    async def _book(self, talk: Talk, proof: Proof, facts: CallFacts) -> Answer:
        now = self._services.clock()
        standing = await self._services.exams.standing(proof, region=facts.region, now=now)
        exam = talk.exam
        if exam.subject is None:
            if standing.next_subject is None:
                return Answer.of(talk.at(Stage.EXAM_SUBJECT), words_exam.WHAT_SUBJECT, words_exam.ASK_SUBJECT)
            suggested = replace(exam, subject=standing.next_subject)
            asked = talk.at(Stage.EXAM_SUBJECT, exam=suggested)
            return Answer.of(asked, words_exam.may_take(standing.next_subject), words.YES_NO)
        if _no_day(exam):
            await self._services.exams.offers(proof, subject=exam.subject, region=facts.region, first=None, last=None, now=now)
            return Answer.of(talk.at(Stage.EXAM_DAY), words_exam.WHAT_DAY, words_exam.ASK_DAY)
        offers = await self._services.exams.offers(
            proof, subject=exam.subject, region=facts.region, first=_day(exam.first), last=_day(exam.last), now=now
        )
        return self._offer(talk, standing, offers)

    def _offer(self, talk: Talk, standing: Standing, offers: Sequence[Offer]) -> Answer:
        exam = talk.exam
        free = [offer for offer in offers if not offer.full]
        if not free:
            raise ExamRefused(Refusal.PLAN_FULL, subject=exam.subject or "")
        fitting = [offer for offer in free if exam.session in (None, offer.session)] or free
        named = None if exam.venue is None else hear_venue(exam.venue, [offer.venue for offer in free])
        if named is not None:
            fitting = [offer for offer in fitting if offer.venue == named] or [offer for offer in free if offer.venue == named]
        shown = fitting[:1] if exam.earliest else fitting[:_MOST_OFFERS]
        rows = tuple(
            (offer.plan_id, words_exam.session_name(offer), words_exam.offer_text(exam.subject or "", standing.licence_class, offer))
            for offer in shown
        )
        chosen = replace(exam, offered=rows)
        if len(shown) == 1:
            return _read_back(replace(talk, exam=chosen), 0)
        view = next(each for each in standing.subjects if each.subject == exam.subject)
        text = words_exam.choices(shown, bookings_used=view.bookings_used, bookings_left=view.bookings_left)
        asked = talk.at(Stage.EXAM_CHOICE, exam=chosen)
        return Answer.of(asked, text, words_exam.ask_choice([name for _, name, _ in rows]))

    async def _told(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """A subject or a day was asked for."""
        folded = fold(talk, said, self._today())
        answer = verdict(said) if talk.stage is Stage.EXAM_SUBJECT and talk.exam.subject is not None else None
        if answer is True and folded.exam.subject == talk.exam.subject:
            return await self.go_on(folded, facts)
        if answer is False and folded.exam.subject == talk.exam.subject:
            other = replace(talk.exam, subject=None)
            return Answer.of(talk.at(Stage.EXAM_SUBJECT, exam=other), words_exam.WHAT_SUBJECT, words_exam.ASK_SUBJECT)
        if heard_something(talk, folded):
            return await self.go_on(folded, facts)
        if talk.stage is Stage.EXAM_DAY and talk.exam.first is not None:
            return await self._suggested(talk, verdict(said), facts)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk)
        missed = replace(talk, misses=talk.misses + 1)
        if talk.stage is Stage.EXAM_DAY:
            return Answer.of(missed, words_exam.DAY_NOT_HEARD, words_exam.ASK_DAY)
        return Answer.of(missed, words_exam.WHAT_SUBJECT, words_exam.ASK_SUBJECT)

    async def _suggested(self, talk: Talk, answer: bool | None, facts: CallFacts) -> Answer:
        """The nearest day with a session was offered."""
        if answer is True:
            return await self.go_on(talk, facts)
        if answer is None and talk.misses + 1 < _MOST_MISSES:
            return Answer.of(replace(talk, misses=talk.misses + 1), words_exam.DAY_NOT_HEARD, words_exam.ASK_DAY)
        other = replace(talk.exam, first=None, last=None, earliest=False)
        return Answer.of(talk.at(Stage.EXAM_DAY, exam=other), words_exam.WHAT_DAY, words_exam.ASK_DAY)

    async def _choosing(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        rows = talk.exam.offered
        if said.keys:
            index = int(said.keys) - 1 if said.keys in "123456789" else -1
        else:
            heard = hear_choice(said.texts, [name for _, name, _ in rows])
            index = -1 if heard is None else heard
        if 0 <= index < len(rows):
            return _read_back(talk, index)
        if any(word in said.text for word in _OTHER_DAY):
            other = replace(talk.exam, first=None, last=None, session=None, venue=None, earliest=False, offered=())
            return Answer.of(talk.at(Stage.EXAM_DAY, exam=other), words_exam.WHAT_DAY, words_exam.ASK_DAY)
        folded = fold(talk, said, self._today())
        if heard_something(talk, folded):
            return await self.go_on(folded, facts)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk)
        names = [name for _, name, _ in rows]
        return Answer.of(replace(talk, misses=talk.misses + 1), words_exam.WHICH_SESSION, words_exam.ask_choice(names))

    async def _confirming(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = consent(said)
        folded = fold(talk, said, self._today()) if not said.keys else talk
        if answer is not True and heard_something(talk, folded):
            return await self.go_on(folded, facts)
        if answer is True:
            return await self._submit(talk, facts)
        if answer is False:
            other = replace(talk.exam, first=None, last=None, session=None, venue=None, plan_id=None, earliest=False, offered=())
            return Answer.of(talk.at(Stage.EXAM_DAY, exam=other), words_exam.WHAT_DAY, words_exam.ASK_DAY)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk)
        asked = (words_exam.read_back(talk.exam.plan_text), words.CONSENT)
        return Answer(replace(talk, misses=talk.misses + 1), (words.YES_OR_NO, words.CONSENT), asked)

    async def _submit(self, talk: Talk, facts: CallFacts) -> Answer:
        exam = talk.exam
        proof = await self._services.verification.proof(
            talk.identity.proof_ref, call_id=facts.call_id, need=Level.IDENTITY
        )
        try:
            done = await self._services.exams.book(
                proof, exam.plan_id or "", read_back=exam.plan_text, call_id=facts.call_id,
                idempotency_key=f"{facts.call_id}:exam:{talk.filed}", now=self._services.clock(),
            )
        except ExamRefused as refused:
            return self._refused(talk, refused)
        return _booked(talk, done)

    def _refused(self, talk: Talk, refused: ExamRefused) -> Answer:
        if refused.refusal in _OTHER_DAYS and refused.first_day is not None:
            nearest = replace(talk.exam, first=refused.first_day.isoformat(), last=refused.first_day.isoformat(), session=None, venue=None)
            text = words_exam.no_plan_then(refused.first_day, full=refused.refusal is Refusal.PLAN_FULL)
            return Answer.of(talk.at(Stage.EXAM_DAY, exam=nearest), text, words.YES_NO)
        told = words_exam.refused(refused.refusal, refused.first_day, refused.subject)
        if refused.refusal in _SEAT_ONLY:
            return Answer.of(talk.at(Stage.OFFER_HUMAN, queue="exam"), told, words.WANT_HUMAN, words.YES_NO)
        return Answer.of(talk.ended().at(Stage.MORE), told, words.ANYTHING_ELSE, words.MORE)

    def _today(self) -> date:
        return self._services.clock().astimezone(CHINA).date()


def _booked(talk: Talk, done: Application) -> Answer:
    after = replace(talk.ended(), filed=talk.filed + 1, served="exam").at(Stage.MORE)
    if done.state is Submission.SUBMITTED:
        return Answer.of(after, words_exam.submitted(spoken_serial(done.serial)), words.ANYTHING_ELSE, words.MORE)
    if done.state is Submission.REFUSED:
        told = words_exam.refused(refusal_of(done.reason or ""), None, "")
        return Answer.of(after, words.NOT_SUBMITTED, told, words.ANYTHING_ELSE, words.MORE)
    return Answer.of(after, words_exam.UNKNOWN_YET, words.ANYTHING_ELSE, words.MORE)


def _read_back(talk: Talk, index: int) -> Answer:
    plan_id, _, text = talk.exam.offered[index]
    exam = replace(talk.exam, plan_id=plan_id, plan_text=text)
    return Answer.of(talk.at(Stage.EXAM_CONFIRM, exam=exam), words_exam.read_back(text), words.CONSENT)


def _to_human(talk: Talk) -> Answer:
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue="exam", reason="not_understood"))


def _no_day(exam: Exam) -> bool:
    return exam.first is None and not exam.earliest


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
