import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ivr.domain.plate_again import correct_heard, hear_plate_again, settle_heard
from ivr.domain.plate_answers import denies
from ivr.domain.plates import Plate
from ivr.domain.spoken_plates import hear_plate, say_plate

HOME = "苏B"
PLATES = st.builds("苏{}{}".format, st.sampled_from("ABCDE"), st.text(st.sampled_from("0123456789"), min_size=5, max_size=5)).map(Plate)


def first(*texts):
    return hear_plate(texts, home=HOME, asked=True)

SLOW_MACHINE = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@SLOW_MACHINE
@given(PLATES)
def test_a_plate_said_twice_alike_is_that_plate(plate):
    heard = first(say_plate(plate))
    assert hear_plate_again(say_plate(plate), home=HOME, before=heard.readings).plate == plate


@SLOW_MACHINE
@given(PLATES, PLATES)
def test_a_plate_corrected_as_a_whole_is_the_new_one(before, after):
    assume(before != after)
    heard = first(say_plate(before))
    corrected = correct_heard(before, "不对是" + say_plate(after), home=HOME, before=heard.readings, denied=(before.text,))
    assert corrected.plate == after


@SLOW_MACHINE
@given(PLATES, PLATES)
def test_a_plate_read_back_and_then_said_otherwise_is_the_other_one(before, after):
    heard = first(say_plate(before))
    assert correct_heard(before, say_plate(after), home=HOME, before=heard.readings).plate == after


def test_what_was_denied_is_not_heard_again():
    heard = first("苏B一二三四五", "苏D一二三四五")
    again = ["不对是苏B一二三四五", "不对是苏D一二三四五"]
    assert correct_heard(heard.plate, again, home=HOME, before=heard.readings, denied=("苏B12345",)).plate == Plate("苏D12345")
    assert hear_plate_again(again, home=HOME, before=heard.readings, denied=("苏B12345",)).plate == Plate("苏D12345")


def test_what_was_denied_comes_back_where_nothing_else_is_heard():
    assert hear_plate_again("苏B一二三四五", home=HOME, before=(), denied=("苏B12345",)).plate == Plate("苏B12345")


def test_what_both_times_may_have_been_is_taken():
    heard = first("苏N三EX六C", "苏N三EX六七", "苏N三一X六C")
    again = ["不对是苏N三幺X六七", "不对是苏N三幺X六T", "不对是苏N三幺X六G", "不对是苏N三幺X六C"]
    assert correct_heard(Plate("苏N3EX67"), again, home=HOME, before=heard.readings, denied=("苏N3EX67",)).plate == Plate("苏N31X6C")


def test_a_named_sign_finds_the_reading_that_has_it():
    heard = first("陕K三七八七七", "陕K三七八七一", "陕K三七八七D")
    corrected = correct_heard(heard.plate, "不对不对是大连的D", home=HOME, before=heard.readings, denied=(heard.plate.text,))
    assert corrected.plate == Plate("陕K3787D")


@pytest.mark.parametrize("text", ["不对", "地点错了", "嗯", ""])
def test_nothing_comes_of_a_sentence_without_a_plate(text):
    assert correct_heard(Plate("苏B12345"), text, home=HOME, before=first("苏B一二三四五").readings) is None


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("贵州的贵", "贵A12345"), ("广西的桂", "桂A12345"), ("前面那个", "桂A12345"), ("第二个", "贵A12345"), ("不是广西的桂是贵州的贵", "贵A12345"),
        ("贵州的贵A一二三四五", "贵A12345"),
    ],
)
def test_an_answer_settles_the_question(text, plate):
    heard = first("桂A一二三四五")
    others = [other for other in heard.candidates if other != heard.plate]
    assert settle_heard(heard.plate, others, text, home=HOME, before=heard.readings).plate == Plate(plate)


def test_an_answer_about_one_sign_chooses_among_all_readings_that_have_it():
    before = (("苏B12345", 0.0), ("苏D12375", 0.2), ("苏D12345", 0.9))
    settled = settle_heard(Plate("苏B12345"), [Plate("苏D12345")], "大连的D", home=HOME, before=before)
    assert (settled.plate, settled.question) == (Plate("苏D12375"), None)


def test_a_sign_that_also_occurs_elsewhere_is_put_where_it_was_asked_for():
    known, others = Plate("苏G2M673"), [Plate("苏G2M6P3"), Plate("苏B2M673")]
    before = (("苏G2M673", 0.0), ("苏G2M6P3", 0.1), ("苏B2M673", 0.3))
    assert settle_heard(known, others, "北京的B", home=HOME, before=before).plate == Plate("苏G2M6B3")


def test_what_says_nothing_leaves_the_question_open():
    heard = first("桂A一二三四五")
    assert settle_heard(heard.plate, heard.candidates[1:], "什么意思", home=HOME, before=heard.readings) is None
    assert settle_heard(heard.plate, heard.candidates[1:], [], home=HOME, before=heard.readings) is None


@pytest.mark.parametrize(("text", "taken_back"), [("不对", True), ("错了是苏D", True), ("不是的", True), ("苏B一二三四五", False)])
def test_a_denial_is_heard(text, taken_back):
    assert denies(text) is taken_back


def test_a_whole_plate_answers_the_question_about_one_sign():
    known, others = Plate("苏B12345"), [Plate("苏B72345")]
    assert settle_heard(known, others, ["苏B七二三四五"], home=HOME, before=()).plate == Plate("苏B72345")
    assert settle_heard(known, others, ["苏B九九九九九"], home=HOME, before=()).plate == Plate("苏B99999")
