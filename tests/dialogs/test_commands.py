"""What may be said at any point."""

import pytest

from dialogs.actions.talk import Move, Stage
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Transfer
from tests.dialogs.office import WHOLE, Caller, Office

PLATE = "苏B，一二三，四五。车停在什么地方？"


@pytest.mark.parametrize("text", ["再说一遍", "没听清", "你说什么"])
async def test_the_question_is_repeated_and_not_taken_for_a_place(caller: Caller, text: str):
    await caller.talks("我要挪车", "苏B一二三四五")
    assert await caller.says(text) == PLATE
    assert caller.talk.move.place is None


async def test_a_question_is_repeated_by_key(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五")
    assert await caller.keys("*") == PLATE


async def test_nine_repeats_the_greeting(caller: Caller):
    greeting = await caller.event("call_started")
    assert await caller.keys("9") == greeting


async def test_said_slowly_twice_is_announced_once(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五")
    assert await caller.says("慢一点") == "好的，我再说一遍。" + PLATE
    assert await caller.says("慢一点") == "好的，我再说一遍。" + PLATE
    assert caller.marked == "好的，我再说一遍。<slow>苏B，一二三，四五。</slow><slow>车停在什么地方？</slow>"


async def test_said_louder_is_no_slower(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五")
    assert await caller.says("大声点") == "好的，我再说一遍。" + PLATE
    assert "<slow>" not in caller.marked


async def test_a_plate_is_read_back_slowly(caller: Caller):
    await caller.talks("有辆车堵住我了，车牌苏B一二三四五，白色，停在清扬路六十八号门口")
    assert caller.marked.startswith("<slow>苏B，一二三，四五</slow>，白色，停在")


async def test_waiting_keeps_the_question(caller: Caller):
    await caller.talks("我要挪车")
    assert "慢慢来" in await caller.says("等一下我去看一下车牌")
    assert isinstance(caller.end, Hold)
    assert await caller.event("hold_timeout") == "请说那辆车的车牌号。"
    assert caller.expect == ExpectKind.PLATE


async def test_a_plate_said_while_waiting_is_taken(caller: Caller):
    await caller.talks("我要挪车")
    await caller.says("等一下")
    assert await caller.talks("苏B一二三四五") == PLATE


async def test_repeat_while_the_owner_is_rung_holds_on(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对")
    assert "请别挂" in await caller.says("再说一遍")
    assert isinstance(caller.end, Hold)
    assert "请再等" in await caller.says("喂喂")
    assert isinstance(caller.end, Hold)
    assert len(caller.filed) == 1


@pytest.mark.parametrize("intent", ["ask_fee", "ask_hours", "privacy", "are_you_robot", "ask_owner_number", "abuse"])
async def test_a_question_in_between_is_answered_and_ours_is_asked_again(caller: Caller, intent: str):
    await caller.talks("我要挪车", "苏B一二三四五")
    said = await caller.says("随便问问", intent=intent, sure=0.9)
    assert said.endswith("车停在什么地方？")
    assert caller.expect == ExpectKind.PLACE
    assert await caller.says("再说一遍") == PLATE


async def test_a_question_in_between_while_holding_goes_on_holding(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对")
    assert "不收费" in await caller.says("要钱吗", intent="ask_fee", sure=0.9)
    assert isinstance(caller.end, Hold)


@pytest.mark.parametrize("text", ["取消", "算了我不挪了", "不用了", "不办了"])
async def test_cancel_drops_the_request_and_its_draft(caller: Caller, office: Office, text: str):
    await caller.talks(WHOLE)
    assert office.car_moving.draft
    assert "不办了" in await caller.says(text)
    assert (caller.talk.move, office.car_moving.draft, caller.filed) == (Move(), None, [])


async def test_a_car_that_is_gone_needs_no_notice(caller: Caller):
    await caller.talks(WHOLE)
    assert "不通知了" in await caller.says("他已经开走了")
    assert not caller.filed


async def test_starting_again_forgets_everything(caller: Caller, office: Office):
    await caller.talks(WHOLE)
    assert "从头来" in await caller.says("重新来")
    assert (caller.talk.move, office.car_moving.draft) == (Move(), None)


async def test_goodbye_in_the_middle_files_nothing(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("没事了再见")
    assert isinstance(caller.end, HangUp)
    assert not caller.filed


@pytest.mark.parametrize("intent", ["cancel", "goodbye", "start_again"])
async def test_rasas_guess_alone_throws_nothing_away_at_the_confirmation(caller: Caller, intent: str):
    await caller.talks(WHOLE)
    await caller.says("这个嘛", intent=intent, sure=0.95)
    assert caller.talk.move.plate == "苏B12345"


async def test_silence_for_good_ends_politely_or_with_a_human(caller: Caller):
    await caller.talks(WHOLE)
    await caller.event("no_input")
    assert isinstance(caller.end, Transfer)
    caller.talk = caller.talk.at(Stage.MORE)
    await caller.event("no_input")
    assert isinstance(caller.end, HangUp)


@pytest.mark.parametrize("answer", ["好的", "行吧转吧"])
async def test_services_not_done_by_voice_are_offered_a_human(caller: Caller, answer: str):
    assert "要为您转人工吗" in await caller.says("我想办那个", intent="violation", sure=0.9)
    await caller.says(answer)
    assert isinstance(caller.end, Transfer)
    assert caller.end.queue == "general"


async def test_services_by_key(caller: Caller):
    await caller.event("call_started")
    assert "身份证号" in await caller.keys("2")
    await caller.says("重新来")
    assert "您要补换哪一种" in await caller.keys("3")
    await caller.says("算了")
    assert "您要补换哪一种" in await caller.keys("4")


async def test_the_offer_of_a_human_missed_three_times_is_taken(caller: Caller):
    await caller.says("我要查违章", intent="violation", sure=0.9)
    for _ in range(3):
        await caller.says("天上的云")
    assert isinstance(caller.end, Transfer)


async def test_another_wish_instead_of_an_answer_to_the_offer(caller: Caller):
    await caller.says("我要查违章", intent="violation", sure=0.9)
    assert "车牌号" in await caller.says("我要挪车", intent="move_car", sure=0.9)


async def test_another_service_in_the_middle_is_heard_but_a_place_is_none(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五")
    assert "颜色" in await caller.says("在驾校考试中心门口", intent="exam_book", sure=0.9)
    await caller.says("重新来")
    await caller.talks("我要挪车")
    assert "预约科目二" in await caller.says("我其实想约科目二", intent="exam_book", sure=0.9)


async def test_thanks_end_the_call_and_a_yes_goes_on(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对")
    await caller.event("hold_timeout")
    assert "请说要办什么" in await caller.says("有")
    caller.talk = caller.talk.at(Stage.MORE)
    await caller.says("好的谢谢")
    assert isinstance(caller.end, HangUp)


async def test_hello_is_answered(caller: Caller):
    assert "请说要办什么" in await caller.says("喂你好", intent="greet", sure=0.9)
    assert isinstance(caller.end, Expect)
