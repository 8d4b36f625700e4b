from backend_client.breaker import Breaker


def test_failures_in_a_row_open_it_and_one_trial_closes_it() -> None:
    breaker = Breaker(failures=2, open_seconds=10)
    breaker.failed(0)
    assert breaker.allows(0)
    breaker.failed(1)
    assert not breaker.allows(10.9)
    assert breaker.allows(11)
    assert not breaker.allows(11.1)
    breaker.succeeded()
    assert breaker.allows(11.2)


def test_a_failed_trial_opens_it_again_and_a_success_between_counts_from_the_start() -> None:
    breaker = Breaker(failures=2, open_seconds=10)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert breaker.allows(1)
    breaker.failed(2)
    assert breaker.allows(12)
    breaker.failed(12)
    assert not breaker.allows(21)
