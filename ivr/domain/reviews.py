"""Reviews of calls (质检): score card, who may review, appeal, and what comes of each step.

drawn -> taken -> scored -> closed (the time for an appeal is over)
                     | appealed by the handler -> closed (decided by somebody else)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_TEXT = 1000


class ReviewState(StrEnum):
    """Where a review stands."""

    DRAWN = "drawn"
    TAKEN = "taken"
    SCORED = "scored"
    APPEALED = "appealed"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a review says of a call."""

    PASS = "pass"  # noqa: S105 - no password
    DEFECT = "defect"
    INCIDENT = "incident"


class ReviewRefusal(StrEnum):
    """Why a step is not taken."""

    OWN_CALL = "own_call"
    """A reviewer is never the handler."""
    TAKEN = "taken"
    NOT_NOW = "not_now"
    NOT_YOURS = "not_yours"
    SAME_REVIEWER = "same_reviewer"
    TOO_LATE = "too_late"
    MARKS_MISSING = "marks_missing"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"


class ReviewRefused(Exception):
    """The step is not taken."""

    code = "review_refused"

    def __init__(self, reason: ReviewRefusal) -> None:
        super().__init__(f"not done: {reason.value}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CardItem:
    """One question of the score card."""

    key: str
    text: str
    points: int
    fatal: bool


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """What a call is judged by."""

    version: str
    pass_points: int
    items: tuple[CardItem, ...]

    def judge(self, fits: Mapping[str, bool]) -> tuple[int, Verdict]:
        """Give points, 0 to 100 of the card's total, and the verdict; a fatal item that fails is an incident.

        Raises:
            ReviewRefused: an item without an answer.
        """
        if any(item.key not in fits for item in self.items):
            raise ReviewRefused(ReviewRefusal.MARKS_MISSING)
        total = sum(item.points for item in self.items)
        points = round(100 * sum(item.points for item in self.items if fits[item.key]) / total)
        if any(item.fatal and not fits[item.key] for item in self.items):
            return points, Verdict.INCIDENT
        return points, Verdict.PASS if points >= self.pass_points else Verdict.DEFECT


@dataclass(frozen=True, slots=True)
class Score:
    """One reviewer's judgement."""

    by: str
    at: datetime
    points: int
    verdict: Verdict
    fits: Mapping[str, bool]
    card: str
    """Version of the score card."""
    comment: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """One call under review."""

    review_id: str
    call_id: str
    region: str
    service: str
    day: str
    """Chinese day of the call, ISO."""
    why: str
    handler: str | None
    """Who handled it at the end."""
    second: bool
    others: frozenset[str] = frozenset()
    """Whoever else talked with the caller before."""
    state: ReviewState = ReviewState.DRAWN
    reviewer: str | None = None
    first_score: Score | None = None
    second_score: Score | None = None
    appeal: str = field(default="", repr=False)
    appealed_at: datetime | None = None
    decided_by: str | None = None
    verdict: Verdict | None = None
    """What counts in the end; None until there is a score."""
    decision: str = field(default="", repr=False)
    closes_at: datetime | None = None
    """When an appeal is not possible any more."""
    version: int = 1

    @property
    def handlers(self) -> frozenset[str]:
        """Everybody who handled the call; empty: the machine alone."""
        return self.others if self.handler is None else self.others | {self.handler}

    def waits_for(self, reviewer: str) -> bool:
        """May this reviewer still add the second, independent score?"""
        first = self.first_score
        return self.second and self.second_score is None and first is not None and reviewer != first.by and reviewer not in self.handlers

    @property
    def agree(self) -> bool | None:
        """Whether two reviewers came to the same verdict; None while there is only one."""
        if self.first_score is None or self.second_score is None:
            return None
        return self.first_score.verdict is self.second_score.verdict


def take(review: Review, *, by: str) -> Review:
    """Begin to review.

    Raises:
        ReviewRefused: it is his own call, or somebody else's review.
    """
    _see(by not in review.handlers, ReviewRefusal.OWN_CALL)
    _see(review.state in (ReviewState.DRAWN, ReviewState.TAKEN), ReviewRefusal.NOT_NOW)
    _see(review.reviewer in (None, by), ReviewRefusal.TAKEN)
    return replace(review, state=ReviewState.TAKEN, reviewer=by)


def score(review: Review, given: Score, *, appeal_time: timedelta) -> Review:
    """Keep a score: the reviewer's, or the second reviewer's.

    Raises:
        ReviewRefused: it is his own call, or not his to score.
    """
    _see(given.by not in review.handlers, ReviewRefusal.OWN_CALL)
    _see(len(given.comment) <= LONGEST_TEXT, ReviewRefusal.TEXT_TOO_LONG)
    _see(given.verdict is Verdict.PASS or bool(given.comment), ReviewRefusal.TEXT_MISSING)
    if review.first_score is None:
        _see(review.state in (ReviewState.DRAWN, ReviewState.TAKEN), ReviewRefusal.NOT_NOW)
        _see(review.reviewer in (None, given.by), ReviewRefusal.TAKEN)
        closes = given.at + appeal_time
        return replace(
            review, state=ReviewState.SCORED, reviewer=given.by, first_score=given, verdict=given.verdict, closes_at=closes
        )
    _see(review.first_score.by != given.by, ReviewRefusal.SAME_REVIEWER)
    _see(review.waits_for(given.by), ReviewRefusal.NOT_NOW)
    return replace(review, second_score=given)


def appeal(review: Review, *, by: str, text: str, now: datetime) -> Review:
    """Object to a score, as somebody who handled the call.

    Raises:
        ReviewRefused: not his call, no score, or too late.
    """
    _see(by in review.handlers, ReviewRefusal.NOT_YOURS)
    _see(review.state is ReviewState.SCORED, ReviewRefusal.NOT_NOW)
    _see(review.closes_at is not None and now < review.closes_at, ReviewRefusal.TOO_LATE)
    _see(bool(text), ReviewRefusal.TEXT_MISSING)
    _see(len(text) <= LONGEST_TEXT, ReviewRefusal.TEXT_TOO_LONG)
    return replace(review, state=ReviewState.APPEALED, appeal=text, appealed_at=now)


def decide(review: Review, *, by: str, verdict: Verdict, text: str) -> Review:
    """Decide on an appeal, as somebody who is neither handler nor first reviewer.

    Raises:
        ReviewRefused: not his to decide.
    """
    _see(review.state is ReviewState.APPEALED, ReviewRefusal.NOT_NOW)
    _see(by not in review.handlers, ReviewRefusal.OWN_CALL)
    _see(review.first_score is not None and review.first_score.by != by, ReviewRefusal.SAME_REVIEWER)
    _see(bool(text), ReviewRefusal.TEXT_MISSING)
    _see(len(text) <= LONGEST_TEXT, ReviewRefusal.TEXT_TOO_LONG)
    return replace(review, state=ReviewState.CLOSED, decided_by=by, verdict=verdict, decision=text)


def close_if_due(review: Review, *, now: datetime) -> Review:
    """Close a score that nobody appealed in time."""
    due = review.state is ReviewState.SCORED and review.closes_at is not None and now >= review.closes_at
    return replace(review, state=ReviewState.CLOSED) if due else review


def _see(holds: bool, otherwise: ReviewRefusal) -> None:
    if not holds:
        raise ReviewRefused(otherwise)
