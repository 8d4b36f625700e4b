from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.dates import hear_date, say_date

MONDAY = date(2026, 11, 23)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 364))
def test_a_day_said_in_full_is_heard_as_the_same_day(today, away):
    day = today + timedelta(days=away)
    said = say_date(day, today=today)
    assert hear_date(said.split("，")[0], today=today).day == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("下周三的科目三", date(2026, 12, 2)),
        ("下个礼拜三", date(2026, 12, 2)),
        ("这周三", date(2026, 11, 25)),
        ("下下周一", date(2026, 12, 7)),
        ("礼拜五下午", date(2026, 11, 27)),
        ("星期天不行", date(2026, 11, 29)),
        ("今天", MONDAY),
        ("后天", date(2026, 11, 25)),
        ("大后天", date(2026, 11, 26)),
        ("这个月二十八号", date(2026, 11, 28)),
        ("十五号", date(2026, 12, 15)),
        ("三十一号", date(2026, 12, 31)),
        ("下个月三号", date(2026, 12, 3)),
        ("十二月二号", date(2026, 12, 2)),
        ("12月2号", date(2026, 12, 2)),
        ("二月三号", date(2027, 2, 3)),
        ("明年一月五号", date(2027, 1, 5)),
        ("二零二七年一月三号", date(2027, 1, 3)),
        ("三天后", date(2026, 11, 26)),
        ("两个星期后", date(2026, 12, 7)),
    ],
)
def test_a_day_is_heard(said, day):
    heard = hear_date(said, today=MONDAY)
    assert (heard.day, heard.question) == (day, None)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("月底之前", date(2026, 11, 21), date(2026, 11, 30)),
        ("十二月初", date(2026, 12, 1), date(2026, 12, 10)),
        ("下个月中旬", date(2026, 12, 11), date(2026, 12, 20)),
        ("周末", date(2026, 11, 28), date(2026, 11, 29)),
    ],
)
def test_a_span_is_heard(said, first, last):
    heard = hear_date(said, today=MONDAY)
    assert (heard.first, heard.last, heard.day) == (first, last, None)


def test_a_weekday_that_is_today_is_asked_about():
    assert hear_date("周一", today=MONDAY).question == "是今天，还是下个星期一？"
    sunday = date(2026, 11, 29)
    assert hear_date("这周日", today=sunday).question == "是今天，还是下个星期天？"


def test_the_lunar_calendar_is_declined():
    heard = hear_date("腊月初八", today=MONDAY)
    assert heard.first is None
    assert heard.question == "请说公历的日期，比如十二月二号。"


@pytest.mark.parametrize("said", ["", "不知道", "二月三十号", "十三月一号", "随便"])
def test_an_impossible_day_is_none(said):
    assert hear_date(said, today=MONDAY).first is None


def test_a_day_is_said_with_its_weekday():
    assert say_date(date(2026, 12, 2)) == "十二月二号，星期三"
    assert say_date(date(2027, 2, 3), today=MONDAY) == "二零二七年二月三号，星期三"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("夏这礼拜四", date(2026, 12, 3)),
        ("下这礼拜四可以吗", date(2026, 12, 3)),
        ("夏隔离S可以吗", date(2026, 12, 3)),
        ("夏隔离白衣可以吗", date(2026, 11, 30)),
        ("下下这礼拜一", date(2026, 12, 7)),
        ("下个月礼拜五", date(2026, 12, 4)),
    ],
)
def test_next_week_in_the_characters_of_a_recogniser(said, day):
    assert hear_date(said, today=MONDAY).day == day


def test_the_first_guess_that_names_a_day_counts():
    assert hear_date(["后面可以吗", "后天可以吗"], today=MONDAY).day == date(2026, 11, 25)
    assert hear_date([], today=MONDAY).day is None


def test_a_month_that_was_lost_is_not_guessed():
    assert hear_date("月二十五号", today=MONDAY).day is None
