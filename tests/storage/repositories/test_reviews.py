"""Draws and reviews on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from ivr.domain.accounts import Scope
from ivr.domain.car_moves import CaseEvent, CaseState
from ivr.domain.reviews import ReviewState, Verdict
from ivr.domain.rules import Rules
from ivr.services.reviewing import ReviewChanged, Reviewing, read_score_card
from ivr.storage.room import StorageRoom
from tests.consoles.busy_day import DAY, a_busy_day
from tests.consoles.site import NOW

LATER = NOW + timedelta(days=1)
FITS = dict.fromkeys((item.key for item in read_score_card().items), True)


@pytest.fixture
async def reviewing(room: StorageRoom) -> Reviewing:
    await a_busy_day(room)
    async with room.uow() as uow:
        await uow.cases.note(CaseEvent("M7", NOW, "owner", "OwnerAnswered", None, CaseState.OBJECTED, "objects"))
        await uow.cases.note(CaseEvent("M13", NOW, "wang", "Desk.moved", None, CaseState.RESOLVED))
        await uow.commit()
    return Reviewing(room.uow, Rules.load(), read_score_card())


async def test_a_day_is_drawn_once_and_anyone_can_draw_it_again(room: StorageRoom, reviewing: Reviewing) -> None:
    made = await reviewing.due(LATER)
    assert made > 20
    assert await reviewing.due(LATER) == 0
    again = await reviewing.redraw(DAY)
    assert again is not None
    assert again.kept == again.again
    async with room.reading() as uow:
        found = await uow.reviews.of_day(DAY.isoformat(), limit=500)
        sample = await uow.reviews.sample(DAY.isoformat())
        actions = [entry.action for entry in await uow.audit.entries()]
    whys = {each.call_id: each.why for each in found}
    assert (whys[f"{7:032x}"], whys[f"{13:032x}"]) == ("owner_objects", "by_hand")
    assert {"doubtful_yes", "proxy", "random"} <= set(whys.values())
    assert sample is not None
    assert len(sample["seed"]) == 32
    assert "sample_drawn" in actions


async def test_a_review_is_kept_whole_and_what_was_written_is_encrypted(room: StorageRoom, reviewing: Reviewing) -> None:
    await reviewing.draw_day(DAY, now=LATER, seed="s")
    async with room.reading() as uow:
        first = (await uow.reviews.of_day(DAY.isoformat(), limit=1))[0]
    await reviewing.take(first.review_id, by="li", now=LATER)
    with pytest.raises(ReviewChanged):
        await reviewing.score(first.review_id, version=first.version, by="li", fits=FITS, comment="", now=LATER)
    fits = FITS | {"confirm": False}
    scored = await reviewing.score(first.review_id, version=2, by="li", fits=fits, comment="没有复述就提交，电话13800001111", now=LATER)
    assert scored.verdict is Verdict.INCIDENT
    async with room.reading() as uow:
        kept = await uow.reviews.get(first.review_id)
        call = await uow.calls.get(first.call_id)
        rows = str(await uow._transaction.rows(_reviews()))
    assert kept is not None
    assert kept.first_score == scored.first_score
    assert "13800001111" not in (kept.first_score.comment if kept.first_score else "")
    assert "没有复述" not in rows
    assert call is not None
    assert call.keep_long, "an incident is kept"
    assert await reviewing.due(LATER + timedelta(days=6)) >= 1
    async with room.reading() as uow:
        closed = await uow.reviews.get(first.review_id)
    assert closed is not None
    assert closed.state is ReviewState.CLOSED


def _reviews():
    return text("SELECT * FROM reviews")


async def test_the_next_one_is_not_of_his_own_calls_and_of_his_region(room: StorageRoom, reviewing: Reviewing) -> None:
    await reviewing.draw_day(DAY, now=LATER, seed="s")
    async with room.uow() as uow:
        for each in await uow.reviews.of_day(DAY.isoformat(), limit=500):
            if each.region == "320213":
                await uow.reviews.save(_handled(each, "li"))
        await uow.commit()
    async with room.reading(Scope(("320000",))) as uow:
        assert await uow.reviews.next_for("li", DAY.isoformat()) is None
        other = await uow.reviews.next_for("wang", DAY.isoformat())
        assert other is not None
        assert other.region == "320213"
    scoped = reviewing.through(lambda: room.uow(Scope(("320000",))))
    await scoped.score(other.review_id, version=other.version, by="wang", fits=FITS, comment="", now=LATER)
    async with room.reading() as uow:
        waits = [each for each in await uow.reviews.of_day(DAY.isoformat(), limit=500) if each.waits_for("chen")]
        progress = await uow.reviews.progress(DAY.isoformat())
    assert len(waits) == int(other.second)
    assert progress["scored"] == 1


def _handled(review, name: str):
    return replace(review, handler=name)
