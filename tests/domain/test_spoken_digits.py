import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.spoken_digits import hear_digits, hear_phone, mask_personal, say_digits

digits = st.text("0123456789", min_size=1, max_size=18)
mobiles = st.tuples(st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9)).map(
    lambda parts: "1" + "".join(parts)
)


@given(digits, st.booleans())
def test_what_is_said_of_digits_is_heard_as_the_same_digits(text, yao):
    assert hear_digits([say_digits(text, yao=yao)], count=len(text)) == text
    assert hear_digits([say_digits(text, groups=(3, 4), yao=yao)]) == text


@given(mobiles)
def test_a_phone_number_said_in_a_sentence_is_heard_and_hidden(text):
    said = f"我的电话是{say_digits(text, groups=(3, 4))}，谢谢"
    assert hear_phone([said]) == text
    masked, found = mask_personal(said)
    assert found
    assert hear_phone([masked]) is None
    assert masked.endswith("，谢谢")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("三二零二零零一九九零零三零七零零一叉", "32020019900307001X"),
        ("身份证是三二零二零零一九九零零三零七零零一大写的叉", "32020019900307001X"),
        ("验证码四八二九幺七", "482917"),
        ("验证码是四八二 九幺七", "482917"),
        ("三个八两个六", "88866"),
        ("双八六", "886"),
        ("洞幺两拐勾", "01279"),
        ("嗯，那个，四八二九幺七", "482917"),
        ("腰三八", "138"),
        ("482917", "482917"),
        ("４８２９", "4829"),
        ("结尾是二八", "28"),
    ],
)
def test_digits_are_heard_however_they_are_said(said, wanted):
    assert hear_digits([said]) == wanted
    assert hear_digits(said) == wanted


@pytest.mark.parametrize("said", ["", "你好", "清扬路六十八号", "不知道", "八点半"])
def test_what_is_not_digits_is_none(said):
    assert hear_digits([said]) is None


def test_a_guess_of_the_right_length_is_preferred():
    assert hear_digits(["四八二九幺", "四八二九幺七"], count=6) == "482917"
    assert hear_digits(["四八二九幺"], count=6) is None


def test_a_five_grown_behind_six_or_nine_is_dropped_when_the_length_says_so():
    assert hear_digits(["四八二九五幺七"], count=6) == "482917"
    assert hear_phone(["幺三八零零零零六五幺幺幺"]) == "13800006111"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800001111", "*******1111"),
        ("三二零二零零一九五四零一零一零零一四", "**************零零一四"),
        ("幺三八四个零四个幺", "*********"),
        ("腰三八零零零零腰腰腰腰", "*******腰腰腰腰"),
        ("电话八二七一二三四五", "电话********"),
        ("联系138 0000 1111吧", "联系*********1111吧"),
    ],
)
def test_numbers_that_name_a_person_are_hidden(text, masked):
    assert mask_personal(text) == (masked, True)


@pytest.mark.parametrize(
    "text",
    [
        "苏B一二三四五",
        "苏B12345",
        "清扬路六十八号",
        "一二三四五，一二三四五",
        "苏B一二三四五一二三四五",
        "验证码",
        "十二月二号",
        "",
    ],
)
def test_plates_and_places_are_left_alone(text):
    assert mask_personal(text) == (text, False)


def test_digits_are_said_in_groups():
    assert say_digits("13800001111", groups=(3, 4)) == "幺三八，零零零零，幺幺幺幺"
    assert say_digits("12345", yao=False) == "一二三四五"
    assert say_digits("001X") == "零零幺叉"


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["京V九零零幺幺四", "京V六零零幺幺四", "青V九零零幺幺四"], "900114"),
        (["验证码是九五九九零四位于", "验证码是九五九九零四V"], "959904"),
        (["上海验证码是八七九九四五", "上课验证码是八七九九四五"], "879945"),
        (["三幺六五九五四", "三幺六五九五"], "316595"),
        (["八四九零七事情", "八四九零七七"], "849077"),
        (["麻烦一下幺六二八二八", "麻烦一下幺六二八二二", "麻烦一下四幺六二八二八"], None),
        (["湘U零五五零一幺八", "琼U零五五零一幺八"], None),
        (["六零零幺", "没收到"], None),
    ],
)
def test_a_code_between_other_peoples_words(texts, code):
    assert hear_digits(texts, count=6) == code


@given(st.text("0123456789", min_size=6, max_size=6), st.booleans())
def test_a_code_said_is_heard_as_the_same_code(code, yao):
    assert hear_digits([say_digits(code, yao=yao)], count=6) == code
    assert hear_digits([say_digits(code, yao=yao, groups=(3,))], count=6) == code
    assert hear_digits([f"验证码是{say_digits(code, yao=yao)}"], count=6) == code


@given(st.text("0123456789", min_size=6, max_size=6), st.integers(1, 5))
def test_a_lost_digit_is_never_guessed_back(code, place):
    assert hear_digits([say_digits(code[:place] + code[place + 1 :])], count=6) is None


@given(st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9))
def test_a_phone_said_is_heard_as_the_same_phone(second, rest):
    phone = f"1{second}{rest}"
    assert hear_phone([say_digits(phone, groups=(3, 4))]) == phone
    assert hear_phone([f"我的手机号是{say_digits(phone)}"]) == phone
