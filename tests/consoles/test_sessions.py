"""Who looks at a page."""

from datetime import UTC, datetime, timedelta

from ivr.consoles import sessions as module
from ivr.consoles.sessions import AUDIT_AGAIN, IDLE, LONGEST, Sessions

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_session_is_found_by_its_id_and_gone_when_ended() -> None:
    sessions = Sessions()
    session = sessions.begin(now=NOW)
    assert sessions.find(session.sid, now=NOW) is session
    assert sessions.find("other", now=NOW) is None
    sessions.end(session)
    assert sessions.find(session.sid, now=NOW) is None


def test_a_signed_in_session_ends_when_it_is_not_used() -> None:
    sessions = Sessions()
    session = sessions.begin(now=NOW, account="admin")
    later = NOW + IDLE
    assert sessions.find(session.sid, now=later) is session
    assert sessions.find(session.sid, now=later + IDLE + timedelta(seconds=1)) is None


def test_a_phone_waits_longer_but_not_for_ever() -> None:
    sessions = Sessions()
    session = sessions.begin(now=NOW)
    assert sessions.find(session.sid, now=NOW + LONGEST) is session
    assert sessions.find(session.sid, now=NOW + LONGEST + timedelta(seconds=1)) is None


def test_the_session_that_was_not_used_for_the_longest_time_makes_room(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 2)
    sessions = Sessions()
    first, second = sessions.begin(now=NOW), sessions.begin(now=NOW)
    sessions.find(first.sid, now=NOW)
    sessions.begin(now=NOW)
    assert sessions.find(first.sid, now=NOW) is first
    assert sessions.find(second.sid, now=NOW) is None


def test_visitors_do_not_push_out_who_is_signed_in(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 1)
    sessions = Sessions()
    administrator = sessions.begin(now=NOW, account="admin")
    sessions.begin(now=NOW)
    assert sessions.find(administrator.sid, now=NOW) is administrator
    newer = sessions.begin(now=NOW, account="admin")
    assert sessions.find(administrator.sid, now=NOW) is None
    assert sessions.find(newer.sid, now=NOW) is newer


def test_a_session_shows_no_secret() -> None:
    session = Sessions().begin(now=NOW)
    session.number = "13800001111"
    shown = repr(session)
    assert session.sid not in shown
    assert session.csrf not in shown
    assert "13800001111" not in shown


def test_only_the_pages_own_token_changes_something() -> None:
    session = Sessions().begin(now=NOW)
    assert session.made(session.csrf)
    assert not session.made("")
    assert not session.made("ä")


def test_reading_on_in_a_recording_is_one_look() -> None:
    session = Sessions().begin(now=NOW)
    assert session.reads_anew("call", now=NOW)
    assert not session.reads_anew("call", now=NOW + timedelta(minutes=1))
    assert session.reads_anew("other", now=NOW)
    assert session.reads_anew("call", now=NOW + AUDIT_AGAIN)


def test_the_oldest_calls_of_a_browser_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 2)
    session = Sessions().begin(now=NOW)
    for call in ("one", "two", "three"):
        session.owns(call)
    assert list(session.calls) == ["two", "three"]
