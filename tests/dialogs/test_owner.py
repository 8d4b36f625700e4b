"""The call to an owner."""

import pytest

from dialogs.actions.owner import hear_owner
from dialogs.actions.said import Said
from ivr.dialogue.replies import ExpectKind, HangUp
from ivr.services.car_moving_views import OwnerNotice
from tests.dialogs.office import Caller, Office

NOTICE = OwnerNotice("345", "小型汽车", "清扬路68号门口", "blocked_exit")


@pytest.fixture
async def owner(office: Office) -> Caller:
    office.car_moving.notice = NOTICE
    caller = Caller(office)
    await caller.event("owner_called")
    return caller


def test_the_notice_tells_place_and_reason_but_no_whole_plate(owner: Caller):
    assert "尾号三四五的小型汽车停在清扬路68号门口，堵住了出入口" in owner.said
    assert "苏B" not in owner.said
    assert owner.expect == ExpectKind.CHOICE


@pytest.mark.parametrize(("key", "answer"), [("1", "coming"), ("2", "cannot"), ("3", "not_here"), ("4", "sold")])
async def test_an_answer_by_key(owner: Caller, key: str, answer: str):
    await owner.keys(key)
    assert owner.did == [answer]
    assert owner.end == HangUp(reason=f"owner_{answer}")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("好的我马上来", "coming"), ("这就下去挪", "coming"), ("我在外地来不了", "cannot"), ("现在走不开", "cannot"),
        ("我的车在家里啊", "not_here"), ("车不在那儿", "not_here"), ("这车早卖了", "sold"), ("不是我的车", "sold"),
        ("我没挡着谁", "objects"), ("停在我的车位上", "objects"),
    ],
)
async def test_an_answer_by_voice(owner: Caller, text: str, answer: str):
    await owner.says(text)
    assert owner.did == [answer]


async def test_the_notice_is_repeated(owner: Caller):
    notice = owner.said
    assert await owner.keys("*") == notice
    assert await owner.says("再说一遍", intent="repeat", sure=0.9) == notice


async def test_a_silent_owner_is_texted(owner: Caller):
    assert "短信" in await owner.event("no_input")
    assert owner.end == HangUp(reason="owner_silent")
    assert owner.did == []


async def test_an_answer_not_understood_is_asked_for_by_keys_and_then_left(owner: Caller):
    assert "按1" in await owner.says("啊谁啊")
    assert "按1" in await owner.keys("7")
    await owner.says("听不懂")
    assert owner.end == HangUp(reason="owner_not_understood")
    assert owner.did == []


async def test_an_unknown_order_ends_politely(caller: Caller):
    assert "打扰了" in await caller.event("owner_called")
    assert caller.end == HangUp(reason="order_unknown")


async def test_an_order_that_vanishes_ends_politely(owner: Caller, office: Office):
    office.car_moving.notice = None
    await owner.keys("1")
    assert owner.end == HangUp(reason="order_unknown")


async def test_a_case_answered_meanwhile_ends_politely(caller: Caller, office: Office):
    office.car_moving.notice = OwnerNotice("345", "小型汽车", "清扬路", None, answered=True)
    await caller.event("owner_called")
    assert caller.end == HangUp(reason="already_answered")


def test_rasas_guess_counts_where_it_is_sure():
    assert hear_owner(Said("owner_coming", 0.9, ("嗯嗯嗯",))) == "coming"
    assert hear_owner(Said("owner_coming", 0.4, ("嗯嗯嗯",))) is None
