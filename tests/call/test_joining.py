"""Two people joined: every order of events ends, and nothing crosses before both have heard the notice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.call import joining
from ivr.call.joining import (
    Arrived,
    Cross,
    Gone,
    HangUp,
    HeardAll,
    JoinCommand,
    JoinEvent,
    Joining,
    Over,
    Placed,
    Ring,
    Side,
    Tell,
    TimePassed,
)

ONE, TWO = Side.FIRST, Side.SECOND
NOTICE = HeardAll(TWO, joining.NOTICE.phrase_id or "")


def played(*events: tuple[float, JoinEvent]) -> tuple[Joining, list[JoinCommand]]:
    join = Joining(now=0.0)
    commands = join.begin()
    for now, event in events:
        commands += join.handle(event, now=now)
    return join, commands


TALKING = ((1.0, Placed(ONE, "answered")), (1.5, Arrived(ONE)), (4.0, Placed(TWO, "answered")), (4.5, Arrived(TWO)), (9.0, NOTICE))


def test_both_are_rung_one_after_the_other_told_and_joined() -> None:
    join, commands = played(*TALKING)
    assert commands == [
        Ring(ONE), Tell(ONE, joining.CONNECTING), Ring(TWO), Tell(TWO, joining.NOTICE), Tell(ONE, joining.JOINED), Cross(on=True),
    ]  # fmt: skip
    assert not join.is_over


def test_who_is_left_alone_is_told_and_the_talk_is_counted() -> None:
    join, commands = played(*TALKING, (51.0, Gone(TWO)), (53.0, HeardAll(ONE, joining.OTHER_LEFT.phrase_id or "")))
    assert commands[-4:] == [Cross(on=False), Tell(ONE, joining.OTHER_LEFT), HangUp(ONE), Over("talked", 44.0)]
    assert join.is_over


def test_a_first_who_does_not_answer_ends_it_and_nobody_else_is_rung() -> None:
    _, commands = played((25.0, Placed(ONE, "no_answer")))
    assert commands == [Ring(ONE), Over("first_no_answer", 0.0)]


def test_a_second_who_does_not_answer_is_told_to_the_first() -> None:
    _, commands = played(
        (1.0, Placed(ONE, "answered")), (1.5, Arrived(ONE)), (26.0, Placed(TWO, "busy")), (28.0, HeardAll(ONE, "join_not_reached"))
    )
    assert commands[-4:] == [Cross(on=False), Tell(ONE, joining.NOT_REACHED), HangUp(ONE), Over("second_busy", 0.0)]


def test_the_first_hears_something_every_ten_seconds_while_it_rings() -> None:
    _, commands = played((1.0, Placed(ONE, "answered")), (1.5, Arrived(ONE)), (11.6, TimePassed()), (12.0, TimePassed()), (21.7, TimePassed()))
    assert commands.count(Tell(ONE, joining.STILL_CONNECTING)) == 2


def test_the_talk_has_an_end_and_both_are_warned() -> None:
    _, commands = played(*TALKING, (290.0, TimePassed()), (291.0, TimePassed()), (309.0, TimePassed()), (320.0, TimePassed()))
    assert commands[6:] == [
        Tell(ONE, joining.SOON_OVER), Tell(TWO, joining.SOON_OVER), Cross(on=False), Tell(ONE, joining.OVER), Tell(TWO, joining.OVER),
        HangUp(ONE), HangUp(TWO), Over("time_up", 311.0),
    ]  # fmt: skip


def test_who_picks_up_and_never_arrives_is_given_up() -> None:
    join, commands = played((1.0, Placed(ONE, "answered")), (11.5, TimePassed()))
    assert commands[-1] == Over("lost", 0.0)
    assert join.is_over


EVENTS = st.one_of(
    st.builds(Placed, st.sampled_from(Side), st.sampled_from(["answered", "no_answer", "busy", "failed"])),
    st.builds(Arrived, st.sampled_from(Side)), st.builds(Gone, st.sampled_from(Side)), st.just(TimePassed()),
    st.builds(HeardAll, st.sampled_from(Side), st.sampled_from([each.phrase_id or "" for each in joining.FIXED])),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 5), EVENTS), max_size=30))
def test_sound_crosses_only_between_two_who_are_there_and_have_heard_the_notice(steps: list[tuple[float, JoinEvent]]) -> None:
    join, here, told, now = Joining(now=0.0), set(), False, 0.0
    commands = join.begin()
    for pause, event in steps:
        now += pause
        if isinstance(event, Arrived):
            here.add(event.side)
        if isinstance(event, Gone):
            here.discard(event.side)
        told = told or any(isinstance(each, Tell) and each.words == joining.NOTICE for each in commands)
        commands = join.handle(event, now=now)
        if Cross(on=True) in commands:
            assert here == set(Side)
            assert told
        if not here and isinstance(event, Gone) and told:
            assert join.is_over
