"""What may be said at any point: repeat, wait, again, cancel, questions in between, other services."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from dialogs.actions import words, words_asides
from dialogs.actions.answer import Answer
from dialogs.actions.identity import queue_of
from dialogs.actions.rating import goodbye
from dialogs.actions.said import Said
from dialogs.actions.talk import WORKING, Stage, Talk
from ivr.dialogue.replies import Expect, HangUp, Hold, Reply, Say, Transfer
from ivr.domain.pacing import slowly

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)
_MOST_MISSES = 3
SERVICES = {"violation": ("这项业务", "general")}
PATIENCE_SECONDS = 30.0


def repeat(talk: Talk, last: Sequence[Mapping[str, Any]], *, slow: bool = False) -> Answer:
    """Say the last answer again, slowly where that was the wish."""
    replies = [_REPLY.validate_python(each) for each in last]
    if not replies or isinstance(replies[-1], Transfer | HangUp):
        return Answer.of(talk, words.HELLO, words.OPEN)
    return Answer(talk, tuple(_slowed(reply) if slow and isinstance(reply, Say) else reply for reply in replies))


def _slowed(say: Say) -> Say:
    return say.model_copy(update={"text": slowly(say.text)})


def aside(talk: Talk, said: Said, last: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Answer a question in between, then ask the open question again; None when it is none of these."""
    say = words_asides.answer(talk, said.intent)
    return None if say is None else asked_again(talk, last, say)


def asked_again(talk: Talk, last: Sequence[Mapping[str, Any]], *told: Say) -> Answer:
    """Say something, then the open question again."""
    if talk.stage in (Stage.OPEN, Stage.MORE):
        more = talk.stage is Stage.MORE
        question, expect = (words.ANYTHING_ELSE, words.MORE) if more else (words.HELLO, words.OPEN)
        return Answer.of(talk, question, expect).after(*told)
    again = repeat(talk, last)
    if not isinstance(again.replies[-1], Expect):
        return Answer(talk, (*told, again.replies[-1]), again.replies)
    asked = [reply for reply in again.replies if isinstance(reply, Say)][-1:]
    return Answer(talk, (*told, *asked, again.replies[-1]), again.replies)


def wait(talk: Talk, last: Sequence[Mapping[str, Any]]) -> Answer:
    """Give the caller time; when it is over the question is said again."""
    again = repeat(talk, last)
    if isinstance(again.replies[-1], Hold):
        return again
    hold = Hold(reason="caller_asked", seconds=PATIENCE_SECONDS)
    return Answer(talk, (words.WAITING, hold), again.replies)


def no_input(talk: Talk) -> Answer:
    """The caller stays silent for good."""
    if talk.stage in (Stage.OPEN, Stage.MORE, Stage.RATING, Stage.RATING_WHY):
        return goodbye(replace(talk, rated=True))
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue=queue_of(talk), reason="no_input"))


def start_again(talk: Talk) -> Answer:
    """Forget what was given."""
    return Answer.of(talk.ended().at(Stage.OPEN), words.STARTING_AGAIN, words.HELLO, words.OPEN)


def cancel(talk: Talk) -> Answer:
    """Drop the request that is being made; with none, end the call."""
    return dropped(talk, words.CANCELLED) if talk.stage in WORKING else goodbye(talk)


def dropped(talk: Talk, why: Say) -> Answer:
    """The request is not made."""
    return Answer.of(talk.ended().at(Stage.MORE), why, words.ANYTHING_ELSE, words.MORE)


def other_service(talk: Talk, service: str) -> Answer:
    """A service that is not done by voice yet: say so, and offer a human."""
    name, queue = SERVICES[service]
    text = words.OFFICE_SOON.format(service=name)
    return Answer.of(talk.at(Stage.OFFER_HUMAN, queue=queue), Say(text=text, phrase_id=f"soon_{queue}"), words.YES_NO)


def offered_human(talk: Talk, verdict: bool | None) -> Answer:
    """The caller was offered a human."""
    if verdict is True:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue=talk.queue or "general", reason="offered"))
    if verdict is False:
        return Answer.of(talk.at(Stage.MORE, move=talk.emptied()), words.ANYTHING_ELSE, words.MORE)
    if talk.misses + 1 >= _MOST_MISSES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue=talk.queue or "general", reason="not_understood"))
    return Answer.of(replace(talk, misses=talk.misses + 1), Say(text="要转人工吗？", phrase_id="human_or_not"), words.YES_NO)


def not_understood(talk: Talk) -> Answer:
    """Nothing fits: rephrase, and at the third time fetch a human."""
    if talk.misses + 1 >= _MOST_MISSES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue="general", reason="not_understood"))
    return Answer.of(replace(talk, misses=talk.misses + 1), words.NOT_UNDERSTOOD, words.OPEN)
