"""When the watchdog takes callers out of the service's hands, and when it lets them in again."""

from telephony.watchdog import (
    DOWN_SECONDS,
    Health,
    KeepCallersAway,
    LetCallersIn,
    TakeCallersOut,
    Watchdog,
)

AWAY = KeepCallersAway(DOWN_SECONDS)


def test_a_service_that_answers_gets_its_callers_and_is_left_alone() -> None:
    dog = Watchdog()
    assert [dog.handle(Health.GOOD) for _ in range(3)] == [[LetCallersIn()], [], []]


def test_one_missing_answer_takes_callers_out_and_every_further_one_does_so_again() -> None:
    dog = Watchdog()
    dog.handle(Health.GOOD)
    assert dog.handle(Health.SILENT) == [AWAY, TakeCallersOut()]
    assert dog.handle(Health.GONE) == [AWAY, TakeCallersOut()]


def test_callers_come_in_again_after_two_answers_in_a_row() -> None:
    dog = Watchdog()
    dog.handle(Health.SILENT)
    assert dog.handle(Health.GOOD) == [AWAY]
    assert dog.handle(Health.SILENT) == [AWAY, TakeCallersOut()]
    assert dog.handle(Health.GOOD) == [AWAY]
    assert dog.handle(Health.GOOD) == [LetCallersIn()]
    assert dog.handle(Health.GOOD) == []


def test_callers_are_let_in_again_and_again_until_asterisk_has_taken_it() -> None:
    dog = Watchdog()
    assert dog.handle(Health.GOOD) == [LetCallersIn()]
    dog.untold()
    assert dog.handle(Health.GOOD) == [LetCallersIn()]
    assert dog.handle(Health.GOOD) == []


def test_a_service_that_was_never_there_gets_no_callers() -> None:
    assert Watchdog().handle(Health.GONE) == [AWAY, TakeCallersOut()]
