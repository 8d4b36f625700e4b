"""The callers of the bench: what they say to the service, and to the PBX when the service is gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ivr.cli.calls_bench.caller import Manner, Person, Speech
from ivr.cli.calls_bench.pbx import KIT
from ivr.cli.calls_bench.voices import Citizen, Common, manner_of, owner_manner, piece_of, thinking
from ivr.cli.faults_bench.applicants import Applicant, ApplicantCaller, keys_of
from ivr.cli.faults_bench.applicants import manner_of as applicant_manner
from ivr.cli.faults_bench.witness import Witness

PBX = "pbx_"
"""What a sentence is called that the PBX has recorded."""
_RECORDED = ("interrupted", "unavailable", "leave_word", "noted", "nobody", "waiting")
_PATIENCE_SECONDS = 15.0
_ENOUGH = frozenset({"notifying"})
_TAKEN_AWAY = ("last_resort", "to_human", "to_human_silent", "going_to_human", "callback_left", "callback_failed", "no_seat",
               "next_in_line", "goodbye_silent", "still_trying", "kept_only")  # fmt: skip
"""Sentences that ask nothing, or ask for more than he has to say."""


@dataclass(frozen=True, slots=True)
class Troupe:
    """Who calls, and what about."""

    citizens: Sequence[Citizen]
    """About a car that is in their way; several ask for one."""
    applicants: Sequence[Applicant]
    openings: tuple[Speech, Speech]
    """Of those who learn, and of those who drive."""


class Cast:
    """Makes callers, each with a number of his own. Every other one is an applicant.

    Args:
        troupe: of whom they are.
        common: what all of them say and know.
        code: gives the code that was texted to the caller of a number, if any.
    """

    def __init__(self, troupe: Troupe, common: Common, code: Callable[[str], str | None]) -> None:
        self._troupe = troupe
        self._common = common
        self._code = code
        self._owners = {each.owner for each in troupe.citizens}
        recorded = {PBX + name: piece_of((KIT / f"sounds/{name}.alaw").read_bytes()) for name in _RECORDED}
        self._known = {**common.known, **recorded}

    def callers(self, count: int) -> list[tuple[str, Callable[[], Witness]]]:
        """So many: (number, makes the person)."""
        return [(number_of(index), (self._applicant if index % 2 else self._citizen)(index)) for index in range(count)]

    def owner(self, number: str) -> Person | None:
        """Who picks up under a number."""
        return Person(owner_manner(self._common)) if number in self._owners else None

    def prober(self) -> Witness:
        """Who only wants to know whether the service greets him again."""
        manner = Manner({}, None, self._common.known)
        return Witness(manner, patience=_PATIENCE_SECONDS, leaves_after=frozenset(self._common.known))

    def _citizen(self, index: int) -> Callable[[], Witness]:
        """Every second hangs up when he is told that the owner is being notified: the result comes by SMS."""
        citizen = self._troupe.citizens[index // 2 % len(self._troupe.citizens)]
        manner = self._away(manner_of(citizen, self._common), citizen.opening, index)
        leaves = frozenset() if index % 4 else _ENOUGH
        return lambda: Witness(manner, thinking(index), patience=_PATIENCE_SECONDS, leaves_after=leaves)

    def _applicant(self, index: int) -> Callable[[], Witness]:
        who = self._troupe.applicants[index // 2]
        opening = self._troupe.openings[bool(who.file_tail)]
        manner = self._away(applicant_manner(who, opening, self._common, self._known), opening, index)
        code = partial(self._code, number_of(index))
        return lambda: ApplicantCaller(manner, thinking(index), patience=_PATIENCE_SECONDS, code=code, id_keys=keys_of(who))

    def _away(self, plain: Manner, opening: Speech, index: int) -> Manner:
        """What he says besides where the service cannot go on; every third leaves a message, the others wait for a person."""
        offered = None if index % 3 == 2 else "1"
        answers: Mapping[str, Speech | str | None] = {
            **dict.fromkeys(_TAKEN_AWAY), **plain.answers, "last_resort": opening, "ear_lost": "0",
            PBX + "interrupted": offered, PBX + "unavailable": offered, PBX + "waiting": None, PBX + "nobody": None,
            PBX + "leave_word": opening, PBX + "noted": None,
        }  # fmt: skip
        return Manner(answers, plain.otherwise, self._known, plain.brief)


def number_of(index: int) -> str:
    """The number of a caller; its last four digits are his alone."""
    return f"137{index:08d}"
