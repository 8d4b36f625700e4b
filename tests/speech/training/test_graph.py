import math
import shutil

import pytest

from ivr.speech.training.graph import (
    Tree,
    count_ngrams,
    even_out,
    grammar_text,
    make_graph,
    single_words,
    witten_bell,
)
from ivr.speech.training.units import TRANSITIONS, phones_of

SENTENCES = [(("我", "要", "挪车"), 2.0), (("我", "要", "人工"), 1.0), (("人工",), 1.0)]


def model():
    counts = count_ngrams(SENTENCES, 3)
    return witten_bell(counts, single_words(counts, {"谢谢": 1.0}, 0.2), (0.0, 1.0, 2.0))


def test_ngrams_are_counted_with_their_weights():
    counts = count_ngrams(SENTENCES, 3)
    assert counts[1]["要",] == {"挪车": 2.0, "人工": 1.0}
    assert counts[2]["<s>", "我"] == {"要": 3.0}


def test_single_words_count_their_contexts_and_keep_every_word_possible():
    share = single_words(count_ngrams(SENTENCES, 3), {"谢谢": 1.0, "没见过": 0.0}, 0.2)
    assert math.isclose(sum(share.values()), 1.0)
    assert share["人工"] > share["挪车"]
    assert share["没见过"] > 0


@pytest.mark.parametrize("history", [(), ("我",), ("我", "要"), ("没见过",)])
def test_the_probabilities_after_any_history_add_up_to_one(history):
    made = model()
    assert math.isclose(sum(made.of(word, history) for word in made.probability[()]), 1.0, abs_tol=1e-6)


def test_what_was_seen_is_likelier_than_what_was_not():
    made = model()
    assert made.of("挪车", ("我", "要")) > made.of("人工", ("我", "要")) > made.of("谢谢", ("我", "要"))


TOLD = [(tuple("苏B一二"), 3.0), (tuple("苏C二二"), 1.0), (("是", "一", "个"), 5.0), (tuple("一A"), 4.0)]


def evened():
    counts = count_ngrams(TOLD, 3)
    even_out(counts, (frozenset("一二三"), frozenset("ABC")), frozenset("苏浙"))
    return counts


def test_which_digit_follows_which_is_chance_and_a_province_keeps_its_own():
    counts = evened()
    share = {"一": 3 / 8, "二": 5 / 8}
    assert counts[1]["一",]["二"] == pytest.approx(4 * share["一"] * share["二"])
    assert counts[1]["二",]["一"] == pytest.approx(counts[1]["一",]["二"])
    assert counts[1]["苏",]["B"] == pytest.approx(4 * 3 / 8)
    assert not counts[1]["浙",]
    assert "三" not in counts[1]["一",], "nobody said it in a run"


def test_evening_out_takes_and_adds_nothing():
    def totals(counts):
        return [sum(following.total() for following in level.values()) for level in counts]

    assert totals(evened()) == pytest.approx(totals(count_ngrams(TOLD, 3)))


def test_a_number_among_words_stays_as_it_was():
    counts = evened()
    assert counts[1]["是",] == {"一": 5.0}
    assert counts[1]["一",]["个"] == 5.0
    assert counts[2]["是", "一"] == {"个": 5.0}


def test_every_word_of_a_long_history_is_there_in_the_shorter_one():
    counts = evened()
    made = witten_bell(counts, single_words(counts, {"谢谢": 1.0}, 0.1), (0.0, 1.0, 0.0))
    for history, following in made.probability.items():
        if len(history) > 1:
            assert set(following) <= set(made.probability[history[1:]])


def test_the_grammar_starts_in_state_zero_and_every_arc_has_a_state():
    numbers = {word: index for index, word in enumerate(("我", "要", "挪车", "人工", "谢谢"), 1)}
    lines = [line.split() for line in grammar_text(model(), numbers, 3).splitlines()]
    arcs = [line for line in lines if len(line) == 5]
    assert any(line[0] == "0" and line[2] == str(numbers["我"]) for line in arcs)
    assert {line[1] for line in arcs} <= {line[0] for line in lines}


def test_words_of_one_beginning_share_its_arcs():
    tree = Tree()
    tree.add_word(1, phones_of(["ren2", "gong1"]))
    before = len(tree.arcs)
    tree.add_word(2, phones_of(["ren2", "min2"]))
    shared = 2 * len(TRANSITIONS["r_B"] + TRANSITIONS["en_I"])
    whole = sum(2 * len(TRANSITIONS[phone]) for phone in phones_of(["ren2", "min2"])) + 1
    assert len(tree.arcs) - before == whole - shared


@pytest.mark.skipif(shutil.which("fstcompile") is None, reason="needs Debian's libfst-tools")
def test_a_graph_has_all_the_files_of_vosk(tmp_path):
    known = {"我": [["wo3"]], "要": [["yao4"]], "挪车": [["nuo2", "che1"]], "人工": [["ren2", "gong1"]], "谢谢": [["xie4", "xie5"]]}
    assert make_graph(tmp_path, known, model(), 3) == len(known) + 1
    names = {str(path.relative_to(tmp_path / "graph")) for path in (tmp_path / "graph").rglob("*") if path.is_file()}
    assert names == {"HCLr.fst", "Gr.fst", "words.txt", "phones.txt", "disambig_tid.int", "phones/word_boundary.int"}
    words = dict(line.rsplit(" ", 1) for line in (tmp_path / "graph" / "words.txt").read_text("utf-8").splitlines())
    assert set(words) == {*known, "<eps>", "[unk]"}
    assert len(set(words.values())) == len(words)
