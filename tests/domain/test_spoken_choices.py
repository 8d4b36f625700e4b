import pytest

from ivr.domain.spoken_choices import hear_choice

VENUES = ["城北考场，上午", "新区考场，上午", "新区考场，下午"]
DAYS = ["十二月二号，星期三，城北考场，上午", "十二月四号，星期五，新区考场，下午", "十二月七号，星期一，城北考场，上午"]


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("城北吧近一点", 0), ("第一个", 0), ("最早的", 0), ("头一个", 0), ("都行", 0), ("随便", 0), ("第三个", 2), ("最后一个", 2),
        ("二", 1), ("选二", 1), ("新区下午", 2), ("新去下午那个", 2), ("成北考场", 0), ("下午的", 2), ("北边那个", 0), ("中间那个", 1),
    ],
)  # fmt: skip
def test_an_option_is_chosen_by_number_name_or_sound(said: str, chosen: int) -> None:
    assert hear_choice(said, VENUES) == chosen


@pytest.mark.parametrize("said", ["新区的", "都不行", "一个都不行", "第四个", "明天", "不知道", "我想想"])
def test_what_fits_two_or_none_chooses_nothing(said: str) -> None:
    assert hear_choice(said, VENUES) is None


@pytest.mark.parametrize(("said", "chosen"), [("二号的", 0), ("星期五那个", 1), ("四号", 1), ("城北七号", 2), ("周一", 2), ("城北", None), ("十二号", None)])
def test_a_day_is_a_number_and_no_part_of_one(said: str, chosen: int | None) -> None:
    assert hear_choice(said, DAYS) == chosen


def test_nothing_is_chosen_of_nothing() -> None:
    assert hear_choice("第一个", []) is None
    assert hear_choice("好的", ["城北考场，上午"]) == 0
    assert hear_choice("不要", ["城北考场，上午"]) is None
