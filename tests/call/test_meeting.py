"""A requester and an owner talk with each other: every order of events ends, and each hears what came of it."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.call.meeting import (
    ARRIVES_SECONDS,
    CONNECTED,
    LONGEST_ALLOWED_SECONDS,
    SOON_OVER,
    Came,
    Gone,
    How,
    Invitation,
    Join,
    Meeting,
    MeetingCommand,
    MeetingEvent,
    Over,
    Part,
    Refused,
    Side,
    TellBoth,
    TimePassed,
)

HE, OWNER = Side.REQUESTER, Side.OWNER
ORDER = {"room": "X1", "side": "owner", "case_id": "M2611230001", "longest": 300}


def played(*events: tuple[float, MeetingEvent], longest: float = 60.0) -> tuple[Meeting, list[MeetingCommand]]:
    meeting = Meeting(now=0.0, longest_seconds=longest)
    commands: list[MeetingCommand] = []
    for now, event in events:
        commands += meeting.handle(event, now=now)
    return meeting, commands


BOTH = ((0.5, Came(OWNER)), (2.0, Came(HE)))


def test_both_come_and_are_told_that_they_are_joined() -> None:
    meeting, commands = played(*BOTH, (3.0, TimePassed()))
    assert commands == [Join(), TellBoth(CONNECTED)]
    assert not meeting.is_over


def test_who_is_left_is_told_and_the_talk_is_counted() -> None:
    _, commands = played(*BOTH, (32.0, Gone(HE)))
    assert commands[2:] == [Part(OWNER, How.LEFT), Over("talked", 30.0)]


def test_the_time_is_limited_and_both_are_told_before() -> None:
    events = [(2.0 + second, TimePassed()) for second in range(61)]
    meeting, commands = played(*BOTH, *events)
    assert commands[2:] == [TellBoth(SOON_OVER), Part(HE, How.TIME_UP), Part(OWNER, How.TIME_UP), Over("time_up", 60.0)]
    assert meeting.is_over


def test_nobody_waits_long_for_the_other() -> None:
    _, commands = played((0.5, Came(OWNER)), (ARRIVES_SECONDS - 0.1, TimePassed()), (ARRIVES_SECONDS, TimePassed()))
    assert commands == [Part(OWNER, How.FAILED), Over("nobody", 0.0)]


def test_one_who_may_not_talk_now_is_not_waited_for() -> None:
    refused = [Part(OWNER, How.FAILED), Over("refused", 0.0)]
    assert played((0.5, Came(OWNER)), (0.6, Refused(HE)))[1] == refused
    assert played((0.5, Refused(HE)), (0.6, Came(OWNER)))[1] == refused


def test_who_hangs_up_while_he_waits_ends_it() -> None:
    assert played((0.5, Came(OWNER)), (1.0, Gone(OWNER)))[1] == [Over("left", 0.0)]


def test_an_invitation_is_read_with_care() -> None:
    assert Invitation.read(ORDER) == Invitation("X1", OWNER, "M2611230001", 300.0)
    too_long = Invitation.read({**ORDER, "longest": 10**6})
    assert too_long is not None
    assert too_long.longest_seconds == LONGEST_ALLOWED_SECONDS
    for broken in ({}, {**ORDER, "side": "nobody"}, {**ORDER, "longest": "x"}, {**ORDER, "longest": None}):
        assert Invitation.read(broken) is None


_EVENTS = st.one_of(*(st.sampled_from([kind(side) for side in Side]) for kind in (Came, Gone, Refused)), st.just(TimePassed()))


@given(st.lists(st.tuples(st.floats(0, 30), _EVENTS), max_size=12))
def test_whatever_happens_it_ends_once_and_nobody_stays_behind(steps: list[tuple[float, MeetingEvent]]) -> None:
    now, events = 0.0, []
    for wait, event in steps:
        now += wait
        events.append((now, event))
    last = [(now + 1000 * n, TimePassed()) for n in (1, 2)]
    meeting, commands = played(*events, *last)
    assert meeting.is_over
    assert sum(isinstance(command, Over) for command in commands) == 1
    assert isinstance(commands[-1], Over)
