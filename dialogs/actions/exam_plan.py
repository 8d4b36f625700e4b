"""Driving tests, decided: what a message adds to the wish. Pure."""

import re
from dataclasses import replace
from datetime import date

from dialogs.actions.said import Said
from dialogs.actions.talk import Exam, Stage, Talk
from dialogs.actions.words_exam import SUBJECT_KEYS
from ivr.domain.dates import hear_date
from ivr.domain.spoken_exams import hear_session, hear_subject, without_subject

_MOST_GUESSES = 5
_VENUE = re.compile("考场|考点|城[东南西北]|新区|[东南西北]边")
_EARLIEST = ("越早越好", "越快越好", "最早", "最快", "尽早", "尽快", "早点", "随便哪天", "哪天都行", "哪天都可以", "什么时候都行", "都行", "第一场")


def fold(talk: Talk, said: Said, today: date) -> Talk:
    """Add what a message holds; nothing already known is lost."""
    exam = talk.exam
    if said.keys:
        if talk.stage is Stage.EXAM_SUBJECT and exam.subject is None and said.keys in SUBJECT_KEYS:
            exam = replace(exam, subject=SUBJECT_KEYS[said.keys])
        return replace(talk, exam=exam)
    asked = talk.stage in (Stage.EXAM_SUBJECT, Stage.EXAM_DAY)
    for text in said.texts[: _MOST_GUESSES if asked else 1]:
        folded = _fold_text(exam, talk.stage, text, today)
        if folded != exam:
            return replace(talk, exam=folded)
    return talk


def heard_something(before: Talk, after: Talk) -> bool:
    """Did a message add or change anything?"""
    seen = ("subject", "first", "last", "session", "earliest", "venue")
    return any(getattr(before.exam, name) != getattr(after.exam, name) for name in seen)


def _fold_text(exam: Exam, stage: Stage, text: str, today: date) -> Exam:
    subject = hear_subject(text, asked=stage is Stage.EXAM_SUBJECT and exam.subject is None)
    if subject is not None and subject != exam.subject:
        exam = replace(exam, subject=subject, plan_id=None, offered=())
    after = _instead(without_subject(text))
    day = hear_date(after, today=today)
    if day.first is not None:
        last = day.last or day.first
        exam = replace(exam, first=max(day.first, today).isoformat(), last=last.isoformat(), earliest=False, plan_id=None, offered=())
    elif any(word in text for word in _EARLIEST):
        exam = replace(exam, earliest=True)
    session = hear_session(text)
    exam = exam if session is None else replace(exam, session=session)
    return replace(exam, venue=text) if _VENUE.search(text) else exam


def _instead(text: str) -> str:
    """What is said instead: 不是七号是四号 says 四号."""
    denied, found, rest = text.partition("不是")
    if not found:
        return text
    return rest.rpartition("是")[2] if "是" in rest else denied
