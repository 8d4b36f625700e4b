r"""What a caller has had submitted for him: booked tests, replaced papers. Plain values.

    CONFIRMED --taken--> SUBMITTED
        |  \\--refused--> REFUSED
        \\--no answer--> CONFIRMED, tried again with the same key until there is one

An application is written down before the backend is asked, so that an answer that is lost is asked for
again and nothing is done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Submission(StrEnum):
    """How far an application has come on its way to the backend."""

    CONFIRMED = "confirmed"
    """The caller has confirmed it; whether the backend has it is not known yet."""
    SUBMITTED = "submitted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Application:
    """One confirmed submission."""

    serial: str
    """Ours, spoken and sent by SMS, e.g. `V2611230001` (tests), `B2611230001` (papers)."""
    service: str
    """`exam`, `papers` or `licence`: who can carry it out."""
    business: str
    """Machine word, e.g. `book`, `cancel`, `plate_lost`; safe to log."""
    call_id: str
    id_token: str
    """Stands for the identity number in limits and search."""
    person_token: str = field(repr=False)
    """The backend's handle; encrypted at rest."""
    contact_token: str | None = field(repr=False)
    """Whom to tell by SMS."""
    details: Mapping[str, str] = field(repr=False)
    """Everything the request needs, encrypted at rest."""
    rule_version: str
    """Rules in force when it was allowed, e.g. `exams.wait_days.2.C1=2022-04-01/*`."""
    idempotency_key: str
    created_at: datetime
    updated_at: datetime
    state: Submission = Submission.CONFIRMED
    backend_serial: str | None = None
    reason: str | None = None
    """Word of a refusal."""
    tries: int = 0
    next_try_at: datetime | None = None
    """When the backend is asked again; None when it has answered."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caller has given before he had to stop; found again when he calls."""

    id_token: str
    service: str
    slots: Mapping[str, str] = field(repr=False)
    """Encrypted at rest."""
    kept_at: datetime
    until: datetime
