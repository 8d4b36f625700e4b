"""Proof of who is calling: codes sent, tries counted. Plain values; no code is kept in the clear."""

from dataclasses import dataclass, field
from datetime import datetime

ENTRY_USES = 2
"""How often what a caller keyed in may be opened: the dialogue asks once more when a first try failed after opening it."""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """One SMS code on its way to the number on file."""

    attempt_id: str
    """Names the attempt in a dialogue; derived from the sealed entry of the number, so that one entry is one attempt."""
    call_id: str
    """A code is right in its own call only."""
    id_token: str
    """Stands for the identity number."""
    person_token: str = field(repr=False)
    contact_token: str = field(repr=False)
    phone_tail: str
    code_hash: str = field(repr=False)
    """HMAC-SHA256 of attempt and code; of attempt and entry once it was right."""
    sent_at: datetime
    expires_at: datetime
    age: int = 0
    home: str | None = field(default=None, repr=False)
    tries: int = 0
    used_at: datetime | None = None
    """When it was entered rightly, or replaced by a newer one: it is never right again."""


class CheckKind:
    """What was tried; words of the failure record."""

    ID = "id"
    CODE = "code"
    SECRET = "secret"  # noqa: S105 - the word, not one
