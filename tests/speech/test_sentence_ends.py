"""Whether a caller has finished, by his words: on sentences that the weights were not learned from."""

from pathlib import Path

import pytest

from ivr.speech.sentence_ends import WEIGHTS, SentenceEnds, marks_of, sentence_ends, write_weights

HELD_OUT = Path(__file__).resolve().parents[2] / "nlu_data"


@pytest.fixture(scope="module")
def places():
    """(likelihoods where held-out sentences end, likelihoods at the words inside them)."""
    from ivr.speech.training.sentences import segment, written_examples

    ends, inside = [], []
    for _, text in written_examples(HELD_OUT, "heldout/*.yml"):
        words = segment(text)
        said = ["".join(words[: count + 1]) for count in range(len(words))]
        inside += [sentence_ends().likelihood(each) for each in said[:-1] if len(each) > 1]
        ends.append(sentence_ends().likelihood(said[-1]))
    return ends, inside


def test_most_places_inside_a_sentence_are_told_from_its_end(places):
    ends, inside = places
    assert len(ends) > 400
    assert sum(each < 0.16 for each in ends) / len(ends) < 0.12
    assert sum(each < 0.16 for each in inside) / len(inside) > 0.68


@pytest.mark.parametrize(("goes_on", "whole"), [
    ("我要补", "我要补行驶证"), ("停在我家", "停在我家门口"), ("我想预约科目", "我想预约科目三"),
    ("我的驾驶证", "我的驾驶证丢了"),
])
def test_the_beginning_of_a_sentence_is_less_likely_all_than_the_whole(goes_on, whole):
    assert sentence_ends().likelihood(goes_on) < sentence_ends().likelihood(whole) / 2


@pytest.mark.parametrize("text", ["", "我"])
def test_of_a_single_character_nothing_is_known(text):
    assert sentence_ends().likelihood(text) == 0.5


def test_what_was_never_seen_has_a_likelihood_too():
    assert 0 < sentence_ends().likelihood("魑魅魍魉") < 1


def test_weights_are_written_as_they_are_read(tmp_path):
    table = tmp_path / "ends.tsv"
    assert write_weights(table, [("^我要", -1.5), ("丢了", 2.0), ("无", 0.001)], 0.25) == 3
    read = sentence_ends(table)
    assert read.likelihood("我要") == pytest.approx(SentenceEnds({"bias": 0.25, "^我要": -1.5}).likelihood("我要"))
    assert read.likelihood("丢了") > 0.85
    assert table.read_text("utf-8").splitlines() == ["bias\t25", "^我要\t-150", "丢了\t200"]


def test_marks_hold_the_last_characters_and_no_more():
    assert list(marks_of("我要补")) == ["补", "要补", "我要补", "^我要补", "length 3", "run 0", "begins 我要", "begins 我要 ends 补"]
    assert "run 5" in marks_of("苏B一二三四")


def test_the_shipped_table_is_small():
    assert WEIGHTS.stat().st_size < 400_000
