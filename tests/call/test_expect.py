"""What is listened for decides when a turn is over and what a bare sound means."""

import pytest

from ivr.call.expect import (
    LONGEST_WAIT_SECONDS,
    answers_briefly,
    counts_alone,
    end_of_turn_seconds,
    no_input_seconds,
    short_answers,
    substance,
    wants_human,
)
from ivr.dialogue.replies import Expect, ExpectKind

OPEN, YES_NO = Expect(), Expect(kind=ExpectKind.YES_NO)


@pytest.mark.parametrize("text", ["人工", "帮我转人工", "我要找民警", "转座席吧"])
def test_asking_for_a_person_is_understood_here(text):
    assert wants_human(text)


@pytest.mark.parametrize("text", ["不用转人工", "先别转人工", "我要挪车"])
def test_not_asking_for_a_person_is_not(text):
    assert not wants_human(text)


@pytest.mark.parametrize(("text", "rest"), [("嗯那个", ""), ("嗯苏B", "苏B"), ("啊", "")])
def test_fillers_are_no_substance(text, rest):
    assert substance(text) == rest


@pytest.mark.parametrize(("text", "brief"), [("对", True), ("不是", True), ("对苏B一二三四五", False), ("挪车", False)])
def test_a_bare_yes_or_no_is_told_from_a_sentence(text, brief):
    assert answers_briefly(text) is brief


def test_an_entry_that_is_whole_ends_its_turn_sooner_than_one_that_is_not():
    phone = Expect(kind=ExpectKind.PHONE)
    whole, half = "一三八零零零零一一一一", "一三八零零"
    assert end_of_turn_seconds(phone, whole) < 0.5
    assert end_of_turn_seconds(phone, half) >= 2.0


def test_a_whole_plate_ends_its_turn_and_one_inside_a_sentence_does_not():
    plate = Expect(kind=ExpectKind.PLATE)
    assert end_of_turn_seconds(plate, "苏B一二三四五") < 0.5
    assert end_of_turn_seconds(plate, "苏B一二三") > 1.0


def test_hesitation_gets_time_and_a_slow_speaker_more():
    assert end_of_turn_seconds(OPEN, "有辆车停在") > 1.5
    plain = end_of_turn_seconds(OPEN, "我要预约考试")
    assert end_of_turn_seconds(OPEN, "我要预约考试", pause_seconds=0.9) == pytest.approx(0.9 * 1.25)
    assert end_of_turn_seconds(OPEN, "我要预约考试", pause_seconds=0.2) == plain
    assert end_of_turn_seconds(OPEN, "我要预约考试", pause_seconds=9) == LONGEST_WAIT_SECONDS


def test_a_whole_question_ends_its_turn_sooner_unless_he_pauses_long():
    plain = end_of_turn_seconds(OPEN, "我要预约考试")
    assert end_of_turn_seconds(OPEN, "行驶证丢了怎么补") < plain
    assert end_of_turn_seconds(OPEN, "帮我查一下考试约上没有") < plain
    assert end_of_turn_seconds(OPEN, "在哪里") == end_of_turn_seconds(OPEN, "我说的")
    assert end_of_turn_seconds(OPEN, "行驶证丢了怎么补", pause_seconds=0.9) == pytest.approx(0.9 * 1.25)


def test_a_sentence_that_seldom_ends_so_gets_time():
    whole = end_of_turn_seconds(OPEN, "我要补行驶证")
    assert end_of_turn_seconds(OPEN, "我要补") > 2 * whole
    assert end_of_turn_seconds(Expect(kind=ExpectKind.PLACE), "就停在人民医院") > whole
    assert end_of_turn_seconds(OPEN, "请问你们有没有") > 2 * end_of_turn_seconds(OPEN, "考试约上了没有")


def test_a_yes_is_taken_at_once_and_a_no_may_go_on():
    yes, no = (end_of_turn_seconds(YES_NO, text, pause_seconds=1.2) for text in ("对的", "不是"))
    assert yes < 0.1 < no < 0.3


def test_a_yes_to_what_cannot_be_taken_back_is_heard_out():
    binding = Expect(kind=ExpectKind.YES_NO, binding=True)
    assert all(0.4 < end_of_turn_seconds(binding, text) < 0.6 for text in ("对", "确认", "不对"))
    assert end_of_turn_seconds(binding, "转人工") < 0.1


@pytest.mark.parametrize("text", ["苏B二Q二九八", "苏BVE九九九", "苏BU一二三四", "苏B一二三四学"])
def test_a_plate_that_no_sign_makes_a_green_one_is_over_at_once(text):
    assert end_of_turn_seconds(Expect(kind=ExpectKind.PLATE), text) < 0.1


@pytest.mark.parametrize("text", ["苏B一二三四五", "苏BD一二三四", "苏BAF一二三"])
def test_one_that_may_be_the_beginning_of_a_green_plate_may_go_on(text):
    assert 0.2 < end_of_turn_seconds(Expect(kind=ExpectKind.PLATE), text) < 0.3


def test_a_green_plate_is_over_and_one_of_seven_signs_may_go_on():
    plate = Expect(kind=ExpectKind.PLATE)
    green, blue = (end_of_turn_seconds(plate, text) for text in ("苏BD一二三四五", "苏B一二三四五"))
    assert green < 0.1 < blue < 0.3


def test_the_sign_of_a_plate_that_was_asked_for_is_over_when_it_was_said():
    sign = Expect(kind=ExpectKind.PLATE, hints=("北京的B", "大连的D", "一"))
    assert end_of_turn_seconds(sign, "北京的B") < 0.3
    assert end_of_turn_seconds(sign, "一") > 1
    assert end_of_turn_seconds(sign, "北京的B一二三") > 1


def test_entries_are_waited_for_longer_than_words():
    assert no_input_seconds(Expect(kind=ExpectKind.ID_NUMBER)) > no_input_seconds(YES_NO)


def test_every_short_answer_that_is_offered_is_understood():
    from ivr.domain.spoken import hear_yes_no

    meaning = {phrase: hear_yes_no([phrase]) for phrase in short_answers(YES_NO)}
    assert {phrase for phrase, each in meaning.items() if each is None} == {"算了", "人工", "再说一遍"}
    assert meaning["对着嘞"] is meaning["行吧"] is True
    assert meaning["不成"] is meaning["没得事"] is False


@pytest.mark.parametrize(("narrow", "guesses", "binding", "counts"), [
    ("对", ["喂"], False, True), ("对", ["不对", "对"], False, False), ("对", [], False, True), ("对", ["喂"], True, False),
    ("对", ["喂", "对"], True, False), ("不对", ["对"], True, True), ("路边", ["不对"], False, True), ("人工", ["不用"], True, True),
])  # fmt: skip
def test_a_short_answer_counts_alone_unless_it_is_a_yes_against_a_no_or_one_that_binds(narrow, guesses, binding, counts):
    assert counts_alone(narrow, guesses, binding=binding) is counts


def test_short_answers_are_offered_where_the_question_is_narrow_and_never_for_secrets():
    assert "对" in short_answers(YES_NO)
    assert short_answers(OPEN) == ()
    choice = Expect(kind=ExpectKind.CHOICE, hints=("路边", "小区"))
    assert short_answers(choice)[:2] == ("路边", "小区")
    assert "人工" in short_answers(choice)
    sign = Expect(kind=ExpectKind.PLATE, hints=("北京的B", "大连的D"))
    assert short_answers(sign)[:2] == ("北京的B", "大连的D")
    assert short_answers(Expect(kind=ExpectKind.PLATE)) == ()
    assert short_answers(Expect(kind=ExpectKind.YES_NO, sensitive=True)) == ()
