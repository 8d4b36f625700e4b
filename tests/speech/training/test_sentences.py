import itertools
import random

import pytest

from ivr.speech.training.sentences import expand, held_out, segment, sentences, written_sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我要挪车", ["我", "要", "挪车"]),
        ("苏B12345，在路口", ["苏", "B", "一", "二", "三", "四", "五", "在", "路口"]),
        ("六十八号", ["六", "十", "八", "号"]),
        ("等一下", ["等一下"]),
        ("是它的", ["是", "他", "的"]),
    ],
)
def test_text_is_cut_into_words_digits_and_letters(text, words):
    assert segment(text) == words


def test_a_pattern_chooses_among_nested_choices():
    r = random.Random(3)
    made = {"".join(expand("<hi>(我(要|想)|)挪车", {"hi": "(|喂)"}, r)) for _ in range(200)}
    assert made == {"挪车", "我要挪车", "我想挪车", "喂挪车", "喂我要挪车", "喂我想挪车"}


def test_patterns_that_meet_do_not_double_a_particle():
    r = random.Random(3)
    made = {"".join(expand("白色的(|的)(好了|)(了|)", {}, r)) for _ in range(100)}
    assert made == {"白色的", "白色的好了", "白色的了"}


def test_sentences_are_the_same_for_the_same_seed_and_never_held_out():
    first = list(itertools.islice(sentences(5), 200))
    assert first == list(itertools.islice(sentences(5), 200))
    assert not any(held_out(words) for _, words in first)


def test_a_short_sentence_is_never_held_out_and_some_long_ones_are():
    assert not any(held_out([sign] * 7) for sign in "一二三四五六七八九十百千万")
    r = random.Random(1)
    long = [["挪车", str(r.random())] for _ in range(300)]
    assert 10 < sum(map(held_out, long)) < 60


def test_the_dialogues_examples_lose_their_annotations_and_what_was_misheard_is_not_taught(tmp_path):
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "a.yml").write_text(
        'nlu:\n- intent: x\n  examples: |\n    - 停在[人民路](place)门口\n    - [白色]{"entity": "colour"}的\n', "utf-8"
    )
    (tmp_path / "intents" / "misheard.yml").write_text("nlu:\n- intent: x\n  examples: |\n    - 我要罗车\n", "utf-8")
    assert ["".join(words) for words in written_sentences(tmp_path)] == ["停在人民路门口", "白色的"]
