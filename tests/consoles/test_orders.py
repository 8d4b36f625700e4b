"""A seat works through its orders on the pages."""

from datetime import timedelta

from ivr.domain.calls import CallBegan, CallEnded, Direction
from tests.consoles.site import NOW, REQUESTER, Site, Visitor

SERIAL = "H2611230001"


async def press(visitor: Visitor, action: str, *, version: int, **more: str) -> object:
    form = {"csrf": await visitor.csrf("/callbacks"), "version": str(version), "action": action, **more}
    return await visitor.post(f"/callbacks/{SERIAL}", data=form)


async def test_a_seat_takes_an_order_sees_the_number_answers_and_closes(administrator: Visitor, filled: Site) -> None:
    page = await administrator.get(f"/callbacks/{SERIAL}")
    assert "想问车检的事" in page.text
    assert "签收" in page.text
    assert "显示号码" not in page.text
    assert REQUESTER not in page.text
    assert (await press(administrator, "take", version=1)).status_code == 303
    csrf = await administrator.csrf("/callbacks")
    shown = await administrator.post(f"/callbacks/{SERIAL}/number", data={"csrf": csrf})
    assert REQUESTER in shown.text
    assert (await press(administrator, "answer", version=2, note="已告知可以线上办")).status_code == 303
    assert (await press(administrator, "close", version=3)).status_code == 303
    page = await administrator.get(f"/callbacks/{SERIAL}")
    for word in ("办结", "已告知可以线上办", "查看号码"):
        assert word in page.text
    assert REQUESTER not in page.text
    assert "action=" not in page.text.partition("<main")[2]
    async with filled.storage.reading() as uow:
        acts = [entry.action for entry in await uow.audit.entries()]
    assert {"order_take", "order_number_shown", "order_answer", "order_close", "view_order"} <= set(acts)


async def test_what_is_refused_or_changed_meanwhile_is_told_and_his_words_stay(
    administrator: Visitor, filled: Site
) -> None:
    refused = await press(administrator, "assign", version=1, note="转给大队看看")
    assert refused.status_code == 409
    assert "请选一个转办单位" in refused.text
    assert "转给大队看看" in refused.text
    await press(administrator, "urge", version=1)
    stale = await press(administrator, "take", version=1, note="我来打")
    assert stale.status_code == 409
    assert "刚被别人改过" in stale.text
    assert "我来打" in stale.text
    assert 'name="version" value="2"' in stale.text


async def test_a_change_from_elsewhere_or_of_nothing_is_refused(administrator: Visitor, filled: Site) -> None:
    form = {"csrf": "forged", "version": "1", "action": "take"}
    assert (await administrator.post(f"/callbacks/{SERIAL}", data=form)).status_code == 403
    assert (await press(administrator, "explode", version=1)).status_code == 422
    assert (await administrator.get("/callbacks/H0000000000")).status_code == 404


async def test_a_missed_call_is_listed_and_made_an_order(administrator: Visitor, site: Site) -> None:
    assert "没有漏接的来电" in (await administrator.get("/missed")).text
    log = site.storage.call_log
    await log.began(CallBegan("c" * 32, Direction.INBOUND, "12123", NOW - timedelta(minutes=5), caller=REQUESTER))
    await log.ended(CallEnded("c" * 32, NOW - timedelta(minutes=4), "caller_hung_up", 40.0))
    page = await administrator.get("/missed")
    assert "尾号 1111" in page.text
    csrf = await administrator.csrf("/missed")
    made = await administrator.post(f"/missed/{'c' * 32}", data={"csrf": csrf})
    assert made.status_code == 303
    assert "漏接的来电" in (await administrator.get(made.headers["location"])).text
    assert "没有漏接的来电" in (await administrator.get("/missed")).text
    assert (await administrator.post("/missed/none", data={"csrf": csrf})).status_code == 404
