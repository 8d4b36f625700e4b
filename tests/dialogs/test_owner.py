"""The call to an owner."""

import pytest

from dialogs.actions import words
from dialogs.actions.owner import hear_owner, wants_talk
from dialogs.actions.said import Said
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Say
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


def test_only_a_key_stops_the_notice(owner: Caller):
    [notice] = [reply for reply in owner.replies if isinstance(reply, Say) and "尾号" in reply.text]
    assert not notice.interruptible


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


@pytest.mark.parametrize("text", ["我现在不方便接电话", "您好我现在不方便街停电话"])
async def test_who_cannot_talk_has_not_said_that_he_cannot_come(owner: Caller, text: str):
    await owner.says(text)
    assert owner.did == []
    assert isinstance(owner.end, Expect)


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


@pytest.fixture
def on_line(owner: Caller, office: Office) -> Caller:
    """An owner whose requester still holds the line."""
    office.connecting.there = True
    return owner


async def test_an_owner_who_comes_may_talk_with_the_requester(on_line: Caller, office: Office):
    assert "按5" in await on_line.keys("1")
    assert on_line.did == ["coming"], "his answer is kept before anything else"
    assert "正在为您接通" in await on_line.keys("5")
    assert isinstance(on_line.end, Hold)
    assert office.connecting.connected == [(on_line.facts.order_id or "", on_line.facts.call_id)]
    for kind in words.TALKS:
        told = Caller(office)
        told.talk = on_line.talk
        said = await told.event("case_update", kind=kind)
        assert said.startswith(words.TALKS[kind].text)
        assert told.end == HangUp(reason="owner_coming")


async def test_an_owner_who_does_not_want_to_talk_is_let_go(on_line: Caller, office: Office):
    await on_line.keys("1")
    assert isinstance(on_line.end, Expect)
    assert on_line.end.retries_left == 0
    assert "再见" in await on_line.event("no_input")
    assert on_line.end == HangUp(reason="owner_coming")
    assert office.connecting.connected == []


async def test_an_owner_who_wants_to_talk_first_is_asked_for_his_answer_afterwards(on_line: Caller):
    assert "正在为您接通" in await on_line.says("你让他跟我说一下")
    assert on_line.did == []
    assert "请按键答复" in await on_line.event("case_update", kind="talk_left")
    await on_line.keys("2")
    assert on_line.did == ["cannot"]


async def test_who_says_something_while_he_is_being_joined_waits_on(on_line: Caller):
    await on_line.keys("1")
    await on_line.keys("5")
    await on_line.says("喂")
    assert isinstance(on_line.end, Hold)
    assert "没有接通" in await on_line.event("hold_timeout")


async def test_without_a_requester_on_the_line_no_talk_is_offered(owner: Caller, office: Office):
    assert "按5" not in await owner.keys("1")
    assert owner.end == HangUp(reason="owner_coming")


async def test_a_requester_who_hung_up_meanwhile_is_told(on_line: Caller, office: Office):
    await on_line.keys("1")
    office.connecting.there = False
    assert "已经不在线" in await on_line.keys("5")
    assert on_line.end == HangUp(reason="owner_coming")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("帮我接通", True), ("我跟他说", True), ("让他接电话", True), ("我想和对方通话", True), ("能跟那个人讲一下吗", True),
        ("马上来", False), ("我来不了", False), ("不用跟他说了", False), ("暂时无法接通", False), ("这车卖给他了", False),
    ],
)  # fmt: skip
def test_the_wish_to_talk_is_heard(text: str, wanted: bool):
    assert wants_talk(Said("nlu_fallback", 0.3, (text,))) is wanted
