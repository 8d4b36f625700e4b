from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.running_rasa import RunningRasa

HELDOUT = Path(__file__).parents[2] / "nlu_data/heldout/sentences.yml"
LEAST = 0.94


def sentences() -> list[tuple[str, str]]:
    blocks = yaml.safe_load(HELDOUT.read_text())["nlu"]
    return [(block["intent"], line[2:].strip()) for block in blocks for line in block["examples"].splitlines() if line.startswith("- ")]


def test_no_held_out_sentence_is_trained_on():
    trained = "\n".join(path.read_text() for path in (HELDOUT.parents[1] / "intents").glob("*.yml"))
    lines = {line.strip()[2:].strip() for line in trained.splitlines() if line.strip().startswith("- ")}
    assert [text for _, text in sentences() if text in lines] == []


@pytest.mark.rasa
def test_the_model_understands_sentences_it_never_saw(rasa: RunningRasa):
    told = [(intent, rasa.parse(text), text) for intent, text in sentences()]
    wrong = []
    for intent, parsed, text in told:
        best = next(each for each in parsed["intent_ranking"] if each["name"] != "nlu_fallback")
        if best["name"] != intent:
            wrong.append((intent, best["name"], round(best["confidence"], 2), text))
    accuracy = 1 - len(wrong) / len(told)
    print(f"\n{len(told)} held-out sentences, best guess right: {accuracy:.3f}")
    for line in sorted(wrong):
        print("  {:16} taken for {:16} {}  {}".format(*line))
    print(Counter((intent, best) for intent, best, _, _ in wrong).most_common(10))
    assert accuracy >= LEAST
