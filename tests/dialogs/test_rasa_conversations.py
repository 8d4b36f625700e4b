"""Calls over Rasa's webhook: the shipped model, real services, real HTTP."""

import pytest

from ivr.domain.orders import OwnerCallState
from tests.fakes.site import NOW
from tests.running_rasa import RasaCaller, RunningRasa

pytestmark = pytest.mark.rasa

WHOLE = "我要挪车苏B一二三四五白色的车停在清扬路六十八号门口"


@pytest.fixture(autouse=True)
def nothing_done_yet(rasa: RunningRasa) -> None:
    """Other tests of the session have used up what a plate and a number may have in a day."""
    rasa.run(rasa.site.reset())


def filed_by(rasa: RunningRasa, caller: RasaCaller) -> list[object]:
    async def cases() -> list[object]:
        async with rasa.site.room.uow() as uow:
            found = await uow.cases.due(NOW.replace(year=2030), 500)
        return [case for case in found if case.call_id == caller.call_id]

    return rasa.run(cases())


def test_a_car_is_moved_in_one_sentence(rasa: RunningRasa):
    caller = rasa.caller("13700001001")
    assert "12123" in caller.says("/call_started")
    assert caller.says(WHOLE) == "苏B，一二三，四五，白色，停在清扬路六十八号门口，马上通知车主挪车，对吗？"
    assert "马上通知车主" in caller.says("对")
    assert caller.last["reply"] == "hold"
    (case,) = filed_by(rasa, caller)
    assert (case.plate, case.place, case.requester) == ("苏B12345", "清扬路六十八号门口", "13700001001")
    assert "二十分钟" in caller.says('/case_update{"case_id": "M1", "state": "ack_coming"}')
    caller.says("没有了谢谢")
    assert caller.last["reply"] == "hang_up"


def test_a_place_is_corrected_and_the_plate_stays(rasa: RunningRasa):
    caller = rasa.caller("13700001002")
    caller.says("/call_started")
    caller.says(WHOLE.replace("一二三四五", "九九八八七"))
    first = caller.last["understood"]
    assert (first["intent"], first["confidence"] > 0.5) == ("move_car", True)
    assert {each["name"]: each["corrects"] for each in first["given"]} == dict.fromkeys(("move.plate", "move.place", "move.colour"), False)
    said = caller.says("不对地点错了是梁溪路六十八号门口", "不对地点D了是梁溪路六十八号门口")
    assert [(each["name"], each["value"], each["corrects"]) for each in caller.last["understood"]["given"]] == [
        ("move.place", "梁溪路六十八号门口", True),
    ]
    assert "苏B，九九八，八七" in said
    assert "停在梁溪路六十八号门口" in said
    assert not filed_by(rasa, caller)


def test_keys_alone_are_enough(rasa: RunningRasa):
    caller = rasa.caller("13700001003")
    caller.says("/call_started")
    for keys in ("1", "54321", "1", "9"):
        caller.says(f'/dtmf{{"digits": "{keys}"}}')
    assert caller.last["kind"] == "yes_no"
    caller.says('/dtmf{"digits": "1"}')
    (case,) = filed_by(rasa, caller)
    assert case.plate == "苏B54321"


def test_life_comes_first(rasa: RunningRasa):
    caller = rasa.caller("13700001004")
    caller.says("/call_started")
    caller.says("我要挪车")
    assert "110" in caller.says("有个孩子被锁在车里面了")
    assert (caller.last["reply"], caller.last["queue"]) == ("transfer", "emergency_110")


def test_cancelled_nothing_is_filed(rasa: RunningRasa):
    caller = rasa.caller("13700001005")
    caller.says("/call_started")
    caller.says(WHOLE)
    assert "不办了" in caller.says("算了我不挪了")
    assert not filed_by(rasa, caller)


def test_not_understood_three_times_ends_with_a_human(rasa: RunningRasa):
    caller = rasa.caller("13700001006")
    caller.says("/call_started")
    for _ in range(3):
        caller.says("番茄炒蛋先放油")
    assert (caller.last["reply"], caller.last["reason"]) == ("transfer", "not_understood")
    assert "流水号" in caller.says('/no_seat{"queue": "general"}')


def test_an_owner_answers_by_key(rasa: RunningRasa):
    requester = rasa.caller("13700001007")
    requester.says("/call_started")
    requester.says(WHOLE)
    requester.says("对")
    (case,) = filed_by(rasa, requester)
    owner = rasa.caller(order_id=f"{case.case_id}-1")
    assert "尾号三四五的小型汽车停在清扬路六十八号门口" in owner.says("/owner_called")
    assert "谢谢" in owner.says('/dtmf{"digits": "1"}')
    assert (owner.last["reply"], owner.last["reason"]) == ("hang_up", "owner_coming")

    async def order() -> OwnerCallState:
        async with rasa.site.room.uow() as uow:
            return (await uow.orders.get(f"{case.case_id}-1")).state

    assert rasa.run(order()) is OwnerCallState.DONE


def test_the_tracker_keeps_nothing_that_names_a_person(rasa: RunningRasa):
    caller = rasa.caller(caller_ref=None)
    caller.says("/call_started")
    caller.says(WHOLE)
    assert caller.last["sensitive"]
    ref = rasa.run(rasa.site.seal(caller.call_id, "13700001008"))
    assert "尾号" in caller.says(f'/give_sealed{{"kind": "phone", "ref": "{ref}", "tail": "1008"}}')
    assert "停在" in caller.says("对")
    caller.says("对")
    (case,) = filed_by(rasa, caller)
    assert case.requester == "13700001008"
    tracker = caller.tracker()
    assert ref in tracker
    assert "1370000" not in tracker
    assert "13900002222" not in tracker


@pytest.mark.parametrize("text", ["/", "/nonsense", "/dtmf", "啊" * 300, "*", "{}"])
def test_whatever_arrives_is_answered(rasa: RunningRasa, text: str):
    caller = rasa.caller("13700001009")
    caller.says("/call_started")
    assert caller.says(text)
    assert "车牌" in caller.says("我要挪车")
