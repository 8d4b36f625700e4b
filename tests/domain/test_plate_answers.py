import pytest

from ivr.domain.plate_answers import asked_place, settle_plate
from ivr.domain.plates import Plate
from ivr.domain.spoken_plates import hear_plate


def plates(*texts):
    return [Plate(text) for text in texts]


@pytest.mark.parametrize(
    ("plate", "others", "said", "meant"),
    [
        ("桂F58647", ["贵F58647"], ["贵州的贵"], "贵F58647"),
        ("桂F58647", ["贵F58647"], ["广西的桂"], "桂F58647"),
        ("冀K84L4X", ["吉K84L4X"], ["吉林的吉C五"], "吉K84L4X"),
        ("渝H3J368", ["豫H3J368"], ["滨江河南的豫L", "河南"], "豫H3J368"),
        ("苏B70524", ["苏D70524"], ["大连的D"], "苏D70524"),
        ("苏B70524", ["苏D70524"], ["嗯大连"], "苏D70524"),
        ("苏B85395", ["苏BA5395"], ["日照的R"], "苏BR5395"),
        ("苏G2M6T3", ["苏G2M673"], ["北京的B"], "苏G2M6B3"),
        ("苏BD96150", ["苏BE96150"], ["呃可以", "鹅的E"], "苏BE96150"),
        ("湘F29YE挂", ["湘F29Y1挂"], ["一"], "湘F29Y1挂"),
        ("苏B12345", ["苏B72345"], ["是七"], "苏B72345"),
        ("藏F37656", ["藏F31656"], ["没有天津的T幺", "天津的T幺"], "藏F3T656"),
        ("粤YUD91挂", ["粤YUB91挂"], ["没有北京的B幺吗"], "粤YUB91挂"),
        ("黑DD16344", ["黑BD16344"], ["你听错了急用", "苹果的P"], "黑PD16344"),
    ],
)
def test_an_answer_settles_the_plate(plate, others, said, meant):
    assert settle_plate(Plate(plate), plates(*others), said) == Plate(meant)


@pytest.mark.parametrize("said", [[], ["不知道"], ["对"], ["你说什么"], ["清扬路"], ["不是贵州的"]])
def test_what_answers_nothing_settles_nothing(said):
    assert settle_plate(Plate("桂F58647"), plates("贵F58647"), said) is None


def test_a_long_number_settles_nothing_whatever_the_lesser_guesses_hold():
    assert settle_plate(Plate("苏B54321"), plates("苏B5432E"), ["*******", "鹅的E", "E"]) is None


def test_the_place_asked_about_is_where_the_first_other_reading_differs():
    assert asked_place(Plate("苏B12345"), plates("苏B72345", "苏D12345")) == 2
    assert asked_place(Plate("苏B12345"), []) is None
    assert asked_place(Plate("苏B12345"), plates("苏D72345")) is None
    assert asked_place(Plate("苏B12345"), plates("苏BD12345")) is None


@pytest.mark.parametrize(
    "texts",
    [
        ["津P幺四七九五", "晋P幺四七九五"],
        ["云K六三七八七", "云K六三B八七"],
        ["渝C七零五九二", "豫C七零五九二"],
        ["嗯苏B七零五二四", "嗯苏D七零五二四"],
    ],
)
def test_the_question_is_about_the_first_other_candidate(texts):
    heard = hear_plate(texts, home="苏B")
    if heard.question is None:
        return
    others = [other for other in heard.candidates if other != heard.plate]
    at = asked_place(heard.plate, others)
    assert at is not None
    for plate in (heard.plate, others[0]):
        sign = plate.text[at]
        assert sign in heard.question or "零一二三四五六七八九"[int(sign)] in heard.question


def test_a_letter_that_a_province_does_not_have_needs_no_question():
    assert hear_plate(["冀K八四五四六", "吉K八四五四六"], home="苏B").plate == Plate("吉K84546")
    assert hear_plate(["吉K八四五四六", "冀K八四五四六"], home="苏B").question is None
    assert hear_plate(["冀A八四五四六", "吉A八四五四六"], home="苏B").question is not None
