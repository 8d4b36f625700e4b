"""Vosk's n-best answers as hypotheses with confidences; no model needed."""

import pytest

from ivr.speech.readings import MOST_HYPOTHESES, readings, recognition
from ivr.speech.recognizer import Recognition


def alternative(score, *words, began=0.0):
    result = [{"word": word, "start": began + at * 0.5, "end": began + at * 0.5 + 0.5} for at, word in enumerate(words)]
    return {"confidence": score, "text": " ".join(words), "result": result}


def heard(*alternatives, began=0.0, keep_unknown=False):
    found = readings({"alternatives": list(alternatives)}, began_seconds=began, keep_unknown=keep_unknown)
    return recognition(found)


def test_scores_become_shares_best_first():
    found = heard(alternative(50.0, "苏", "B"), alternative(51.0, "苏", "D"))
    assert [h.text for h in found.hypotheses] == ["苏D", "苏B"]
    assert sum(h.confidence for h in found.hypotheses) == pytest.approx(1)
    assert found.hypotheses[0].confidence == pytest.approx(0.731, abs=0.001)


def test_a_word_in_all_readings_is_surer_than_one_in_some():
    best = heard(alternative(50.0, "苏", "B"), alternative(50.0, "苏", "D")).hypotheses[0]
    assert [round(word.confidence, 2) for word in best.words] == [1.0, 0.5]


def test_the_same_word_elsewhere_does_not_make_it_surer():
    best = heard(alternative(51.0, "五", "三"), alternative(50.0, "三", "五")).hypotheses[0]
    assert best.words[0].confidence == pytest.approx(best.confidence)


def test_one_text_cut_into_words_in_two_ways_is_one_hypothesis():
    found = heard(alternative(50.0, "科目", "二"), alternative(50.0, "科目二"))
    assert [(h.text, h.confidence) for h in found.hypotheses] == [("科目二", pytest.approx(1))]


def test_words_are_timed_from_the_beginning_of_the_utterance():
    word = heard(alternative(9.0, "好", began=7.25), began=7.0).hypotheses[0].words[0]
    assert (word.start_seconds, word.end_seconds) == (pytest.approx(0.25), pytest.approx(0.75))


def test_nothing_was_said_when_the_empty_reading_is_likelier():
    assert heard(alternative(20.0), alternative(18.0, "喂"), alternative(18.0, "贵")) == Recognition()


def test_an_unlikely_empty_reading_is_left_out():
    assert [h.text for h in heard(alternative(18.0), alternative(20.0, "对")).hypotheses] == ["对"]


def test_unknown_speech_is_a_finding_of_a_grammar_and_noise_of_the_full_model():
    answer = alternative(20.0, "[unk]", "是")
    assert heard(answer, keep_unknown=True).text == "[unk]是"
    assert heard(answer).text == "是"


@pytest.mark.parametrize("answer", [{}, {"alternatives": []}, {"alternatives": [{"confidence": 1.0, "text": ""}]}])
def test_an_empty_answer_is_nothing_heard(answer):
    assert recognition(readings(answer, began_seconds=0, keep_unknown=False)) == Recognition()


def test_no_more_hypotheses_than_promised():
    many = [alternative(50.0 - at, f"{chr(0x4E00 + at)}") for at in range(30)]
    assert len(heard(*many).hypotheses) == MOST_HYPOTHESES
