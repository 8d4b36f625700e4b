import random

import pytest

from ivr.speech.training import accents


@pytest.mark.parametrize(
    ("syllable", "accent", "said"),
    [
        ("zhang1", (("zh", "z"),), "zang1"), ("zang1", (("z", "zh"),), "zhang1"), ("zhang1", (("z", "zh"),), "zhang1"),
        ("shi4", (("zh", "z"), ("sh", "s")), "si4"), ("nan2", (("n", "l"),), "lan2"), ("ming2", (("-ing", "in"),), "min2"),
        ("meng2", (("-eng", "en"),), "men2"), ("hua1", (("h", "f"),), "hua1"), ("che1", (), "che1"),
    ],
)
def test_a_syllable_is_said_with_an_accent_where_that_is_a_syllable(syllable, accent, said):
    assert accents.spoken(syllable, accent) == said


def test_a_speaker_has_one_to_three_habits():
    r = random.Random(1)
    assert all(1 <= len(accents.choose(r)) <= 9 for _ in range(50))
