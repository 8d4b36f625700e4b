"""The callers of the bench: what they say to the service, and to the PBX when the service is gone."""

from collections.abc import Callable, Mapping, Sequence

from ivr.cli.calls_bench.caller import Manner, Speech
from ivr.cli.calls_bench.pbx import KIT
from ivr.cli.calls_bench.voices import Citizen, Common, manner_of, piece_of, thinking
from ivr.cli.faults_bench.witness import Witness

PBX = "pbx_"
"""What a sentence is called that the PBX has recorded."""
_RECORDED = ("interrupted", "unavailable", "leave_word", "noted", "nobody", "waiting")
_PATIENCE_SECONDS = 15.0
_ENOUGH = frozenset({"notifying"})
_TAKEN_AWAY = ("last_resort", "to_human", "to_human_silent", "going_to_human", "callback_left", "callback_failed", "no_seat",
               "next_in_line", "goodbye_silent", "still_trying", "kept_only")  # fmt: skip
"""Sentences that ask nothing, or ask for more than he has to say."""


def caller_of(citizen: Citizen, common: Common, index: int) -> Callable[[], Witness]:
    """Make a caller.

    Every third waits for a person where the PBX offers one, the others leave a message. Every second hangs up
    when he is told that the owner is being notified: the result comes by SMS.
    """
    known = {**common.known, **{PBX + name: piece_of((KIT / f"sounds/{name}.alaw").read_bytes()) for name in _RECORDED}}
    plain = manner_of(citizen, common)
    offered = None if index % 3 == 2 else "1"
    answers: Mapping[str, Speech | str | None] = {
        **dict.fromkeys(_TAKEN_AWAY), **plain.answers, "last_resort": citizen.opening, "ear_lost": "0",
        PBX + "interrupted": offered, PBX + "unavailable": offered, PBX + "waiting": None, PBX + "nobody": None,
        PBX + "leave_word": citizen.opening, PBX + "noted": None,
    }  # fmt: skip
    manner = Manner(answers, plain.otherwise, known)
    return lambda: Witness(manner, thinking(index), patience=_PATIENCE_SECONDS, leaves_after=_ENOUGH if index % 2 else frozenset())


def cast(citizens: Sequence[Citizen], common: Common, count: int) -> list[tuple[str, Callable[[], Witness]]]:
    """So many callers, each with a number of his own; several ask for one car."""
    return [(number_of(index), caller_of(citizens[index % len(citizens)], common, index)) for index in range(count)]


def prober(common: Common) -> Witness:
    """Who only wants to know whether the service greets him again."""
    manner = Manner({}, None, common.known)
    return Witness(manner, patience=_PATIENCE_SECONDS, leaves_after=frozenset(common.known))


def number_of(index: int) -> str:
    """The number of a caller; its last four digits are his alone."""
    return f"137{index:08d}"
