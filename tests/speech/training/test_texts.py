import random
import re

from ivr.speech.training.sentences import VALUES, sentence_of
from ivr.speech.training.texts import WEIGHTS, all_patterns, names, own_words, parse


def test_a_file_holds_patterns_choices_and_weights():
    patterns = parse("# a remark\n$who = 我|他\n3* <who>要挪车\n\n挪车\n", 2.0)
    assert patterns.lines == ("<who>要挪车",) * 3 + ("挪车",)
    assert patterns.choices == {"who": "(我|他)"}


def test_every_category_has_a_file_whose_names_and_values_exist():
    for category in WEIGHTS:
        patterns = all_patterns()[category]
        for text in (*patterns.lines, *patterns.choices.values()):
            assert set(re.findall(r"<(\w+)>", text)) <= set(patterns.choices), (category, text)
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(VALUES), (category, text)
            assert text.count("(") == text.count(")"), (category, text)


def test_every_category_makes_sentences_without_signs():
    r = random.Random(1)
    for category in WEIGHTS:
        for _ in range(30):
            assert re.fullmatch("[一-龥A-Z]*", "".join(sentence_of(category, r)))


def test_nothing_kept_for_tests_was_copied_into_a_pattern():
    from pathlib import Path

    import ivr.speech.training.texts as module

    kept = Path(module.__file__).with_name("natural.txt").read_text("utf-8").splitlines()
    written = {line for patterns in all_patterns().values() for line in patterns.lines}
    assert not written & {line for line in kept if not line.startswith("#")}


def test_names_and_own_words_are_words():
    assert {"挪车", "转人工"} <= own_words()
    assert "人民" in names()["road_stem"]
    assert len(names()["road_stem"]) > 150
