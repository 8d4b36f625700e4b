"""The nightly draw: enough of every service and region, all of the kinds that are always reviewed, repeatable."""

import random
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.sampling import Candidate, SampleRules, draw

RULES = SampleRules(least=20, percent=2, second_percent=10)
calls = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(["320200", "330100"]), st.sampled_from(["car_moving", ""]), st.booleans()),
    max_size=120, unique_by=lambda each: each[0],
).map(lambda found: [Candidate(f"c{n}", region, service, always="owner_objects" if always and n % 7 == 0 else "") for n, region, service, always in found])


@given(calls, st.text("0123456789abcdef", min_size=1, max_size=8), st.randoms())
def test_the_same_seed_gives_the_same_sample_in_whatever_order_the_calls_come(
    found: list[Candidate], seed: str, shuffle: random.Random
) -> None:
    again = list(found)
    shuffle.shuffle(again)
    assert draw(found, seed=seed, rules=lambda _: RULES) == draw(again, seed=seed, rules=lambda _: RULES)


@given(calls)
def test_of_each_service_and_region_enough_are_drawn_and_none_twice(found: list[Candidate]) -> None:
    picks = draw(found, seed="s", rules=lambda _: RULES)
    assert len({pick.candidate.call_id for pick in picks}) == len(picks)
    for group in {(each.region, each.service) for each in found}:
        size = sum((each.region, each.service) == group for each in found)
        drawn = sum((pick.candidate.region, pick.candidate.service) == group for pick in picks)
        assert drawn >= min(size, max(20, ceil(size * 0.02)))
    assert {each.call_id for each in found if each.always} <= {pick.candidate.call_id for pick in picks}


def test_two_per_cent_of_many_and_another_seed_gives_others() -> None:
    found = [Candidate(f"c{n}", "320200", "car_moving") for n in range(5000)]
    one, other = ({pick.candidate.call_id for pick in draw(found, seed=seed, rules=lambda _: RULES)} for seed in "ab")
    assert len(one) == len(other) == 100
    assert len(one & other) < 20
    second = sum(pick.second for pick in draw(found, seed="a", rules=lambda _: SampleRules(2000, 2, 10)))
    assert 120 < second < 280
