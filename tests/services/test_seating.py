"""A hand-over from both its sides: what the calls tell, what the seats ask for."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ivr.domain.accounts import Scope
from ivr.domain.calls import CallBegan, CallEnded, Direction
from ivr.domain.car_move_limits import CHINA
from ivr.domain.handover_steps import HandoverRefusal, HandoverRefused
from ivr.domain.handovers import (
    QUEUE_TOPIC,
    HandoverState,
    PhoneKind,
    SeatHere,
    browser_phone,
    topic_of,
)
from ivr.domain.orders import RecordMissing
from ivr.domain.reviews import ReviewRefusal, ReviewRefused
from ivr.services.reviewing import Reviewing, read_score_card
from ivr.services.seating import Seating
from tests.fakes.site import NOW, REQUESTER, RULES, Site

S = HandoverState
CONTEXT = {"service": "move", "level": 0, "given": [], "summary": "电话挪车。"}


@pytest.fixture
async def seating(site: Site) -> Seating:
    return Seating(site.room.uow, site.room.live_calls, lambda: site.clock[0])


async def asked(site: Site, seating: Seating, handover_id: str = "h1", *, call_id: str = "c1") -> None:
    async with site.room.uow() as uow:
        await uow.calls.began(CallBegan(call_id, Direction.INBOUND, "12123", NOW, caller=REQUESTER, region="320213"))
        await uow.commit()
    await seating.opened(handover_id, call_id=call_id, region="320213", queue="car_move", reason="wanted", context=CONTEXT)


async def heard(messages: AsyncIterator[Any], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(5):
        return [dict(await anext(messages)) for _ in range(count)]


async def test_a_seat_is_told_of_his_caller_and_everybody_that_the_line_has_moved(site: Site, seating: Seating) -> None:
    live = site.room.live_calls
    mine, all_desks = live.listen(topic_of("wang"), after="0-0"), live.listen(QUEUE_TOPIC, after="0-0")
    await asked(site, seating)
    for state in (S.OFFERED, S.BRIEFING, S.TALKING, S.DONE):
        await seating.changed("h1", state, seat="wang")
    assert [each["state"] for each in await heard(mine, 4)] == ["offered", "briefing", "talking", "done"]
    assert await heard(all_desks, 5) == [{"kind": "queue"}] * 5
    async with site.room.reading() as uow:
        kept = await uow.handovers.get("h1")
        entries = await uow.audit.entries()
    assert kept is not None
    assert (kept.state, kept.seat, kept.ended_at, kept.context) == (S.DONE, "wang", NOW, CONTEXT)
    assert [(each.actor, each.action, each.subject) for each in entries] == [("wang", "handover_talking", "c1")]


async def test_who_did_not_answer_is_told_that_his_caller_has_gone_to_another(site: Site, seating: Seating) -> None:
    mine = site.room.live_calls.listen(topic_of("wang"), after="0-0")
    await asked(site, seating)
    await seating.changed("h1", S.OFFERED, seat="wang")
    await seating.changed("h1", S.WAITING)
    await seating.changed("h1", S.OFFERED, seat="li")
    assert [each["state"] for each in await heard(mine, 2)] == ["offered", "waiting"]
    with pytest.raises(HandoverRefused):
        await seating.decline("h1", "wang")


async def test_who_talked_with_the_caller_never_reviews_him(site: Site, seating: Seating) -> None:
    await asked(site, seating)
    await seating.changed("h1", S.TALKING, seat="wang")
    async with site.room.uow() as uow:
        await uow.calls.ended(CallEnded("c1", NOW, "caller_hung_up", 60.0, outcome="transferred"))
        await uow.commit()
    reviewing = Reviewing(site.room.uow, RULES, read_score_card())
    day = NOW.astimezone(CHINA).date()
    assert await reviewing.draw_day(day, now=NOW) == 1
    async with site.room.reading() as uow:
        (review,) = await uow.reviews.of_day(day.isoformat(), limit=9)
    assert review.handler == "wang"
    with pytest.raises(ReviewRefused) as refused:
        await reviewing.take(review.review_id, by="wang", now=NOW)
    assert refused.value.reason is ReviewRefusal.OWN_CALL


async def test_what_a_seat_asks_for_reaches_the_voice_process_and_the_record(site: Site, seating: Seating) -> None:
    await asked(site, seating)
    here = SeatHere("wang", "王同志", PhoneKind.BROWSER, browser_phone("wang"), ready=True, queues=("car_move",), regions=("320200",))
    await seating.present(here)
    await seating.ready("wang")
    await seating.changed("h1", S.OFFERED, seat="wang")
    await seating.decline("h1", "wang")
    await seating.changed("h1", S.TALKING, seat="wang")
    await seating.third("h1", "wang", "110")
    await seating.third("h1", "wang", "138-0000-2222")
    await seating.third_off("h1", "wang")
    await seating.give_back("h1", "wang", "verify")
    await seating.finish("h1", "wang")
    await seating.away("wang")
    await seating.left("wang")
    own = {"handover_id": "h1", "seat": "wang"}
    assert await heard(seating.orders(), 10) == [
        {
            "order": "present", "seat": "wang", "name": "王同志", "phone": "browser", "extension": "seat:wang", "ready": True,
            "queues": ["car_move"], "regions": ["320200"],
        },
        {"order": "ready", "seat": "wang"},
        {"order": "decline", **own},
        {"order": "third", **own, "number": "110"},
        {"order": "third", **own, "number": "13800002222"},
        {"order": "third_off", **own},
        {"order": "return", **own, "wish": "verify"},
        {"order": "finish", **own},
        {"order": "away", "seat": "wang"},
        {"order": "left", "seat": "wang"},
    ]
    async with site.room.reading() as uow:
        entries = (await uow.audit.entries())[::-1]
        assert await uow.audit.verify() == len(entries)
    acts = [(each.action, each.facts) for each in entries]
    assert acts == [
        ("seat_ready", {}), ("handover_decline", {}), ("handover_talking", {"handover": "h1"}), ("handover_third", {"number": "110"}),
        ("handover_third", {"number": "other"}), ("handover_third_off", {}), ("handover_return", {"wish": "verify"}),
        ("handover_finish", {}), ("seat_away", {}),
    ]


async def test_only_his_own_caller_and_only_what_fits_the_moment(site: Site, seating: Seating) -> None:
    await asked(site, seating)
    await seating.changed("h1", S.TALKING, seat="wang")
    elsewhere = seating.through(lambda: site.room.uow(Scope(("320100",))))
    tries = [
        (seating.finish("h1", "li"), HandoverRefusal.NOT_YOURS),
        (seating.mine("h1", "li"), HandoverRefusal.NOT_YOURS),
        (seating.decline("h1", "wang"), HandoverRefusal.NOT_NOW),
        (seating.third("h1", "wang", "abc"), HandoverRefusal.NUMBER_UNUSABLE),
        (seating.give_back("h1", "wang", "sing"), HandoverRefusal.WISH_UNKNOWN),
        (seating.finish("h7", "wang"), HandoverRefusal.UNKNOWN),
        (elsewhere.finish("h1", "wang"), HandoverRefusal.UNKNOWN),
    ]
    for tried, reason in tries:
        with pytest.raises(HandoverRefused) as refused:
            await tried
        assert refused.value.reason is reason
    await seating.left("wang")
    assert await heard(seating.orders(), 1) == [{"order": "left", "seat": "wang"}], "nothing of it was ordered"
    assert (await seating.mine("h1", "wang")).seat == "wang"


async def test_what_a_dead_process_left_open_is_ended(site: Site, seating: Seating) -> None:
    await asked(site, seating)
    await asked(site, seating, "h2", call_id="c2")
    await seating.changed("h2", S.TALKING, seat="wang")
    assert await seating.clear() == 2
    assert await seating.clear() == 0
    async with site.room.reading() as uow:
        states = [(await uow.handovers.get(name)) for name in ("h1", "h2")]
    assert [each.state for each in states if each] == [S.ABANDONED, S.LOST]


async def test_a_hand_over_whose_call_is_not_kept_is_told_of_all_the_same(site: Site, seating: Seating) -> None:
    mine = site.room.live_calls.listen(topic_of("wang"), after="0-0")
    with pytest.raises(RecordMissing):
        await seating.opened("h9", call_id="gone", region="320213", queue="general", reason="wanted", context={})
    await seating.changed("h9", S.TALKING, seat="wang")
    assert (await heard(mine, 1))[0]["handover_id"] == "h9"
