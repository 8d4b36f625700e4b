"""How what happened is put to the dialogue, and what never reaches it."""

import json

import pytest

from ivr.call.events import Heard, OrderArrived, ValueSealed
from ivr.call.questions import (
    from_keys,
    from_order,
    from_sealed,
    from_speech,
    names_nobody,
    sealable,
)
from ivr.dialogue.replies import Expect, ExpectKind


def test_speech_goes_with_its_alternatives_and_what_was_expected():
    question = from_speech(Heard(("苏B 一二三", "输 B 一二三"), 0.8125, 1.0), Expect(kind=ExpectKind.PLATE))
    assert question.message == "苏B一二三"
    assert question.metadata == {"alternatives": ["苏B一二三", "输B一二三"], "confidence": 0.812, "expect": "plate"}


def test_at_most_ten_alternatives_travel_each_with_its_share():
    heard = Heard(tuple(f"第{n}种" for n in range(30)), 0.5, 1.0, (0.5, 0.123456, *[0.01] * 28))
    metadata = from_speech(heard, Expect()).metadata
    assert len(metadata["alternatives"]) == len(metadata["shares"]) == 10
    assert metadata["shares"][:2] == [0.5, 0.1235]


@pytest.mark.parametrize("text", ["/restart", "//dtmf{}"])
def test_words_cannot_be_commands(text):
    assert not from_speech(Heard((text,), 1.0, 1.0), Expect()).message.startswith("/")


def test_a_number_that_names_a_person_is_masked_in_every_alternative():
    heard = Heard(("我电话一三八零零零零一一一一", "我电话13800001111"), 0.9, 3.0)
    question = from_speech(heard, Expect())
    told = question.message + json.dumps(question.metadata, ensure_ascii=False) + question.shown
    assert "13800001111" not in told
    assert "一三八零零零零一一一一" not in told


def test_keys_events_and_sealed_values_are_intents_with_entities():
    assert from_keys("12", Expect()).message == '/dtmf{"digits": "12"}'
    assert from_order(OrderArrived("resume", "case_update", {"state": "closed"})).message == '/case_update{"state": "closed"}'
    sealed = from_sealed(ValueSealed("phone", "sv_1", "1111"))
    assert json.loads(sealed.message.removeprefix("/give_sealed")) == {"kind": "phone", "ref": "sv_1", "tail": "1111"}


def test_nothing_of_a_question_is_shown_by_accident():
    assert "一二三" not in repr(from_speech(Heard(("苏B一二三",), 1.0, 1.0), Expect()))


@pytest.mark.parametrize(
    ("kind", "texts", "value"),
    [
        (ExpectKind.PHONE, ("幺三八零零零零幺幺幺幺",), "13800001111"),
        (ExpectKind.SMS_CODE, ("一二三四五", "一二三四五六"), "123456"),
        (ExpectKind.SMS_CODE, ("一二三四五",), None),
        (ExpectKind.PHONE, ("不知道",), None),
    ],
)
def test_a_sensitive_value_is_sealed_only_when_it_is_whole(kind, texts, value):
    assert sealable(Expect(kind=kind, sensitive=True), texts) == value


@pytest.mark.parametrize(("texts", "talk"), [
    (("没收到",), True), (("等一下",), True), (("三二零二", "山东"), False), (("没收到", "一三八零"), False),
])
def test_talk_is_told_from_part_of_a_number(texts, talk):
    assert names_nobody(texts) is talk
