"""What the demonstration counts."""

from datetime import UTC, datetime

import pytest

from ivr.cli.demo import SCENES, daytime_clock, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([1.0], 0.95, 1.0), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4, 5], 0.5, 3), (list(range(1, 21)), 0.95, 19), (list(range(1, 101)), 1.0, 100)],
)
def test_percentiles_are_nearest_rank(values, share, expected):
    assert percentile(values, share) == expected


def test_the_clock_of_the_demonstration_is_always_in_the_day():
    now = daytime_clock()()
    assert now.astimezone(UTC).hour in (2, 3)
    assert now.date() == datetime.now(UTC).date() or abs((now - datetime.now(UTC)).days) <= 1


def test_every_scene_has_a_caller_of_its_own():
    assert len({scene.number for scene in SCENES}) == len(SCENES)
