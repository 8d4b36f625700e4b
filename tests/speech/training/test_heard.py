"""The dialogue's sentences as the ear hears them. Only where the training group is installed."""

import ctypes.util

import pytest
import yaml

from ivr.settings import Settings

pytest.importorskip("kaldi_native_fbank")
pytest.importorskip("scipy")
pytestmark = pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")

MODEL = Settings.model_fields["speech_model"].default


def nlu_data(folder, **examples):
    (folder / "intents").mkdir(parents=True)
    blocks = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in examples.items()]
    (folder / "intents" / "all.yml").write_text(yaml.safe_dump({"nlu": blocks}, allow_unicode=True), "utf-8")
    return folder


def test_a_yes_and_a_no_are_never_learned_from_what_was_misheard(tmp_path):
    from ivr.speech.training.heard import wanted

    data = nlu_data(tmp_path, affirm=["对的"], deny=["不对"], move_car=["我要挪车"])
    assert wanted(data) == [("move_car", "我要挪车")]


async def test_a_sentence_is_heard_alike_whatever_is_said_beside_it(tmp_path):
    from ivr.speech.training.heard import examples

    alone = await examples(MODEL, [("move_car", "我的车被堵住了出不去")], tmp_path / "a")
    among = await examples(MODEL, [("exam_book", "我想约科目二"), ("move_car", "我的车被堵住了出不去")], tmp_path / "b")
    assert [each.intent for each in among] == ["exam_book", "move_car"]
    assert alone == among[1:]
    assert alone[0].readings[0]


def test_only_what_was_heard_in_other_words_is_kept_and_nothing_that_is_kept_for_tests():
    from ivr.speech.training.heard import Example, misheard

    right = Example("exam_book", "我要约科目2", ("我要约科目二", "我要月科目二"))
    wrong = Example("exam_book", "我要约科目二", ("我要月科目二", "我要约科目二"))
    barred = Example("exam_book", "约科目二", ("预约科二", "月科目二"))
    assert list(misheard([right, wrong, barred], frozenset(["预约科二"]))) == [
        wrong, Example("exam_book", "约科目二", ("月科目二",)),
    ]  # fmt: skip


def test_rasa_reads_what_is_written():
    from ivr.speech.training.heard import Example, as_training_data

    found = [Example("exam_book", "约科目二", ("月科目二", "约科目二")), Example("fire", "着火了", ("找火了",))]
    read = yaml.safe_load(as_training_data(found))["nlu"]
    assert [(block["intent"], block["examples"]) for block in read] == [
        ("exam_book", [{"text": "月科目二", "metadata": {"alternatives": ["月科目二", "约科目二"]}}]),
        ("fire", [{"text": "找火了", "metadata": {"alternatives": ["找火了"]}}]),
    ]
