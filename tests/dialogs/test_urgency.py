import pytest

from dialogs.actions.talk import Stage
from ivr.dialogue.replies import Transfer
from ivr.services.car_moving_views import OwnerNotice
from tests.dialogs.office import WHOLE, Caller, Office

DANGERS = [
    ("有个孩子被锁在车里面了", "child_locked", "emergency_110"),
    ("车着火了快来", "fire", "emergency_110"),
    ("救护车被堵住进不去", "ambulance", "emergency_110"),
    ("有人受伤流血了", "injury", "emergency_110"),
    ("撞车了追尾", "accident", "emergency_122"),
]
ALONG_THE_WAY = [[], ["我要挪车"], ["我要挪车", "苏B一二三四五"], [WHOLE], [WHOLE, "对"], [WHOLE, "不对"]]


@pytest.mark.parametrize("before", ALONG_THE_WAY)
@pytest.mark.parametrize(("text", "kind", "queue"), DANGERS)
async def test_life_comes_first_at_any_point(caller: Caller, before: list[str], text: str, kind: str, queue: str):
    await caller.event("call_started")
    await caller.talks(*before)
    said = await caller.says(text)
    assert ("122" if kind == "accident" else "110") in said
    assert isinstance(caller.end, Transfer)
    assert (caller.end.queue, caller.end.reason) == (queue, kind)
    summary = caller.end.context["summary"]
    assert summary.startswith("紧急")
    assert ("清扬路六十八号" in summary) == (WHOLE in before and "对" not in before), "where it is, until that is filed"
    assert ("emergency", kind) in caller.did
    assert not all(reply.interruptible for reply in caller.replies[:-1])


async def test_a_note_that_cannot_be_kept_delays_nothing(caller: Caller, office: Office):
    office.car_moving.down = True
    await caller.says("车着火了")
    assert isinstance(caller.end, Transfer)


async def test_a_danger_among_the_second_guesses_counts(caller: Caller):
    await caller.says("车召火了", "车着火了")
    assert isinstance(caller.end, Transfer)


async def test_rasas_guess_counts_only_where_it_is_sure(caller: Caller):
    await caller.says("那个什么情况不好", intent="fire", sure=0.5)
    assert not isinstance(caller.end, Transfer)
    await caller.says("那个什么情况不好", intent="fire", sure=0.9)
    assert isinstance(caller.end, Transfer)


async def test_a_transfer_that_fails_tells_whom_to_call(caller: Caller, office: Office):
    await caller.says("车着火了")
    assert "自己拨打110" in await caller.event("no_seat", queue="emergency_110")


@pytest.mark.parametrize(("text", "transferred"), [("孩子被锁在车里面了", True), ("我出车祸了来不了", False)])
async def test_an_owner_in_danger_is_helped_and_his_excuse_is_an_answer(caller: Caller, office: Office, text: str, transferred: bool):
    office.car_moving.notice = OwnerNotice("345", "小型汽车", "清扬路", None)
    await caller.event("owner_called")
    assert caller.talk.stage is Stage.OWNER
    await caller.says(text)
    assert isinstance(caller.end, Transfer) is transferred
