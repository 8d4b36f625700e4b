"""How often passwords may be tried."""

from datetime import UTC, datetime, timedelta

from ivr.consoles.sign_in import FREE_TRIES, LONGEST_WAIT, Tries

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_each_failure_beyond_the_free_ones_doubles_the_wait() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES - 1):
        tries.failed("here", now=NOW)
    assert not tries.wait("here", now=NOW)
    tries.failed("here", now=NOW)
    assert tries.wait("here", now=NOW) == timedelta(seconds=2)
    tries.failed("here", now=NOW)
    assert tries.wait("here", now=NOW) == timedelta(seconds=4)
    assert not tries.wait("here", now=NOW + timedelta(seconds=4))
    assert not tries.wait("elsewhere", now=NOW)


def test_the_wait_has_an_end_and_is_forgotten_after_success() -> None:
    tries = Tries()
    for _ in range(50):
        tries.failed("here", now=NOW)
    assert tries.wait("here", now=NOW) == LONGEST_WAIT
    tries.succeeded("here")
    assert not tries.wait("here", now=NOW)


def test_old_failures_are_forgotten() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES):
        tries.failed("here", now=NOW)
    tries.failed("there", now=NOW + timedelta(hours=2))
    assert not tries.wait("here", now=NOW)
