"""Reviews of calls: the nightly draw, and what reviewers and those who handled calls may do.

A draw is kept with its seed, so that anyone can repeat it (`redraw`). Every step is kept with its audit entry.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.domain import reviews as steps
from ivr.domain.car_move_limits import CHINA, DatedRules
from ivr.domain.figures import day_span
from ivr.domain.orders import RecordConflict
from ivr.domain.reviews import CardItem, Review, ReviewRefused, Score, ScoreCard, Verdict
from ivr.domain.sampling import Pick, SampleRules, draw
from ivr.domain.spoken import mask_personal
from ivr.storage.unit_of_work import UnitOfWork

SHIPPED_CARD = Path(__file__).resolve().parent.parent / "domain" / "data" / "score_card.yml"
DRAWN_FROM_HOUR = 3
"""Chinese hour from which the day before is drawn: its last calls have ended by then."""
_CATCH_UP_DAYS = 7
_AT_ONCE = 200


class ReviewUnknown(Exception):
    """No such review, for who asks."""

    code = "review_unknown"


class ReviewChanged(Exception):
    """Somebody else changed the review; nothing was done."""

    code = "review_changed"


class ScoreCardBroken(Exception):
    """The score card's file cannot be used."""

    code = "score_card_broken"


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z_]{1,30}$")
    text: str = Field(min_length=1, max_length=200)
    points: int = Field(ge=1, le=100)
    fatal: bool = False


class _Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str = Field(min_length=1, max_length=40)
    pass_points: int = Field(ge=1, le=100)
    items: list[_Item] = Field(min_length=1, max_length=40)


def read_score_card(path: Path | None = None) -> ScoreCard:
    """Read the score card: the shipped one, or a site's own.

    Raises:
        ScoreCardBroken: no such file, no YAML, or not of its form.
    """
    path = path or SHIPPED_CARD
    try:
        card = _Card.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise ScoreCardBroken(f"the score card cannot be read: {path.name}: {error.strerror}") from None
    except yaml.YAMLError:
        raise ScoreCardBroken(f"the score card is no YAML: {path.name}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ScoreCardBroken(f"the score card is wrong: {path.name}: {where}: {first['msg']}") from None
    if len({item.key for item in card.items}) != len(card.items):
        raise ScoreCardBroken(f"the score card has an item twice: {path.name}")
    return ScoreCard(card.version, card.pass_points, tuple(CardItem(i.key, i.text, i.points, i.fatal) for i in card.items))


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A draw that was repeated."""

    day: date
    seed: str
    kept: frozenset[str]
    """Calls that were drawn at the time."""
    again: frozenset[str]
    """Calls that the same seed gives now."""


OpenUnit = Callable[[], UnitOfWork]


class Reviewing:
    """What the review desk may ask.

    Args:
        open_uow: opens a unit of work; for one reviewer, his own (`through`).
        rules: dated rules.
        card: score card in force.
    """

    def __init__(self, open_uow: OpenUnit, rules: DatedRules, card: ScoreCard) -> None:
        self._open_uow = open_uow
        self._rules = rules
        self.card = card

    def through(self, open_uow: OpenUnit) -> "Reviewing":
        """Give the same for somebody who sees less."""
        return Reviewing(open_uow, self._rules, self.card)

    # the clock -----------------------------------------------------------------------------------

    async def due(self, now: datetime) -> int:
        """Draw what was not drawn yet, and close what was not appealed in time."""
        here = now.astimezone(CHINA)
        done = 0
        if here.hour >= DRAWN_FROM_HOUR:
            for back in range(_CATCH_UP_DAYS, 0, -1):
                done += await self.draw_day(here.date() - timedelta(days=back), now=now)
        async with self._open_uow() as uow:
            over = await uow.reviews.due(now, _AT_ONCE)
            for review in over:
                await uow.reviews.save(steps.close_if_due(review, now=now))
            await uow.commit()
        return done + len(over)

    async def draw_day(self, day: date, *, now: datetime, seed: str | None = None) -> int:
        """Draw a day's sample once; gives how many reviews were made."""
        async with self._open_uow() as uow:
            if await uow.reviews.sample(day.isoformat()) is not None:
                return 0
            candidates = await uow.reviews.candidates(day_span(day))
            seed = seed or secrets.token_hex(16)
            picks = draw(candidates, seed=seed, rules=lambda region: self._sample_rules(region, day))
            if not await uow.reviews.keep_sample(
                day.isoformat(), seed=seed, drawn_at=now, candidates=len(candidates), picks=len(picks)
            ):
                return 0
            for number, pick in enumerate(picks, 1):
                await uow.reviews.add(_review(day, number, pick))
            facts = {"seed": seed, "candidates": str(len(candidates)), "picks": str(len(picks))}
            await uow.audit.append(at=now, actor="clock", action="sample_drawn", subject=day.isoformat(), facts=facts)
            await uow.commit()
        return len(picks)

    async def redraw(self, day: date) -> Redrawn | None:
        """Repeat a day's draw from its recorded seed; None when it was not drawn."""
        async with self._open_uow() as uow:
            sample = await uow.reviews.sample(day.isoformat())
            if sample is None:
                return None
            candidates = await uow.reviews.candidates(day_span(day))
            kept = await uow.reviews.of_day(day.isoformat(), limit=sample["picks"])
        picks = draw(candidates, seed=sample["seed"], rules=lambda region: self._sample_rules(region, day))
        chance = {pick.candidate.call_id for pick in picks}
        return Redrawn(day, sample["seed"], frozenset(review.call_id for review in kept), frozenset(chance))

    # the desk ------------------------------------------------------------------------------------

    async def take(self, review_id: str, *, by: str, now: datetime) -> Review:
        """Begin to review; raises as `_change`."""
        return await self._change(review_id, None, by, now, "review_taken", lambda review: steps.take(review, by=by))

    async def score(
        self, review_id: str, *, version: int, by: str, fits: Mapping[str, bool], comment: str, now: datetime
    ) -> Review:
        """Keep a score; raises as `_change`."""
        points, verdict = self.card.judge(fits)
        given = Score(by, now, points, verdict, dict(fits), self.card.version, _clean(comment))

        def scored(review: Review) -> Review:
            return steps.score(review, given, appeal_time=self._appeal_time(review, now))

        review = await self._change(review_id, version, by, now, "review_scored", scored, verdict=verdict.value)
        if verdict is Verdict.INCIDENT:
            async with self._open_uow() as uow:
                await uow.calls.keep_long(review.call_id)
                await uow.commit()
        return review

    async def appeal(self, review_id: str, *, version: int, by: str, text: str, now: datetime) -> Review:
        """Object to a score; raises as `_change`."""
        said = _clean(text)
        return await self._change(
            review_id, version, by, now, "review_appealed", lambda review: steps.appeal(review, by=by, text=said, now=now)
        )

    async def decide(self, review_id: str, *, version: int, by: str, verdict: Verdict, text: str, now: datetime) -> Review:
        """Decide on an appeal; raises as `_change`."""
        said = _clean(text)

        def decided(review: Review) -> Review:
            return steps.decide(review, by=by, verdict=verdict, text=said)

        return await self._change(review_id, version, by, now, "review_decided", decided, verdict=verdict.value)

    async def _change(
        self, review_id: str, version: int | None, by: str, now: datetime, action: str, step: Callable[[Review], Review],
        **facts: str,
    ) -> Review:
        """Take one step.

        Raises:
            ReviewUnknown: no such review.
            ReviewChanged: it is not as he saw it any more.
            ReviewRefused: the step is not to be taken.
        """
        try:
            async with self._open_uow() as uow:
                review = await uow.reviews.get(review_id)
                if review is None:
                    raise ReviewUnknown
                if version is not None and review.version != version:
                    raise ReviewChanged
                changed = step(review)
                if changed != review:
                    await uow.reviews.save(changed)
                    await uow.audit.append(at=now, actor=by, action=action, subject=review_id, facts=facts)
                    await uow.commit()
        except RecordConflict:
            raise ReviewChanged from None
        return changed

    def _sample_rules(self, region: str, day: date) -> SampleRules:
        def number(name: str) -> int:
            return self._rules.number(f"reviews.{name}", region=region or "*", on=day)

        return SampleRules(number("least"), number("percent"), number("second_percent"))

    def _appeal_time(self, review: Review, now: datetime) -> timedelta:
        days = self._rules.number("reviews.appeal_days", region=review.region or "*", on=now.astimezone(CHINA).date())
        return timedelta(days=days)


def _review(day: date, number: int, pick: Pick) -> Review:
    call = pick.candidate
    return Review(
        f"Q{day:%y%m%d}{number:05d}", call.call_id, call.region, call.service, day.isoformat(), pick.why, call.handler, pick.second
    )


def _clean(text: str) -> str:
    """What a person wrote, with what names somebody taken out."""
    masked, _ = mask_personal(text.strip())
    return masked


__all__ = ["Redrawn", "ReviewChanged", "ReviewRefused", "ReviewUnknown", "Reviewing", "ScoreCardBroken", "read_score_card"]
