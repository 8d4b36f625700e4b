"""Whole requests as conversations; the office answers from memory."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.actions.assent import verdict
from dialogs.actions.said import Said
from dialogs.actions.talk import Stage, Talk
from dialogs.actions.turn import Conversation, TurnAction
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Transfer
from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CaseState
from tests.dialogs.office import FACTS, WHOLE, Caller, Office, view

NO_NUMBER = replace(FACTS, caller_ref=None, caller_tail="")


async def test_everything_in_one_sentence_is_confirmed_and_filed(caller: Caller):
    assert "12123" in await caller.event("call_started")
    assert await caller.talks(WHOLE) == "苏B，一二三，四五，白色，停在清扬路六十八号门口，马上通知车主挪车，对吗？"
    assert caller.expect == ExpectKind.YES_NO
    assert "马上通知车主" in await caller.says("对", intent="affirm")
    assert isinstance(caller.end, Hold)
    (filed,) = caller.filed
    assert (filed.plate.text, filed.place, filed.colour, filed.on_road) == ("苏B12345", "清扬路六十八号门口", "白", True)
    assert "二十分钟" in await caller.event("case_update", case_id="M1", state="ack_coming")
    await caller.says("没了谢谢")
    assert isinstance(caller.end, HangUp)


async def test_slot_by_slot(caller: Caller):
    assert await caller.talks("我要挪车") == "请说那辆车的车牌号。"
    assert await caller.talks("苏B一二三四五") == "苏B，一二三，四五。车停在什么地方？"
    assert await caller.talks("人民路农业银行门口") == "车是什么颜色？不清楚也没关系。"
    assert "停在人民路农业银行门口" in await caller.talks("没看清")
    await caller.says("要得")
    assert caller.filed[0].colour is None


@pytest.mark.parametrize("yes", ["对", "要得", "中", "得", "是的", "没错通知他吧"])
async def test_every_dialect_can_say_yes(caller: Caller, yes: str):
    await caller.talks(WHOLE)
    await caller.says(yes)
    assert len(caller.filed) == 1


@pytest.mark.parametrize(
    ("said", "read_back"),
    [
        ("不对地点错了是梁溪路二号门口", "停在梁溪路二号门口，"),
        ("是D不是B", "苏D，"),
        ("不是白色是黑色", "黑色，"),
        ("后三位是三四六", "一二三，四六，"),
    ],
)
async def test_a_correction_is_read_back_before_anything_is_filed(caller: Caller, said: str, read_back: str):
    await caller.talks(WHOLE)
    assert read_back in await caller.says(said, intent="deny", sure=0.9)
    assert caller.talk.stage is Stage.CONFIRM
    assert not caller.filed
    await caller.says("对")
    assert len(caller.filed) == 1


@pytest.mark.parametrize(
    ("wrong", "question"), [("车牌不对", "请说那辆车的车牌号。"), ("地点不对", "车停在什么地方？"), ("颜色不对", "车是什么颜色？不清楚也没关系。")]
)
async def test_naming_what_is_wrong_asks_for_it(caller: Caller, wrong: str, question: str):
    await caller.talks(WHOLE)
    assert await caller.says(wrong) == question


async def test_a_bare_no_asks_what_is_wrong(caller: Caller):
    await caller.talks(WHOLE)
    assert "哪里不对" in await caller.says("不对", "不对D", intent="deny", sure=0.9)
    assert "苏B，一二三，四六，" in await caller.says("一二三四六")
    assert "哪里不对" in await caller.keys("2")
    assert "对吗" in await caller.says("没错")
    assert not caller.filed


async def test_keys_alone_are_enough(caller: Caller):
    for keys in ("1", "12345", "2", "9", "1"):
        await caller.keys(keys)
    (filed,) = caller.filed
    assert (filed.plate.text, filed.place, filed.place_kind, filed.colour) == ("苏B12345", "小区内（来电人按键选择）", "compound", None)
    assert isinstance(caller.end, Hold)


async def test_a_caller_without_number_keys_one(office: Office):
    caller = Caller(office, NO_NUMBER)
    await caller.talks(WHOLE)
    assert caller.expect == ExpectKind.PHONE
    assert caller.end.sensitive
    assert "十一位" in await caller.says("我没有手机")
    assert "尾号是幺幺幺幺" in await caller.event("give_sealed", kind="phone", ref="sv_wrong", tail="1111")
    assert "没有显示号码" in await caller.says("不对")
    assert caller.end.sensitive
    await caller.event("give_sealed", kind="phone", ref="sv_phone", tail="1112")
    assert "对" in await caller.says("今天天气不错")
    assert "停在" in await caller.says("对")
    await caller.keys("1")
    assert caller.filed[0].caller_ref == "sv_phone"
    assert set(office.car_moving.refs) == {"sv_phone"}


async def test_another_sealed_value_is_no_phone(office: Office):
    caller = Caller(office, NO_NUMBER)
    await caller.talks(WHOLE)
    assert "十一位" in await caller.event("give_sealed", kind="id_number", ref="sv_x", tail="")


async def test_a_number_that_was_keyed_opens_no_request(office: Office):
    office.car_moving.refuses, office.car_moving.open = Refusal.OPEN_CASE, view()
    caller = Caller(office, NO_NUMBER)
    await caller.talks(WHOLE)
    await caller.event("give_sealed", kind="phone", ref="sv_phone", tail="1111")
    said = await caller.says("对")
    assert "转人工" in said
    assert "还在办理" not in said


@pytest.mark.parametrize("refusal", [each for each in Refusal if each is not Refusal.OPEN_CASE])
async def test_each_refusal_has_a_way_out(office: Office, refusal: Refusal):
    office.car_moving.refuses = refusal
    caller = Caller(office)
    assert "转人工，好吗" in await caller.talks(WHOLE)
    await caller.says("好的")
    assert isinstance(caller.end, Transfer)
    assert caller.end.queue == "car_move"
    assert caller.end.context["summary"] == "电话挪车，车牌苏B，一二三，四五，地点清扬路六十八号门口，身份未核对。"


async def test_a_refused_request_that_nobody_shall_see_leaves_nothing(office: Office):
    office.car_moving.refuses = Refusal.TOO_MANY_DAY
    caller = Caller(office)
    await caller.talks(WHOLE)
    assert "还有别的事吗" in await caller.says("不用了")
    assert office.car_moving.draft is None
    assert "请说那辆车的车牌号" in await caller.talks("我要挪车")


async def test_a_refusal_at_filing_has_a_way_out_too(office: Office):
    office.car_moving.refuses_filing = Refusal.TOO_MANY_DAY
    caller = Caller(office)
    await caller.talks(WHOLE)
    assert "转人工" in await caller.says("对")
    assert "还有别的事吗" in await caller.says("不用了")


async def test_a_colour_that_does_not_fit_is_asked_about_once(office: Office):
    office.car_moving.colours["苏B12345"] = "黑"
    caller = Caller(office)
    assert "再看一眼车牌" in await caller.talks(WHOLE)
    assert caller.talk.stage is Stage.PLATE_AGAIN
    assert "马上通知车主" in await caller.says("是的没错")
    await caller.says("对")
    assert len(caller.filed) == 1


async def test_a_colour_that_does_not_fit_may_show_a_wrong_plate(office: Office):
    office.car_moving.colours |= {"苏B12345": "黑", "苏B12346": "白"}
    caller = Caller(office)
    await caller.talks(WHOLE)
    assert "四六，白色" in await caller.says("苏B一二三四六")
    assert not caller.filed


async def test_a_place_corrected_while_the_plate_is_asked_again_is_taken(office: Office):
    office.car_moving.colours["苏B12345"] = "黑"
    caller = Caller(office)
    await caller.talks(WHOLE)
    assert "再看一眼车牌" in await caller.says("不对地点错了是梁溪路二号门口")
    assert (caller.talk.move.plate, caller.talk.move.place) == ("苏B12345", "梁溪路二号门口")


async def test_a_place_corrected_while_the_colour_is_asked_is_taken(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五", "清扬路六十八号")
    assert "颜色" in await caller.says("地点错了是梁溪路二号")
    assert caller.talk.move.place == "梁溪路二号"


async def test_something_else_told_instead_of_the_plate_is_acknowledged_and_counted(caller: Caller):
    await caller.talks("我要挪车")
    assert await caller.says("停在清扬路六十八号门口") == "好的，记下了。还差车牌号，请说那辆车的车牌号。"
    assert "请用按键输入" in await caller.says("白色的车")
    await caller.says("堵住我出不去了停在中山路八号门口")
    assert isinstance(caller.end, Transfer)
    assert (caller.talk.move.place, caller.talk.move.colour) == ("清扬路六十八号门口", "白")


async def test_a_plate_denied_is_not_read_back_again(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五")
    await caller.says("停在清扬路六十八号门口")
    await caller.says("白色")
    assert "苏B，一二三，四五" in caller.said
    await caller.says("不对车牌是苏B一二三四五", "不对车牌是苏D一二三四五", intent="deny", sure=0.9)
    assert caller.talk.move.plate == "苏D12345"


async def test_the_answers_to_a_question_about_one_sign_are_expected(caller: Caller):
    await caller.talks("我要挪车", "桂A一二三四五")
    assert isinstance(caller.end, Expect)
    assert {"广西的桂", "贵州的贵", "第二个"} <= set(caller.end.hints)
    await caller.says("贵州的贵")
    assert caller.talk.move.plate == "贵A12345"
    assert caller.end.hints == ()


async def test_a_plate_that_sounds_like_another_is_asked_about(caller: Caller):
    await caller.talks("我要挪车")
    assert await caller.talks("桂A一二三四五") == "是广西的桂，还是贵州的贵？"
    assert "贵州的贵，A，一二三，四五" in await caller.talks("贵州的贵")


async def test_a_doubtful_letter_is_explained_at_the_echo_and_at_the_end(caller: Caller):
    await caller.talks("我要挪车")
    assert "的B，" in await caller.talks("一二三四五")
    assert "的B，" not in await caller.talks("清扬路六十八号")
    assert "的B，" in await caller.talks("白色")


@pytest.mark.parametrize("before", [["我要挪车"], [WHOLE]])
async def test_three_misses_end_with_a_human(caller: Caller, before: list[str]):
    await caller.talks(*before)
    for _ in range(3):
        await caller.says("天上的云真好看呀")
    assert isinstance(caller.end, Transfer)
    assert caller.end.reason == "not_understood"
    assert not caller.filed


async def test_the_open_question_missed_three_times_ends_with_a_human(caller: Caller):
    await caller.event("call_started")
    for _ in range(3):
        await caller.says("天上的云真好看呀")
    assert isinstance(caller.end, Transfer)


async def test_a_colour_missed_twice_is_left_out(caller: Caller):
    await caller.talks("我要挪车", "苏B一二三四五", "清扬路六十八号")
    await caller.says("天上的云")
    assert "对吗" in await caller.says("天上的云")


async def test_no_seat_books_a_callback(caller: Caller, office: Office):
    await caller.talks(WHOLE)
    said = await caller.event("no_seat", queue="car_move")
    assert "十一月二十四号十二点前回电" in said
    (order,) = office.callbacks.orders
    assert order["said"] == "车牌已提供，地点已提供"
    assert office.car_moving.draft is not None


async def test_a_second_request_in_one_call_has_its_own_key(caller: Caller):
    for _ in range(2):
        await caller.talks(WHOLE)
        await caller.says("对")
        await caller.event("hold_timeout")
    assert [filed.idempotency_key for filed in caller.filed] == ["c1:0", "c1:1"]


@pytest.mark.parametrize(
    ("filed", "words"),
    [
        (view(rings_now=False), "夜间"),
        (view(CaseState.NEW, rings_now=False, kept_only=True), "后台现在没有应答"),
        (view(CaseState.ACK_COMING, rings_now=False), "马上来"),
    ],
)
async def test_what_is_said_after_filing_tells_the_truth(office: Office, filed, words: str):
    office.car_moving.filed_view = filed
    caller = Caller(office)
    await caller.talks(WHOLE)
    assert words in await caller.says("对")
    assert caller.expect == ExpectKind.OPEN


async def test_what_is_kept_holds_neither_phone_nor_number(office: Office):
    caller = Caller(office, NO_NUMBER)
    await caller.talks("我要挪车苏B一二三四五停在人民路五号我电话13800001111")
    await caller.event("give_sealed", kind="phone", ref="sv_phone", tail="1111")
    kept = str((caller.talk.to_slot(), caller.last, office.car_moving.draft))
    assert "人民路五号" in kept
    assert "1380000" not in kept
    assert "1111" not in kept


def _tracker(talk: Talk, text: str) -> SimpleNamespace:
    message = {"text": text, "intent": {"name": "affirm", "confidence": 0.9}, "metadata": {"call_id": "c1", "caller_ref": "sv_caller"}}
    slots = {"talk": talk.to_slot(), "last_replies": []}
    return SimpleNamespace(latest_message=message, get_slot=slots.get)


class Uttered(list):
    def utter_message(self, json_message):
        self.append(json_message)


async def test_a_house_that_fails_gives_words_and_at_last_a_human(office: Office):
    caller = Caller(office)
    await caller.talks(WHOLE)
    office.car_moving.down = True
    action, talk, ends = TurnAction(Conversation(office)), caller.talk, []
    for _ in range(3):
        uttered = Uttered()
        kept, last = await action.run(uttered, _tracker(talk, "对"), {})
        talk = Talk.from_slot(kept["value"])
        ends.append((uttered[0]["reply"], uttered[-1]["reply"]))
        assert last["name"] == "last_replies"
    assert ends == [("say", "expect"), ("say", "expect"), ("say", "transfer")]


async def test_the_last_reply_tells_what_was_understood_and_how_surely(office: Office):
    action, uttered = TurnAction(Conversation(office)), Uttered()
    tracker = _tracker(Talk(), WHOLE)
    tracker.latest_message["intent"] = {"name": "move_car", "confidence": 0.97}
    tracker.latest_message["metadata"]["confidence"] = 0.81
    await action.run(uttered, tracker, {})
    assert [each["understood"] for each in uttered[:-1]] == [None] * (len(uttered) - 1)
    told = uttered[-1]["understood"]
    assert (told["intent"], told["confidence"]) == ("move_car", 0.97)
    assert {each["name"]: (each["value"], each["sure"]) for each in told["given"]} == {
        "move.plate": ("苏B12345", 0.81), "move.place": ("清扬路六十八号门口", 0.81), "move.colour": ("白", 0.81),
    }
    tracker = _tracker(Talk(), "/hold_timeout")
    await action.run(uttered, tracker, {})
    assert uttered[-1]["understood"] is None, "nobody said anything"


_WORDS = ["不对", "对面", "可以改吗", "停在", "苏B", "一二三四五", "是D不是B", "白色", "清扬路六号", "嗯那个", "好贵", "要多久", "车牌", "我", "等等", "再说一遍", "没有", "对不起", "确认一下"]
_INTENTS = ["affirm", "deny", "inform", "move_car", "correct", "give_plate", "give_place", "nlu_fallback", "remind", "exam"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map("".join), st.sampled_from(_INTENTS), st.floats(0, 1)),
        min_size=1, max_size=8,
    )
)
async def test_nothing_is_filed_without_a_yes(turns: list[tuple[str, str, float]]):
    caller = Caller(Office())
    await caller.talks(WHOLE)
    for text, intent, sure in turns:
        said = Said(intent, sure, (text,), expect=caller.expect)
        yes = verdict(said, plate=caller.talk.move.plate, known=(caller.talk.move.place, caller.talk.move.colour))
        if yes is True:
            continue
        await caller.message(said)
        assert not caller.filed
