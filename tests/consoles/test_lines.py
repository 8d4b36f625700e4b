"""Tickets for the media door."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.consoles import lines
from ivr.consoles.errors import NumberUnusable, TicketSpent
from ivr.consoles.lines import TICKET_LIFE, TicketOffice, call_in, usable_number

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
START = call_in(caller="13800001111", dialled="12123")


def test_a_ticket_opens_one_call_once() -> None:
    office = TicketOffice()
    word = office.issue(START, owner="me", now=NOW)
    assert office.take(word, owner="me", now=NOW) == START
    with pytest.raises(TicketSpent):
        office.take(word, owner="me", now=NOW)


def test_somebody_elses_ticket_opens_nothing_and_stays_good() -> None:
    office = TicketOffice()
    word = office.issue(START, owner="me", now=NOW)
    with pytest.raises(TicketSpent):
        office.take(word, owner="you", now=NOW)
    assert office.take(word, owner="me", now=NOW) == START


def test_a_ticket_runs_out_of_time() -> None:
    office = TicketOffice()
    word = office.issue(START, owner="me", now=NOW)
    with pytest.raises(TicketSpent):
        office.take(word, owner="me", now=NOW + TICKET_LIFE)


def test_tickets_nobody_used_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_TICKETS", 2)
    office = TicketOffice()
    words = [office.issue(START, owner="me", now=NOW) for _ in range(3)]
    with pytest.raises(TicketSpent):
        office.take(words[0], owner="me", now=NOW)
    assert office.take(words[2], owner="me", now=NOW) == START
    late = NOW + timedelta(minutes=1)
    office.issue(START, owner="me", now=late)
    with pytest.raises(TicketSpent):
        office.take(words[1], owner="me", now=NOW)


@pytest.mark.parametrize("text", ["13800001111", "138 0000 1111", "138-0000-1111"])
def test_a_number_is_read_as_people_write_it(text: str) -> None:
    assert usable_number(text) == "13800001111"


@pytest.mark.parametrize(
    "text", ["", "12", "abcdefg", "1" * 16, "139;rm", "+", "１３８００００１１１１"]
)
def test_what_is_no_number_is_refused_without_saying_it(text: str) -> None:
    with pytest.raises(NumberUnusable) as refused:
        usable_number(text)
    assert str(refused.value) == "not a telephone number"


def test_every_call_has_an_id_of_its_own_and_hides_the_number() -> None:
    other = call_in(caller="13800001111", dialled="12123")
    assert other.call_id != START.call_id
    assert (other.direction, other.source, other.codec) == ("in", "phone", "slin")
    assert "1380" not in repr(other)
