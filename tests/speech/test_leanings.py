"""Letters that the ear takes for others, made up for; the shipped table; broken ones."""

import json

import pytest

from ivr.settings import Settings
from ivr.speech.errors import ModelBroken
from ivr.speech.leanings import FILE, Leanings, load_leanings
from ivr.speech.readings import Reading
from ivr.speech.vosk import VoskEar, second_thoughts

SHIPPED = Settings.model_fields["speech_model"].default
LEANS = Leanings({"B": -0.5, "D": 1.0})


def guess(text, share):
    return Reading(tuple((sign, at * 0.3, at * 0.3 + 0.2) for at, sign in enumerate(text)), share)


def shares(found):
    return {each.text: each.share for each in found}


def test_a_letter_that_is_heard_too_seldom_gains_and_all_together_stay():
    found = LEANS.weigh([guess("苏B一二", 0.5), guess("苏D一二", 0.3), Reading((), 0.2)])
    assert [each.text for each in found] == ["苏D一二", "苏B一二", ""]
    assert shares(found)[""] == 0.2
    assert shares(found)["苏D一二"] / shares(found)["苏B一二"] == pytest.approx(0.3 / 0.5 * 2.718281828**1.5)
    assert sum(shares(found).values()) == pytest.approx(1.0)


def test_a_letter_counts_as_often_as_it_stands():
    once, twice = (shares(LEANS.weigh([guess(text, 0.5), guess("苏CC一", 0.5)]))[text] for text in ("苏CD一", "苏DD一"))
    assert twice > once > 0.5


def test_a_letter_alone_in_a_sentence_is_a_word():
    found = [guess("用D办", 0.4), guess("用B办", 0.6)]
    assert shares(LEANS.weigh(found)) == pytest.approx(shares(found))


def test_digits_alone_keep_their_shares():
    found = [guess("一二三", 0.6), guess("七二三", 0.4)]
    assert shares(LEANS.weigh(found)) == pytest.approx(shares(found))


def test_the_shipped_table_makes_up_for_the_letters_that_noise_hides():
    letters = load_leanings(SHIPPED / FILE).letters
    assert len(letters) == 24
    assert letters["D"] > letters["B"]
    assert second_thoughts(SHIPPED).alternatives == 20


def test_a_model_without_tables_is_taken_at_its_word(tmp_path):
    nothing = second_thoughts(tmp_path)
    found = [guess("苏B", 0.6), guess("苏D", 0.4)]
    assert nothing.alternatives == 10
    assert nothing.weigh(found, b"") == found


@pytest.mark.parametrize("told", ["[1]", '{"D": "much"}', '{"D": 9}', '{"苏": 1}', '{"DD": 1}', '{"": 1}', "{"])
def test_a_table_that_is_none_says_so(tmp_path, told):
    (tmp_path / FILE).write_text(told, "utf-8")
    with pytest.raises(ValueError, match=FILE):
        load_leanings(tmp_path / FILE)


def test_an_ear_with_a_broken_table_is_not_used(tmp_path):
    for each in SHIPPED.iterdir():
        if each.name != FILE:
            (tmp_path / each.name).symlink_to(each)
    (tmp_path / FILE).write_text(json.dumps({"D": 99}), "utf-8")
    with pytest.raises(ModelBroken):
        VoskEar(tmp_path)
