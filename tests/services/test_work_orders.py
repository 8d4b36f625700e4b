import asyncio
from datetime import timedelta

import pytest

from ivr.domain.calls import CallBegan, CallEnded, Direction
from ivr.domain.handovers import Handover, HandoverState
from ivr.domain.orders import CallbackOrder, CallbackState
from ivr.domain.work_orders import OrderAction, OrderActionRefused
from ivr.services.work_orders import Fate, OrderChanged, OrderUnknown, Wish
from tests.fakes.site import NOW, REQUESTER, Site

A = OrderAction


async def ordered(site: Site, *, call_id: str = "c1", reason: str = "no_seat") -> CallbackOrder:
    ref = await site.seal(call_id)
    return await site.callbacks.order(
        call_id=call_id, caller_ref=ref, queue="exam", reason=reason, said="约考试", now=NOW
    )


async def act(site: Site, serial: str, version: int, action: A, *, by: str = "seat7", **more: str) -> CallbackOrder:
    return await site.work_orders.act(Wish(serial, version, action, **more), by=by, now=NOW)


async def test_an_order_is_taken_answered_followed_up_and_closed(site: Site) -> None:
    order = await ordered(site, reason="complaint")
    order = await act(site, order.serial, 1, A.TAKE)
    assert await site.work_orders.number(order.serial, by="seat7", now=NOW) == REQUESTER
    order = await act(site, order.serial, order.version, A.ANSWER, note="已告知，身份证320211199001011234")
    assert "199001011234" not in (order.answer or "")
    order = await act(site, order.serial, order.version, A.CONTENT)
    view = await site.work_orders.view(order.serial, by="seat7", now=NOW)
    assert view.order.state is CallbackState.DONE
    assert view.actions == ()
    assert [line.event for line in view.history] == ["take", "number_shown", "answer", "content"]
    async with site.room.reading() as uow:
        acts = [entry.action for entry in await uow.audit.entries()]
    assert acts[::-1] == ["order_take", "order_number_shown", "order_answer", "order_content"]


async def test_two_people_who_act_at_once_do_not_undo_each_other(site: Site) -> None:
    order = await ordered(site)
    results = await asyncio.gather(
        *(act(site, order.serial, 1, A.TAKE, by=f"seat{n}") for n in range(6)), return_exceptions=True
    )
    won = [result for result in results if isinstance(result, CallbackOrder)]
    assert len(won) == 1
    assert sum(isinstance(result, OrderChanged) for result in results) == 5
    view = await site.work_orders.view(order.serial, by="x", now=NOW)
    assert view.order.holder == won[0].holder
    assert len(view.history) == 1


async def test_the_number_is_for_who_has_the_order(site: Site) -> None:
    order = await ordered(site)
    with pytest.raises(OrderActionRefused):
        await site.work_orders.number(order.serial, by="seat7", now=NOW)
    with pytest.raises(OrderUnknown):
        await site.work_orders.number("H0000000000", by="seat7", now=NOW)


async def test_merged_orders_point_at_each_other(site: Site) -> None:
    first, second = await ordered(site), await ordered(site, call_id="c2")
    await act(site, first.serial, 1, A.MERGE, into=second.serial)
    view = await site.work_orders.view(second.serial, by="seat7", now=NOW)
    assert [(line.event, line.note) for line in view.history] == [("took_over", first.serial)]
    assert [other.merged_into for other in view.others] == [second.serial]


async def test_an_order_not_kept_in_time_reminds_once_and_again_after_its_answer(site: Site) -> None:
    order = await ordered(site, reason="complaint")
    orders = site.work_orders
    assert await orders.due(NOW + timedelta(hours=1)) == 0
    assert await orders.due(NOW + timedelta(hours=3)) == 1
    assert await orders.due(NOW + timedelta(hours=3)) == 0
    order = (await orders.view(order.serial, by="x", now=NOW)).order
    order = await act(site, order.serial, order.version, A.TAKE)
    await act(site, order.serial, order.version, A.ANSWER, note="已告知")
    assert await orders.due(NOW + timedelta(days=2)) == 1
    history = (await orders.view(order.serial, by="x", now=NOW)).history
    assert [line.event for line in history] == ["overdue", "take", "answer", "overdue"]


async def test_a_missed_call_becomes_one_order(site: Site) -> None:
    async with site.room.uow() as uow:
        await uow.calls.began(CallBegan("m1", Direction.INBOUND, "12123", NOW, caller=REQUESTER))
        await uow.calls.ended(CallEnded("m1", NOW + timedelta(seconds=9), "caller_hung_up", 9.0))
        await uow.commit()
    async with site.room.reading() as uow:
        assert [c.call_id for c in await site.work_orders.missed(uow.calls, now=NOW, limit=9)] == ["m1"]
    made = [await site.work_orders.of_missed("m1", REQUESTER, by="seat7", now=NOW) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].due_at == NOW + timedelta(hours=2)
    async with site.room.reading() as uow:
        assert not await site.work_orders.missed(uow.calls, now=NOW, limit=9)


@pytest.mark.parametrize(
    ("fate", "state", "holder"),
    [(Fate.MINE, CallbackState.IN_HAND, "wang"), (Fate.OPEN, CallbackState.OPEN, None), (Fate.DONE, CallbackState.DONE, "wang")],
)
async def test_what_a_talk_was_about_becomes_one_order(site: Site, fate: Fate, state: CallbackState, holder: str | None) -> None:
    talk = Handover("h1", "c1", "320213", "exam", "wanted", HandoverState.DONE, "wang", NOW)
    note = "想约科目三，身份证320211199001011234"
    order = await site.work_orders.of_handover(talk, note, fate, number=REQUESTER, by="wang", now=NOW)
    again = await site.work_orders.of_handover(talk, "再写一次", fate, number=REQUESTER, by="wang", now=NOW)
    assert again.serial == order.serial
    assert (order.state, order.holder, order.queue, order.reason) == (state, holder, "exam", "after_talk")
    assert "199001011234" not in order.said
    view = await site.work_orders.view(order.serial, by="wang", now=NOW)
    assert [line.event for line in view.history] == ["ordered"]
    async with site.room.reading() as uow:
        (entry,) = await uow.audit.entries()
    assert (entry.action, entry.facts) == ("order_of_talk", {"handover": "h1", "to": state.value})
    with pytest.raises(OrderActionRefused):
        await site.work_orders.of_handover(talk, "  ", fate, number=None, by="wang", now=NOW)
