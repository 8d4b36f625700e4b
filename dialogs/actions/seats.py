"""A person takes over, and gives the caller back: what he is told, and where the talk goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dialogs.actions import commands, words
from dialogs.actions.answer import Answer
from dialogs.actions.identity import ask, needs, queue_of
from dialogs.actions.said import Said
from dialogs.actions.talk import OWNERS, WORKING, Stage, Talk
from ivr.dialogue.replies import Transfer

Last = Sequence[Mapping[str, Any]]
PROOF_LEVEL = 2
"""What a seat asks for: identity number and SMS code."""
EVENTS = frozenset({"seat_wanted", "seat_left"})


def answer(talk: Talk, said: Said, last: Last) -> Answer:
    """Answer an event of a hand-over."""
    return _wanted(talk, last) if said.intent == "seat_wanted" else _left(talk, said, last)


def _wanted(talk: Talk, last: Last) -> Answer:
    """Say who is to take over and what he must know; the open question stays open."""
    kept = commands.repeat(talk, last).replies if last else ()
    return Answer(talk, (Transfer(queue=queue_of(talk), reason="wanted"),), kept)


def proved_for_seat(talk: Talk) -> Answer:
    """He has proved who he is: back to the seat who waits for him."""
    back = replace(talk, for_seat=False)
    return Answer.of(back, words.BACK_TO_SEAT, Transfer(queue=queue_of(back), reason="proved"))


def _left(talk: Talk, said: Said, last: Last) -> Answer:
    """Go on when the seat has gone: `returned` to the open question or to a check, `done`, or `lost` with the line."""
    if said.payload.get("wish") == "verify":
        sent = replace(talk, for_seat=True)
        return ask(sent, PROOF_LEVEL).after(words.SEAT_ASKS_PROOF) if needs(talk, PROOF_LEVEL) else proved_for_seat(sent)
    match said.payload.get("how"):
        case "lost":
            return Answer.of(talk, words.SEAT_LINE_LOST, Transfer(queue=queue_of(talk), reason="seat_lost"))
        case _ if talk.stage in OWNERS:
            return commands.repeat(talk, last)
        case "returned" if talk.stage in WORKING:
            return commands.asked_again(talk, last, words.SEAT_GAVE_BACK)
        case "returned":
            return Answer.of(talk.ended().at(Stage.OPEN), words.SEAT_GAVE_BACK, words.HELLO, words.OPEN)
        case _:
            return Answer.of(talk.ended().at(Stage.MORE), words.SEAT_DONE, words.ANYTHING_ELSE, words.MORE)
