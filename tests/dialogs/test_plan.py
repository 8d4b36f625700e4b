from dataclasses import replace

import pytest

from dialogs.actions.plan import Next, fold, heard_something, next_step
from dialogs.actions.said import Said
from dialogs.actions.talk import Move, Stage, Talk

WHOLE = Move(plate="苏B12345", place="清扬路六十八号门口", place_kind="road", on_road=True, colour="白", admitted=True)


def folded(stage: Stage, *texts: str, move: Move = WHOLE, keys: str = "", intent: str = "deny", sure: float = 0.9) -> Move:
    said = Said("dtmf", 1.0, keys=keys) if keys else Said(intent, sure, texts)
    return fold(Talk(stage, move), said, "苏B")


def test_each_thing_missing_is_asked_for_in_turn():
    asked = []
    move = Move()
    for given in ({"plate": "苏B12345"}, {"phone_ref": "sv_1"}, {"admitted": True}, {"place": "人民路"}, {"colour": "白"}, {}):
        asked.append(next_step(move, number_known=False))
        move = replace(move, **given)
    assert asked == [Next.PLATE, Next.PHONE, Next.ADMIT, Next.PLACE, Next.COLOUR, Next.CONFIRM]
    assert next_step(Move(plate="苏B12345"), number_known=True) is Next.ADMIT


def test_one_sentence_gives_everything():
    move = folded(Stage.OPEN, "挪车苏B一二三四五白色的车停在清扬路六十八号门口堵住我了", move=Move())
    assert (move.plate, move.place, move.colour, move.reason) == ("苏B12345", "清扬路六十八号门口", "白", "blocked_exit")


@pytest.mark.parametrize("stage", [Stage.CONFIRM, Stage.WRONG, Stage.COLOUR, Stage.PLACE])
@pytest.mark.parametrize(
    "text",
    ["不对地点错了是梁溪路六十八号门口", "不对", "不是不是", "停在D区一二三四五号", "不是清扬路是第一大道", "苏州路一二三号门口", "错了"],
)
def test_a_plate_never_changes_where_it_is_not_spoken_of(stage: Stage, text: str):
    assert folded(stage, text).plate == "苏B12345"
    assert folded(stage, text, text + "D", "是D不是B").plate == "苏B12345"


def test_the_wrong_submission_of_the_place_correction():
    move = folded(Stage.CONFIRM, "不对地点错了是梁溪路二号门口", "不对地点错了是D溪路二号门口")
    assert (move.plate, move.place) == ("苏B12345", "梁溪路二号门口")


@pytest.mark.parametrize("stage", [Stage.CONFIRM, Stage.WRONG, Stage.COLOUR, Stage.PLACE])
@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("是D不是B", "苏D12345"),
        ("车牌错了是苏D一二三四五", "苏D12345"),
        ("后三位是三四六", "苏B12346"),
        ("尾号是三四六", "苏B12346"),
        ("第三位是七", "苏B12745"),
        ("苏B五四三二一", "苏B54321"),
        ("不对最后一位是六", "苏B12346"),
    ],
)
def test_a_plate_spoken_of_changes_at_any_stage(stage: Stage, text: str, plate: str):
    move = folded(stage, text)
    assert (move.plate, move.place, move.admitted) == (plate, WHOLE.place, False)


def test_bare_digits_are_a_plate_only_where_one_may_be_meant():
    assert folded(Stage.WRONG, "一二三四六").plate == "苏B12346"
    assert folded(Stage.CONFIRM, "一二三四六").plate == "苏B12345"


def test_a_corrected_letter_is_read_back_with_a_word():
    assert folded(Stage.CONFIRM, "是D不是B").plate_doubts == (1,)


def test_a_guessed_letter_is_remembered_as_doubtful_and_a_digit_is_not():
    move = folded(Stage.PLATE, "一二三四五", move=Move())
    assert (move.plate, move.plate_doubts) == ("苏B12345", (0, 1))


def test_the_same_plate_again_changes_nothing():
    assert not heard_something(WHOLE, folded(Stage.CONFIRM, "车牌是苏B一二三四五", "车牌是苏D一二三四五"))


@pytest.mark.parametrize(("text", "colour"), [("不是白色是黑色", "黑"), ("黑色不是白色", "黑"), ("颜色不对是银色", "银"), ("不对", "白")])
def test_a_colour_is_corrected(text: str, colour: str):
    assert folded(Stage.CONFIRM, text).colour == colour


def test_a_street_named_after_a_colour_is_no_colour():
    assert folded(Stage.CONFIRM, "停在黄大仙路五号").colour == "白"


@pytest.mark.parametrize("text", ["不知道", "没看清", "不清楚"])
def test_a_colour_nobody_can_tell_is_an_answer(text: str):
    assert folded(Stage.COLOUR, text, move=replace(WHOLE, colour=None)).colour == "unknown"


@pytest.mark.parametrize("text", ["好的", "没有啊", "嗯", "不是"])
def test_a_short_answer_is_no_place(text: str):
    assert folded(Stage.PLACE, text, move=replace(WHOLE, place=None)).place is None


def test_keys_give_plate_place_and_colour():
    assert folded(Stage.PLATE, keys="12345", move=Move()).plate == "苏B12345"
    assert folded(Stage.PLATE, keys="**320412345", move=Move()).plate == "苏D12345"
    assert folded(Stage.PLATE, keys="123", move=Move()).plate is None
    place = folded(Stage.PLACE, keys="1", move=replace(WHOLE, place=None))
    assert (place.place_kind, place.on_road) == ("road", True)
    assert [folded(Stage.COLOUR, keys=key).colour for key in "129"] == ["白", "黑", "unknown"]


def test_keys_mean_nothing_where_none_were_offered():
    assert folded(Stage.WRONG, keys="5") == WHOLE


ALIKE = Move(plate="桂A12345", plate_question="是广西的桂，还是贵州的贵？", plate_others=("贵A12345",))


@pytest.mark.parametrize(
    ("text", "plate"),
    [("贵州的贵", "贵A12345"), ("广西的桂", "桂A12345"), ("第二个", "贵A12345"), ("前面那个", "桂A12345"), ("贵州的贵A一二三四五", "贵A12345")],
)
def test_of_two_readings_that_sound_alike_one_is_chosen(text: str, plate: str):
    move = folded(Stage.PLATE, text, move=ALIKE)
    assert (move.plate, move.plate_question) == (plate, None)


def test_of_two_readings_one_may_be_chosen_by_key():
    assert [folded(Stage.PLATE, keys=key, move=ALIKE).plate for key in "12"] == ["桂A12345", "贵A12345"]


def test_neither_reading_leaves_the_question_open():
    assert folded(Stage.PLATE, "什么意思", move=ALIKE).plate_question is not None


HEARD = Move(plate="苏N3EX67", plate_readings=(("苏N3EX67", 0.0), ("苏N31X6C", 0.3)), place="清扬路六十八号门口", colour="白", admitted=True)


def test_a_plate_said_again_is_weighed_with_what_was_heard_before():
    again = ("不对是苏N三幺X六七", "不对是苏N三幺X六T", "不对是苏N三幺X六C")
    move = folded(Stage.CONFIRM, *again, move=HEARD)
    assert (move.plate, move.plate_denied) == ("苏N31X6C", ("苏N3EX67",))


def test_a_plate_named_wrong_is_denied_when_it_is_asked_for_anew():
    asked = replace(HEARD, plate=None, plate_denied=("苏N3EX67",))
    assert folded(Stage.PLATE, "苏N三EX六七", "苏N三幺X六C", move=asked).plate == "苏N31X6C"
    assert folded(Stage.PLATE, "豫A九九八八七", move=asked).plate == "豫A99887"


def test_keys_leave_nothing_of_what_was_heard():
    asked = replace(HEARD, plate=None, plate_denied=("苏N3EX67",))
    assert folded(Stage.PLATE, keys="12345", move=asked).plate_readings == ()


def test_a_plate_asked_again_is_confirmed_by_saying_it_again():
    assert folded(Stage.PLATE_AGAIN, "苏B一二三四五").plate_checked
    changed = folded(Stage.PLATE_AGAIN, "苏B一二三四六")
    assert (changed.plate, changed.plate_checked) == ("苏B12346", False)


def test_a_request_shows_no_plate_in_a_log():
    assert "12345" not in repr(WHOLE)
    assert Talk.from_slot(Talk(Stage.CONFIRM, ALIKE).to_slot()) == Talk(Stage.CONFIRM, ALIKE)
    assert Talk.from_slot(None) == Talk()
