"""The desks as one process knows them."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.consoles.seats import SeatBoard
from ivr.domain.accounts import Account, Role
from ivr.domain.handovers import ABSENT_SECONDS, PhoneKind, Presence

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def account(name: str, *regions: str) -> Account:
    return Account(name, f"{name}同志", frozenset({Role.SEAT}), regions or ("320200",), NOW)


def test_who_comes_back_soon_is_as_ready_as_he_was_and_who_was_gone_for_long_is_not() -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    board.turn(place, ready=True, now=NOW)
    assert board.rise(place, now=NOW)
    soon = NOW + timedelta(seconds=ABSENT_SECONDS)
    assert board.sit(account("wang"), now=soon).ready
    board.rise(place, now=soon)
    late = soon + timedelta(seconds=ABSENT_SECONDS + 1)
    assert not board.sit(account("wang"), now=late).ready
    assert place.presence is Presence.AWAY


def test_only_his_last_page_takes_him_away() -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    board.sit(account("wang"), now=NOW)
    assert not board.rise(place, now=NOW)
    assert board.rise(place, now=NOW)


def test_a_call_is_not_ended_by_pressing_pause() -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    board.heard(place, {"kind": "presence", "state": "talking"}, now=NOW)
    board.turn(place, ready=False, now=NOW)
    assert (place.presence, place.ready) == (Presence.TALKING, False)
    board.heard(place, {"kind": "presence", "state": "wrap_up"}, now=NOW + timedelta(seconds=5))
    assert place.presence_since == NOW + timedelta(seconds=5)
    board.turn(place, ready=True, now=NOW)
    assert place.presence is Presence.FREE


@pytest.mark.parametrize("message", [{}, {"kind": "presence"}, {"kind": "presence", "state": "dancing"}, {"kind": "other"}])
def test_what_is_not_understood_changes_nothing(message: dict[str, str]) -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    board.heard(place, message, now=NOW)
    assert place.presence is Presence.AWAY


def test_a_third_party_is_forgotten_when_the_hand_over_moves_on() -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    board.heard(place, {"kind": "third", "state": "joined"}, now=NOW)
    assert place.third == "joined"
    board.heard(place, {"kind": "handover", "state": "done"}, now=NOW)
    assert place.third == ""


def test_the_phone_of_the_page_goes_by_the_accounts_name() -> None:
    board = SeatBoard()
    place = board.sit(account("wang"), now=NOW)
    assert (place.here.kind, place.here.extension) == (PhoneKind.BROWSER, "seat:wang")
    place.kind, place.extension = PhoneKind.SIP, "8001"
    assert place.here.extension == "8001"


@pytest.mark.parametrize(
    ("regions", "seen"),
    [(("320213",), True), (("320200",), True), (("320000",), True), (("*",), True), (("330100",), False), ((), False)],
)
def test_colleagues_are_those_with_a_region_in_common(regions: tuple[str, ...], seen: bool) -> None:
    board = SeatBoard()
    board.sit(Account("lili", "李丽", frozenset({Role.SEAT}), regions, NOW), now=NOW)
    board.place(account("zhao"), now=NOW)
    assert [each.name for each in board.colleagues(account("wang"))] == (["李丽"] if seen else [])
