import random

import pytest

from ivr.cli.speech_bench import cases
from ivr.domain.people import IdNumber, PhoneNumber
from ivr.domain.plate_prefixes import issued
from ivr.domain.plates import looks_like_plate
from ivr.speech.training.lexicon import pronounce

SEEDS = range(60)


@pytest.mark.parametrize("category", list(cases.MAKERS))
def test_every_case_can_be_said_and_comes_again_from_its_seed(category):
    make = cases.MAKERS[category]
    for seed in SEEDS:
        case = make(random.Random(seed))
        assert case == make(random.Random(seed))
        assert case.words
        assert all(pronounce(word) for word in case.words), case.words


def test_values_are_possible_ones_and_nobodys():
    for seed in SEEDS:
        assert looks_like_plate(plate := cases.plate(random.Random(seed)).truth)
        assert issued(plate[:2])
        assert PhoneNumber(cases.phone(random.Random(seed)).truth).is_mobile
        number = IdNumber(cases.identity(random.Random(seed)).truth)
        assert number.text[4:6] == "00"
