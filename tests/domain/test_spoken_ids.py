import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.domain.errors import IdNumberWrong
from ivr.domain.people import IdNumber, check_digit, id_repairs
from ivr.domain.spoken_digits import say_digits
from ivr.domain.spoken_ids import hear_identity

WHOLE = "320200199003070028"
CONFUSED = ("17", "71", "28", "82", "69", "96", "06", "60", "14", "41", "15", "51", "34", "43")

numbers = st.tuples(
    st.sampled_from(["3202", "1101", "4403", "6501"]), st.dates().filter(lambda day: 1930 < day.year < 2010),
    st.integers(0, 999),
).map(lambda parts: f"{parts[0]}00{parts[1]:%Y%m%d}{parts[2]:03d}").map(lambda first: first + check_digit(first))


@given(numbers)
def test_a_number_said_is_heard_as_the_same_number(text):
    assert hear_identity([say_digits(text)]) == text
    assert hear_identity([f"我的身份证号是{say_digits(text, groups=(6, 8))}"]) == text


@given(numbers, st.integers(0, 17), st.data())
def test_every_number_with_one_confused_digit_is_found_and_offered(text, place, data):
    heard_as = [pair[1] for pair in CONFUSED if pair[0] == text[place]]
    if not heard_as:
        return
    heard = text[:place] + data.draw(st.sampled_from(heard_as)) + text[place + 1 :]
    sealed = hear_identity([say_digits(heard)])
    with pytest.raises(IdNumberWrong):
        IdNumber(sealed)
    assert IdNumber(text) in id_repairs(sealed)


@given(numbers)
def test_a_digit_lost_beside_its_like_is_found(text):
    for place in (at for at in range(1, 18) if text[at] == text[at - 1]):
        sealed = hear_identity([say_digits(text[:place] + text[place + 1 :])])
        assert IdNumber(text) in id_repairs(sealed)


@given(numbers, st.integers(0, 16), st.integers(0, 9))
def test_a_wrong_digit_is_never_taken(text, place, digit):
    assume(text[place] != str(digit))
    sealed = hear_identity([say_digits(text[:place] + str(digit) + text[place + 1 :])])
    with pytest.raises(IdNumberWrong):
        IdNumber.parse(sealed)


@pytest.mark.parametrize(
    "said",
    [
        "没有三二零二零零一九九零零三零七零零二八",
        "三二零二零零一九九零零三零七零零二八一下",
        "换领身份证号是三二零二零零一九九零零三零七零零二八驾照",
        "三二零二零零，一九九零零三零七，呃，零零二八",
        "三二零二两个零一九九零零三零七零零二八",
    ],
)
def test_other_peoples_words_around_it_do_no_harm(said):
    assert hear_identity([said]) == WHOLE


def test_a_digit_too_many_is_offered_without_it():
    for said in ("八三二零二零零一九九零零三零七零零二八", "三二零二零零一九九零零三零七零零二八五"):
        sealed = hear_identity([said])
        assert sealed is not None
        assert len(sealed) != 18
        assert id_repairs(sealed)[0].text == WHOLE


def test_a_right_number_among_the_other_guesses_is_offered_first_and_not_taken():
    wrong = "三二零二零零一九九零零三零七零零三八"
    sealed = hear_identity([wrong, say_digits(WHOLE)])
    assert "/" in sealed
    with pytest.raises(IdNumberWrong):
        IdNumber.parse(sealed)
    assert WHOLE in [each.text for each in id_repairs(sealed)[:2]]


def test_the_spoken_forms_of_x():
    text = "32020019900307001X"
    for last in ("叉", "X", "大写的叉", "艾克斯"):
        assert hear_identity([say_digits(text[:17]) + last]) == text


@pytest.mark.parametrize("said", ["不知道", "", "三二零二零零", "我没带身份证", "幺三八零零零零幺幺幺幺"])
def test_what_is_no_identity_number_is_none(said):
    assert hear_identity([said]) is None
