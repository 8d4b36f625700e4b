import random

import pytest

from ivr.call.events import Heard
from ivr.cli.speech_bench.cases import Case
from ivr.cli.speech_bench.readers import offered, plate_turn, read
from ivr.dialogue.replies import Expect, ExpectKind

ID = "320200199003070028"


def heard(*texts):
    return Heard(texts, 1.0, 1.0)


def case(truth, kind, *, sensitive=False):
    return Case((), truth, Expect(kind=kind, sensitive=sensitive))


@pytest.mark.parametrize(
    ("category", "kind", "texts", "value", "unasked"),
    [
        ("yes_no", ExpectKind.YES_NO, ["对的"], "yes", True),
        ("yes_no", ExpectKind.YES_NO, ["不是"], "no", False),
        ("plate", ExpectKind.PLATE, ["苏B一二三四五"], "苏B12345", False),
        ("phone", ExpectKind.PHONE, ["幺三八零零零零幺幺幺幺"], "13800001111", False),
        ("code", ExpectKind.SMS_CODE, ["一二三四五六"], "123456", False),
        ("date", ExpectKind.DATE, ["下周三"], "2026-03-18", False),
        ("session", ExpectKind.DATE, ["下午"], "afternoon", False),
        ("subject", ExpectKind.CHOICE, ["可以", "科一"], "1", False),
        ("choice", ExpectKind.CHOICE, ["第二个"], "1", False),
        ("choice", ExpectKind.CHOICE, [], None, False),
    ],
)
def test_a_value_is_read_as_the_service_does(category, kind, texts, value, unasked):
    sealed = kind in (ExpectKind.PHONE, ExpectKind.SMS_CODE)
    outcome = read(category, case("", kind, sensitive=sealed), heard(*texts))
    assert (outcome.value, outcome.unasked) == (value, unasked)


def test_an_identity_number_is_taken_whole_or_offered():
    asked = case(ID, ExpectKind.ID_NUMBER, sensitive=True)
    assert read("id", asked, heard("三二零二零零一九九零零三零七零零二八")).value == ID
    misheard = heard("三二零二零零一九九零零三零七零零八八")
    assert read("id", asked, misheard).value is None
    assert offered(asked, misheard).value in (None, ID)
    assert offered(asked, heard("不知道")).value is None


@pytest.mark.parametrize(
    ("truth", "first", "says", "answer"),
    [
        ("苏B12345", ["苏B一二三四五"], None, None),
        ("贵A12345", ["桂A一二三四五"], "贵州的贵", ["贵州的贵"]),
        ("苏B12745", ["苏B一二三四五"], "不对第三位是七", ["不对第三位是七"]),
        ("苏E12345", ["苏B一二三四五"], "不对是苏鹅的E", ["不对是苏E"]),
        ("苏B12345", ["听不清"], None, ["苏B一二三四五"]),
    ],
)
def test_one_question_leads_to_the_plate(truth, first, says, answer):
    asked = case(truth, ExpectKind.PLATE)
    turn = plate_turn(asked, heard(*first), random.Random(1))
    if answer is None:
        assert turn is None
        return
    if says:
        assert "".join(turn.words) == says
    assert turn.settle(answer) == truth
