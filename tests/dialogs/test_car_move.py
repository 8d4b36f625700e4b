"""A request on the real services: SQLite, sandbox backend."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ivr.dialogue.replies import Hold
from ivr.domain.calls import NUMBER_OF_RECORD, CallBegan, Direction
from tests.dialogs.office import FACTS, WHOLE, Caller
from tests.fakes.site import NOW, REQUESTER, Site, running_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path) as running:
        yield running


async def at(site: Site, call_id: str = "c1") -> Caller:
    services = SimpleNamespace(car_moving=site.car_moving, callbacks=site.callbacks, clock=lambda: site.clock[0])
    return Caller(services, replace(FACTS, call_id=call_id, caller_ref=await site.seal(call_id)))


async def test_a_request_is_filed_and_the_draft_dropped(site: Site):
    caller = await at(site)
    await caller.talks(WHOLE)
    async with site.room.uow() as uow:
        assert (await uow.cases.draft("c1") or {})["plate"] == "苏B12345"
    await caller.says("对")
    assert isinstance(caller.end, Hold)
    async with site.room.uow() as uow:
        assert await uow.cases.draft("c1") is None
        case = await uow.cases.get(caller.talk.case_id)
    assert case is not None
    assert (case.plate, case.place, case.colour) == ("苏B12345", "清扬路六十八号门口", "白")


async def test_calling_again_tells_of_the_open_request_and_closes_it(site: Site):
    first = await at(site)
    await first.talks(WHOLE)
    await first.says("对")
    second = await at(site, "c2")
    assert "还在办理" in await second.talks(WHOLE)
    assert "分钟还没来" in await second.says("催一下")
    assert "已办结" in await second.says("车已经挪走了", intent="resolved", sure=0.9)
    assert "对吗" in await second.talks(WHOLE)


async def test_a_sentence_about_the_colour_on_file_asks_for_the_plate_again(site: Site):
    caller = await at(site)
    assert "再看一眼车牌" in await caller.talks(WHOLE.replace("白色", "红色"))


async def test_the_case_is_kept_while_the_backend_is_down(site: Site):
    await site.sandbox.fault("down")
    caller = await at(site)
    await caller.talks(WHOLE)
    assert "后台现在没有应答" in await caller.says("对")


async def test_while_no_number_can_be_sealed_nobody_is_asked_for_his(site: Site):
    await site.room.call_log.began(
        CallBegan(call_id="c1", direction=Direction.INBOUND, dialled="12123", began_at=NOW, caller=REQUESTER)
    )
    caller = replace_ref(await at(site), NUMBER_OF_RECORD)
    assert "对吗" in await caller.talks(WHOLE)
    await caller.says("对")
    async with site.room.uow() as uow:
        case = await uow.cases.get(caller.talk.case_id)
    assert case is not None
    assert case.requester == REQUESTER


def replace_ref(caller: Caller, ref: str) -> Caller:
    """As a call that began while the vault was away."""
    caller.facts = replace(caller.facts, caller_ref=ref)
    return caller
