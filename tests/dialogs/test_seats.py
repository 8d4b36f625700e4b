"""A person takes a call over and gives it back, as the dialogue sees it."""

from dataclasses import replace

from dialogs.actions.given import with_context
from dialogs.actions.seats import proved_for_seat
from dialogs.actions.talk import Identity
from ivr.dialogue.replies import ExpectKind, Transfer
from tests.dialogs.office import WHOLE, Caller


async def handed_over(caller: Caller) -> Transfer:
    await caller.event("seat_wanted")
    assert isinstance(caller.end, Transfer)
    return caller.end


async def test_the_seat_is_told_what_was_given_and_how_surely(caller: Caller):
    await caller.talks("我要挪车")
    await caller.talks("苏B一二三四五", heard=0.62)
    await caller.talks("人民路农业银行门口", heard=0.9)
    told = await handed_over(caller)
    assert told.queue == "car_move"
    assert (told.context["service"], told.context["level"]) == ("move", 0)
    assert {each["name"]: (each["value"], each["sure"]) for each in told.context["given"]} == {
        "move.plate": ("苏B12345", 0.62), "move.place": ("人民路农业银行门口", 0.9),
    }
    assert told.context["summary"] == "电话挪车，车牌苏B，一二三，四五，地点人民路农业银行门口，身份未核对。"


async def test_the_open_question_stays_open_for_a_caller_who_comes_back(caller: Caller):
    await caller.talks("我要挪车")
    await caller.talks("苏B一二三四五")
    await handed_over(caller)
    assert await caller.event("seat_left", how="returned") == "座席请您回到语音服务继续办。车停在什么地方？"
    await caller.talks("清扬路六十八号门口")
    assert "白色" in await caller.talks("白色的")


async def test_a_seat_that_is_done_leaves_nothing_open(caller: Caller):
    await caller.talks(WHOLE)
    await handed_over(caller)
    assert "还有别的事" in await caller.event("seat_left", how="done")
    assert caller.expect == ExpectKind.OPEN
    await caller.says("对", intent="affirm")
    assert caller.filed == [], "a yes after the hand-over confirms nothing of before"


async def test_a_line_that_broke_is_made_again(caller: Caller):
    await caller.talks("我要挪车")
    await handed_over(caller)
    assert "断了" in await caller.event("seat_left", how="lost")
    assert isinstance(caller.end, Transfer)


async def test_who_wants_nothing_yet_is_asked_what_he_wants(caller: Caller):
    await handed_over(caller)
    assert "要办什么" in await caller.event("seat_left", how="returned")


async def test_a_caller_whom_the_seat_sends_to_be_checked_is_asked_for_his_number_and_comes_back(caller: Caller):
    await caller.talks("我要挪车")
    await caller.talks("苏B一二三四五")
    await handed_over(caller)
    asked = await caller.event("seat_left", how="returned", wish="verify")
    assert asked.startswith("座席请您先核对身份")
    assert caller.expect == ExpectKind.ID_NUMBER
    assert caller.talk.for_seat
    proved = with_context(proved_for_seat(replace(caller.talk, identity=Identity(level=2, proof_ref="p"))))
    assert isinstance(proved.replies[-1], Transfer)
    assert (proved.replies[-1].reason, proved.replies[-1].context["level"]) == ("proved", 2)
    assert proved.replies[-1].context["summary"].endswith("身份已核对。")
    assert not proved.talk.for_seat


async def test_who_has_proved_it_before_goes_straight_back(caller: Caller):
    caller.talk = replace(caller.talk, identity=Identity(level=2, proof_ref="p"))
    await caller.event("seat_left", how="returned", wish="verify")
    assert isinstance(caller.end, Transfer)


async def test_who_has_only_said_that_a_car_is_to_be_moved_goes_to_those_who_move_cars(caller: Caller):
    await caller.talks("我要挪车")
    assert (await handed_over(caller)).queue == "car_move"
