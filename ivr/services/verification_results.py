"""What comes of proving who calls; see ivr/services/verification.py."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Repair:
    """Another reading of an identity number, to be offered and never taken by itself."""

    ref: str = field(repr=False)
    tail: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identified:
    """What came of an identity number."""

    outcome: Literal["code_sent", "id_wrong", "not_found", "no_phone", "locked", "too_many_codes", "gone"]
    attempt_id: str = ""
    id_tail: str = field(default="", repr=False)
    phone_tail: str = field(default="", repr=False)
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeChecked:
    """What came of a code."""

    outcome: Literal["right", "wrong", "expired", "locked", "gone"]
    tries_left: int = 0
    proof_ref: str = ""


@dataclass(frozen=True, slots=True)
class SecretChecked:
    """What came of a second secret."""

    outcome: Literal["right", "wrong", "locked", "gone"]
    tries_left: int = 0
    proof_ref: str = ""
