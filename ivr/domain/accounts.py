"""Who may sit at a desk: accounts, what their roles may do, and which regions they see.

The table of rights is the only place that says what a role may; every page names the right it needs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is employed for."""

    SEAT = "seat"
    """Takes calls that a person must take."""
    DISPATCHER = "dispatcher"
    """Coordinates car moves."""
    SUPERVISOR = "supervisor"
    """Reviews calls."""
    ADMINISTRATOR = "administrator"
    """Keeps the accounts; sees no personal data."""
    AUDITOR = "auditor"
    """Reads who did what."""


class Right(StrEnum):
    """What a page needs of who looks at it."""

    TAKE_CALLS = "take_calls"
    WORK_ORDERS = "work_orders"
    MISSED_CALLS = "missed_calls"
    SEE_CASES = "see_cases"
    MOVE_CARS = "move_cars"
    SEE_TEXTS = "see_texts"
    SEE_CALLS = "see_calls"
    """Transcripts and recordings of all calls of his regions."""
    DOWNLOAD = "download"
    LISTEN_IN = "listen_in"
    REVIEW = "review"
    APPEAL = "appeal"
    """Sees the scores of the calls he handled, and objects."""
    FIGURES = "figures"
    ACCOUNTS = "accounts"
    AUDIT = "audit"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.SEAT: frozenset({Right.TAKE_CALLS, Right.WORK_ORDERS, Right.MISSED_CALLS, Right.APPEAL}),
        Role.DISPATCHER: frozenset({Right.TAKE_CALLS, Right.SEE_CASES, Right.MOVE_CARS, Right.WORK_ORDERS, Right.APPEAL}),
        Role.SUPERVISOR: frozenset(
            {
                Right.SEE_CASES, Right.SEE_TEXTS, Right.SEE_CALLS, Right.DOWNLOAD, Right.LISTEN_IN, Right.REVIEW,
                Right.FIGURES, Right.MISSED_CALLS, Right.WORK_ORDERS,
            }
        ),
        Role.ADMINISTRATOR: frozenset({Right.ACCOUNTS, Right.FIGURES}),
        Role.AUDITOR: frozenset({Right.AUDIT}),
    }
)

EVERYWHERE = "*"
_REGION = re.compile(r"\d{6}")
NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
"""Of an account: what is typed to sign in, and what the audit record says."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The regions that somebody sees: codes of GB/T 2260, of which 320000 covers the province, 320200
    the city and all its districts; `*` covers everything.
    """  # noqa: D205

    regions: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is no region.

        Raises:
            ValueError: neither six digits nor `*`.
        """
        for region in self.regions:
            if region != EVERYWHERE and not _REGION.fullmatch(region):
                raise ValueError("a region has six digits, for example 320200; * is every region")

    @property
    def is_everywhere(self) -> bool:
        """Nothing is hidden."""
        return EVERYWHERE in self.regions

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the codes of the regions begin with; none where everything is seen."""
        return () if self.is_everywhere else tuple(_covering(region) for region in self.regions)

    def sees(self, region: str) -> bool:
        """Whether what belongs to a region may be seen."""
        return self.is_everywhere or any(region.startswith(prefix) for prefix in self.prefixes)


def _covering(region: str) -> str:
    """`320000` -> `32`, `320200` -> `3202`, `320213` -> itself."""
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


WRONG_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    name: str
    display_name: str
    roles: frozenset[Role]
    regions: tuple[str, ...]
    created_at: datetime
    active: bool = True
    epoch: int = 1
    """Counted up when his sessions must end: another password, other roles, locked out by hand."""
    must_change_password: bool = False
    has_second_factor: bool = False
    agreement: str | None = None
    """Version of the confidentiality agreement that he signed last."""
    agreed_at: datetime | None = None
    wrong_tries: int = 0
    locked_until: datetime | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What his roles may do together."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))

    @property
    def scope(self) -> Scope:
        """What he sees."""
        return Scope(self.regions)

    def may(self, right: Right) -> bool:
        """Whether one of his roles has a right."""
        return right in self.rights

    def is_locked(self, *, now: datetime) -> bool:
        """After too many wrong tries, for a while."""
        return self.locked_until is not None and self.locked_until > now
