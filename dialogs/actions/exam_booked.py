"""Tests already applied for: how they stand, taking one back, changing one."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from dialogs.actions import words, words_exam
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import consent, verdict
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Exam, Stage, Talk
from ivr.dialogue.replies import Reply, Say, Transfer
from ivr.domain.applications import Submission
from ivr.domain.sounds import PAUSE, plain
from ivr.domain.spoken_exams import hear_subject
from ivr.services.exams import BookingView, ExamRefused, Refusal, refusal_of
from ivr.services.identity import Level, Proof

GoOn = Callable[[Talk, CallFacts], Awaitable[Answer]]
_MOST_MISSES = 3
_MOST_TOLD = 2
_GUESSES = 4
"""So many guesses are looked at for a no."""
_REFUSED = {"refused_rule": "success_cancel_window_only"}
"""For the seat: which rule stood against it."""
_YES = "(?:对的?|是的?|好的?|嗯|行|可以|确认|确定|没错)"
_LEAD, _TAIL = "(?:就|你|请|帮我|给我|把它)*", "(?:掉|它|了|吧|啊|嘛|预约)*"
_CANCELS = re.compile(f"{_YES}(?:{_YES}|{PAUSE})*{_LEAD}取消{_TAIL}|{_LEAD}取消(?:掉|它|这个|这次|的)*预约{_TAIL}")
_MAY_CANCEL = re.compile(f"{PAUSE}*{_LEAD}取消{_TAIL}")
"""Either what he wants done, or that he wants out: he is asked again."""


class BookedTalk:
    """The part of the conversation about applications already made."""

    def __init__(self, services: Services, go_on: GoOn) -> None:
        self._services = services
        self._go_on = go_on

    async def go_on(self, talk: Talk, proof: Proof, facts: CallFacts) -> Answer:
        """Answer a question, or find the booking to take back."""
        try:
            standing = await self._services.exams.standing(proof, region=facts.region, now=self._services.clock())
        except ExamRefused as refused:
            return _over(talk, words_exam.refused(refused.refusal, refused.first_day, refused.subject))
        if talk.exam.business == "query":
            told = [words_exam.booking(view) for view in standing.bookings[:_MOST_TOLD]] or [words_exam.NOTHING_BOOKED]
            passed = [view.subject for view in standing.subjects if view.passed]
            left = next((view.bookings_left for view in standing.subjects if view.subject == standing.next_subject), None)
            return _over(talk, *told, words_exam.standing(passed, standing.next_subject, left, standing.permit_expires))
        return self._find(talk, standing.bookings)

    def _find(self, talk: Talk, bookings: Sequence[BookingView]) -> Answer:
        wanted = [view for view in bookings if talk.exam.subject in (None, view.subject)]
        open_ones = [view for view in wanted if view.cancellable]
        if len(open_ones) > 1:
            return Answer.of(talk.at(Stage.EXAM_WHICH), words_exam.WHICH_BOOKING, words_exam.ASK_SUBJECT)
        if open_ones:
            view = open_ones[0]
            chosen = replace(talk.exam, serial=view.serial, subject=view.subject, plan_text=words_exam.booked_text(view))
            text = words_exam.cancel_question(view, change=talk.exam.business == "change")
            return Answer.of(talk.at(Stage.EXAM_CANCEL, exam=chosen), text, words.CONSENT)
        fixed = [view for view in wanted if view.state.value == "succeeded"]
        if fixed:
            asked = talk.at(Stage.EXAM_WINDOW)
            return Answer.of(asked, words_exam.window_only(fixed[0]), words_exam.WINDOW_OR_HUMAN, words_exam.ASK_WINDOW)
        return _over(talk, words_exam.NOTHING_TO_CANCEL)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of these questions."""
        match talk.stage:
            case Stage.EXAM_WHICH:
                subject = words_exam.SUBJECT_KEYS.get(said.keys) if said.keys else hear_subject(said.texts, asked=True)
                if subject is None:
                    return _missed(talk, words_exam.WHICH_BOOKING, words_exam.ASK_SUBJECT)
                return await self._go_on(replace(talk, exam=replace(talk.exam, subject=subject)), facts)
            case Stage.EXAM_CANCEL:
                return await self._cancelling(talk, said, facts)
            case _:
                return await self._window(talk, said, facts)

    async def _cancelling(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = _cancels(said)
        if answer is None:
            return _missed(talk, words_exam.CANCEL_OR_NOT, words.CONSENT)
        if answer is False:
            return _over(talk, words_exam.KEPT)
        proof = await self._services.verification.proof(talk.identity.proof_ref, call_id=facts.call_id, need=Level.IDENTITY)
        try:
            done = await self._services.exams.cancel(
                proof, serial=talk.exam.serial, read_back=talk.exam.plan_text, call_id=facts.call_id,
                idempotency_key=f"{facts.call_id}:exam:{talk.filed}", now=self._services.clock(),
            )
        except ExamRefused as refused:
            if refused.refusal is Refusal.NOT_CANCELLABLE and refused.booking is not None:
                asked = talk.at(Stage.EXAM_WINDOW)
                told = words_exam.window_only(refused.booking)
                return Answer.of(asked, told, words_exam.WINDOW_OR_HUMAN, words_exam.ASK_WINDOW)
            return _over(talk, words_exam.refused(refused.refusal, refused.first_day, refused.subject))
        counted = replace(talk, filed=talk.filed + 1, served="exam")
        if done.state is Submission.REFUSED:
            return _over(counted, words.NOT_SUBMITTED, words_exam.refused(refusal_of(done.reason or ""), None, ""))
        if done.state is Submission.CONFIRMED:
            return _over(counted, words_exam.UNKNOWN_YET)
        if talk.exam.business == "change":
            again = replace(counted, exam=Exam(subject=talk.exam.subject))
            return (await self._go_on(again, facts)).after(words_exam.CANCELLED)
        return _over(counted, words_exam.CANCELLED)

    async def _window(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        if said.keys == "2":
            return Answer.of(talk, words.TO_HUMAN, Transfer(queue="exam", reason="window_only", context=_REFUSED))
        if said.keys == "1" or any(word in said.text for word in ("地址", "在哪", "窗口", "哪里", "哪儿")):
            office = await self._services.offices.nearest("exam", region=facts.region, now=self._services.clock())
            return _over(talk, words.office(office))
        if verdict(said) is False or "不用" in said.text:
            return _over(talk)
        # 我赶不过去啊，你们就不能给我取消吗: who insists is heard by a person
        insists = any(word in said.text for word in ("取消", "赶不", "不能", "没时间", "来不及", "去不了"))
        if insists:
            told = Say(text="我理解您着急，给您转座席，您说过的情况我会一并转过去。", phrase_id="window_insists", interruptible=False)
            return Answer.of(talk, told, Transfer(queue="exam", reason="window_only", context=_REFUSED))
        return _missed(talk, words_exam.WINDOW_OR_HUMAN, words_exam.ASK_WINDOW)


def _cancels(said: Said) -> bool | None:
    """A yes, or 确认取消 in so many words with no other guess of the recognizer against it."""
    text = plain(said.text)
    if not said.texts or not _CANCELS.fullmatch(text):
        return None if said.texts and _MAY_CANCEL.fullmatch(text) else consent(said)
    doubted = any(word in text for text in said.texts[1:_GUESSES] for word in ("不取消", "别取消", "不要取消", "先不"))
    return None if doubted else True


def _missed(talk: Talk, *replies: Reply) -> Answer:
    if talk.misses + 1 >= _MOST_MISSES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue="exam", reason="not_understood"))
    return Answer.of(replace(talk, misses=talk.misses + 1), *replies)


def _over(talk: Talk, *told: Say) -> Answer:
    return Answer.of(talk.ended().at(Stage.MORE), *told, words.ANYTHING_ELSE, words.MORE)
