import pytest

from ivr.domain.spoken_exams import hear_choice, hear_licence_class, hear_session, hear_subject


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("我想约科目二", "2"), ("可二", "2"), ("约可二越早越好", "2"), ("科三", "3"), ("大路考", "3"), ("科目四", "3B"),
        ("我要约科四就是那个安全文明", "3B"), ("科目三理论", "3B"), ("理论考试", "1"), ("科目一", "1"), ("科一过了约科二", "2"),
        ("科目贰", "2"), ("倒车入库", "2"),
    ],
)  # fmt: skip
def test_a_subject_is_heard_as_people_name_it(said: str, subject: str) -> None:
    assert hear_subject(said) == subject


@pytest.mark.parametrize("said", ["我要约考试", "可以", "可是", "科二还是科三", "二"])
def test_no_subject_is_made_up(said: str) -> None:
    assert hear_subject(said) is None


def test_a_bare_number_is_a_subject_where_one_was_asked_for() -> None:
    assert hear_subject("二", asked=True) == "2"
    assert hear_subject("第三", asked=True) == "3"


@pytest.mark.parametrize(
    ("said", "licence_class"),
    [("C一", "C1"), ("西一照", "C1"), ("自动挡的", "C2"), ("B二想降成C一", "C1"), ("A二", "A2"), ("大车本", "B2"), ("我是增驾B二的", "B2"), ("考试", None)],
)
def test_a_class_is_heard(said: str, licence_class: str | None) -> None:
    assert hear_licence_class(said) == licence_class


@pytest.mark.parametrize(("said", "session"), [("上午第一场", "morning"), ("下午的两点以后", "afternoon"), ("八点半那场", "morning"), ("城北", None), ("上午下午都行", None)])
def test_a_half_of_the_day_is_heard(said: str, session: str | None) -> None:
    assert hear_session(said) == session


def test_the_first_guess_that_says_something_counts():
    assert hear_subject(["可以", "科一"]) == "1"
    assert hear_subject(["接客服", "约科四"]) == "3B"
    assert hear_session(["是店的", "十点的"]) == "morning"
    assert hear_choice(["想问一下", "第二个"], ["甲", "乙"]) == 1
    assert hear_subject([]) is None
