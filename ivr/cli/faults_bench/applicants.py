"""Callers who have something submitted: they prove who they are, hear it read back, and confirm. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ivr.cli.calls_bench.caller import AGAIN, Manner, Speech
from ivr.cli.calls_bench.voices import BRIEF, Common
from ivr.cli.faults_bench.witness import Witness
from ivr.domain.people import check_digit

CODE = "code"
"""An answer: the code that was texted, once it is there."""
UNKNOWN = "unknown"
"""An answer to what he does not know by its sound: that a code was sent, or what is read back to him."""
LEARNER_SAYS = "我想约科目三，越早越好"
DRIVER_SAYS = "驾照下个月到期，要换证"
_AREA = "320200"
_FIRST_BORN = date(1988, 1, 1)
_BORN_A_DAY = 900
_LOOK_AGAIN_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody invented whom the backend knows."""

    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    file_tail: str = field(default="", repr=False)
    """Of his licence; empty: he learns to drive."""

    @property
    def row(self) -> str:
        """As the sandbox backend reads it."""
        return f"{self.id_number},{self.phone},{self.file_tail}"


def applicants(count: int) -> Sequence[Applicant]:
    """So many, who learn and who drive by turns."""
    return [_applicant(index) for index in range(count)]


def _applicant(index: int) -> Applicant:
    born = _FIRST_BORN + timedelta(days=index // _BORN_A_DAY)
    digits = f"{_AREA}{born:%Y%m%d}{1 + index % _BORN_A_DAY:03d}"
    return Applicant(digits + check_digit(digits), f"135{index:08d}", f"{index:06d}" if index % 2 else "")


@dataclass
class ApplicantCaller(Witness):
    """One of them on the phone.

    Args:
        code: gives the code that was texted to him; None while there is none.
        id_keys: his number, as he presses it.
    """

    code: Callable[[], str | None] = lambda: None
    id_keys: str = field(default="", repr=False)
    _awaits_code: bool = False

    def _answer(self) -> Speech | str | None:
        answer = super()._answer()
        if self._awaits_code and self.understood[-1:] == ["did_not_get"]:  # he was asked for the code meanwhile
            return CODE
        if answer == UNKNOWN:
            return CODE if self._awaits_code else "1"
        return answer

    def _begin(self, now: float) -> None:
        if self._next == CODE:
            code = self.code()
            if code is None:  # it is his turn, and he looks at his messages
                self.sounds.append(now)
                self._speak_at = now + _LOOK_AGAIN_SECONDS
                return
            self._next, self._awaits_code = f"{code}#", False
        elif self._next == self.id_keys:
            self._awaits_code = True
        super()._begin(now)


def keys_of(who: Applicant) -> str:
    """His identity number as it is pressed."""
    return f"{who.id_number.replace('X', '*')}#"


def manner_of(who: Applicant, opening: Speech, common: Common, known: Mapping[str, bytes]) -> Manner:
    """How he answers."""
    keys = keys_of(who)
    answers: dict[str, Speech | str | None] = {
        **dict.fromkeys(("greeting", "hello", "not_understood"), opening),
        **dict.fromkeys(("what_id", "id_again", "id_help", "id_not_found"), keys),
        **dict.fromkeys(("code_again", "code_expired", "code_help"), CODE),
        **dict.fromkeys(("did_not_understand", "did_not_hear", "did_not_get", "broken", "entry_gone"), AGAIN),
        **dict.fromkeys(("goodbye", "rating_thanks", "one_moment", "still_working", "try_again")),
        "backend_away": "1", "secret_file_number": f"{who.file_tail}#", "anything_else": common.no_more,
    }  # fmt: skip
    return Manner(answers, UNKNOWN, known, BRIEF)
