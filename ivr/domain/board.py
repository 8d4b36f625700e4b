"""The dispatchers' board: which lane a case stands in, whether it is overdue, on which road it is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.accounts import Scope
from ivr.domain.car_moves import CaseState

OVERDUE_AFTER = timedelta(minutes=20)
"""An open case that nobody has answered for so long is overdue (the follow-up time of the App, 莆田 2019)."""
LATE = timedelta(minutes=1)
"""A step of the clock that is this late did not happen."""
_ROAD = re.compile(r"[\u4e00-\u9fff]{1,7}?(?:大道|大街|公路|路|街|巷|弄|桥|广场|小区|花园|新村|苑|里)")
_LEADS = re.compile("^(?:就?停?在|靠近|靠|到|从|我|的|那个|这边|无锡市?|江苏省?|[\u4e00-\u9fff]{1,3}(?:省|市|(?<!小)区|县|镇))+")
UNKNOWN_ROAD = "地点不明"


class Unit(StrEnum):
    """Who is to see to a car that is not moved."""

    POLICE = "police"
    """On a road: the duty brigade of the district."""
    PROPERTY = "property"
    """Elsewhere: the property management."""
    OPEN = "open"
    """The place does not tell."""


class Lane(StrEnum):
    """Columns of the board, in the order in which they are shown."""

    PERSON = "person"
    """A person has to decide."""
    NOTIFYING = "notifying"
    COMING = "coming"
    ASKED = "asked"


_LANES = {
    CaseState.NEW: Lane.NOTIFYING,
    CaseState.VALIDATED: Lane.NOTIFYING,
    CaseState.NOTIFYING: Lane.NOTIFYING,
    CaseState.REMINDED: Lane.NOTIFYING,
    CaseState.ACK_COMING: Lane.COMING,
    CaseState.FOLLOW_UP: Lane.ASKED,
}


@dataclass(frozen=True, slots=True)
class BoardCase:
    """An open case as the board shows it."""

    case_id: str
    state: CaseState
    plate_mask: str
    plate_type: str
    place: str = field(repr=False)
    place_kind: str | None
    on_road: bool | None
    reason: str | None
    urgent: bool
    region: str
    opened_at: datetime
    notified_at: datetime | None
    next_due_at: datetime | None
    attempts: int
    reminders: int
    holder: str | None
    review: str | None
    version: int

    @property
    def lane(self) -> Lane:
        """Where it stands on the board."""
        return _LANES.get(self.state, Lane.PERSON)

    @property
    def road(self) -> str:
        """The road or estate that its place names."""
        return road_of(self.place)

    @property
    def unit(self) -> Unit:
        """Who is to see to it."""
        return Unit.OPEN if self.on_road is None else Unit.POLICE if self.on_road else Unit.PROPERTY

    def is_overdue(self, *, now: datetime) -> bool:
        """Nobody has answered for long, or a step of the clock did not happen."""
        late = self.next_due_at is not None and self.next_due_at + LATE < now
        return late or (self.state is not CaseState.ACK_COMING and self.opened_at + OVERDUE_AFTER < now)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to; empty: everything."""

    region: str = ""
    words: str = ""
    """Of the place: a road, an estate."""
    unit: str = ""
    holder: str = ""
    """An account; `-`: nobody."""
    only: str = ""
    """`urgent` or `overdue`."""


def shown(cases: Iterable[BoardCase], wanted: Wanted, *, now: datetime) -> list[BoardCase]:
    """Give what is wanted: urgent first, then overdue, then the oldest."""
    found = [case for case in cases if _fits(case, wanted, now)]
    return sorted(found, key=lambda case: (not case.urgent, not case.is_overdue(now=now), case.opened_at, case.case_id))


def _fits(case: BoardCase, wanted: Wanted, now: datetime) -> bool:
    return (
        (not wanted.region or Scope((wanted.region,)).sees(case.region))
        and (not wanted.unit or case.unit.value == wanted.unit)
        and wanted.words in case.place
        and (not wanted.holder or case.holder == (None if wanted.holder == "-" else wanted.holder))
        and (wanted.only != "urgent" or case.urgent)
        and (wanted.only != "overdue" or case.is_overdue(now=now))
    )


def road_of(place: str) -> str:
    """Name the road or estate of a spoken place, e.g. `清扬路68号门口` -> `清扬路`."""
    found = _ROAD.search(_LEADS.sub("", place))
    return found.group() if found else UNKNOWN_ROAD


def by_road(cases: Sequence[BoardCase], *, most: int) -> list[tuple[str, int]]:
    """Count the open cases of each road, the most first."""
    return Counter(case.road for case in cases).most_common(most)
