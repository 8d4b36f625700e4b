"""An allowance that fills with time."""

from telephony.media.limits import Bucket


def test_a_burst_is_allowed_and_then_only_the_rate() -> None:
    bucket = Bucket(per_second=10, most=20)
    assert bucket.take(20, now=0)
    assert not bucket.take(1, now=0)
    assert bucket.take(5, now=1)


def test_a_clock_that_stands_or_goes_back_gives_nothing() -> None:
    bucket = Bucket(per_second=10, most=20)
    assert bucket.take(20, now=5)
    assert not bucket.take(1, now=4)


def test_rest_does_not_pile_up_beyond_the_burst() -> None:
    bucket = Bucket(per_second=10, most=20)
    assert bucket.take(1, now=0)
    assert not bucket.take(21, now=1000)
