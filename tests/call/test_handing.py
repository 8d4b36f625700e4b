"""One caller in a person's hands."""

import pytest

from ivr.call import handing as h
from ivr.call.handing import (
    Arrived,
    Brief,
    CallerGone,
    Declined,
    DropThird,
    Finish,
    Gone,
    Handing,
    HangUp,
    HeardAll,
    InviteThird,
    Join,
    JoinThird,
    KeyPressed,
    NotTaken,
    Over,
    Party,
    Placed,
    Return,
    Ring,
    Show,
    Tell,
    TimePassed,
    Wish,
)
from ivr.domain.handovers import HandoverState

ANSWERED = Placed(Party.SEAT, "answered")


def talking(at=10.0):
    one = Handing()
    one.handle(ANSWERED, now=1.0)
    one.handle(Arrived(Party.SEAT), now=2.0)
    assert one.handle(HeardAll(Party.SEAT, "summary"), now=at) == [Join()]
    return one


def test_the_seat_hears_what_it_is_about_before_the_caller_is_joined():
    one = Handing()
    assert one.begin() == [Ring(Party.SEAT)]
    assert one.handle(ANSWERED, now=1.0) == []
    assert one.handle(Arrived(Party.SEAT), now=1.5) == [Brief()]
    assert one.state is HandoverState.BRIEFING
    assert one.handle(HeardAll(Party.SEAT, "summary"), now=6.0) == [Join()]
    assert one.state is HandoverState.TALKING


def test_a_key_ends_the_whisper():
    one = Handing()
    one.handle(Arrived(Party.SEAT), now=1.0)
    assert one.handle(KeyPressed(Party.SEAT), now=2.0) == [Join()]
    assert one.handle(KeyPressed(Party.SEAT), now=3.0) == [], "a key in the talk is nobody's order"
    assert one.handle(HeardAll(Party.SEAT, "summary"), now=4.0) == []


@pytest.mark.parametrize(("result", "declined"), [("no_answer", False), ("busy", False), ("failed", False), ("rejected", True)])
def test_a_telephone_that_is_not_answered_leaves_the_caller_to_the_next(result, declined):
    one = Handing()
    assert one.handle(Placed(Party.SEAT, result), now=1.0) == [HangUp(Party.SEAT), NotTaken(declined=declined)]
    assert one.is_over
    assert one.handle(TimePassed(), now=99.0) == []


def test_who_picks_up_and_never_arrives_is_not_waited_for():
    one = Handing()
    one.handle(ANSWERED, now=1.0)
    assert one.handle(TimePassed(), now=10.9) == []
    assert one.handle(TimePassed(), now=11.0) == [HangUp(Party.SEAT), NotTaken(declined=False)]


def test_a_summary_whose_end_is_not_reported_is_taken_as_heard():
    one = Handing()
    one.handle(Arrived(Party.SEAT), now=1.0)
    assert one.handle(TimePassed(), now=31.0) == [Join()]


def test_who_hangs_up_while_he_is_told_has_declined():
    one = Handing()
    one.handle(Arrived(Party.SEAT), now=1.0)
    assert one.handle(Gone(Party.SEAT), now=2.0) == [HangUp(Party.SEAT), NotTaken(declined=True)]


def test_a_desk_may_decline_before_the_talk_and_not_in_it():
    one = Handing()
    assert one.handle(Declined(), now=1.0)[-1] == NotTaken(declined=True)
    assert talking().handle(Declined(), now=11.0) == []


def test_a_seat_that_hangs_up_has_finished():
    assert talking(at=10.0).handle(Gone(Party.SEAT), now=70.0) == [HangUp(Party.SEAT), Over(HandoverState.DONE, None, 60.0)]


def test_a_line_that_broke_is_no_end_of_the_talk():
    assert talking().handle(Gone(Party.SEAT, broken=True), now=20.0)[-1] == Over(HandoverState.LOST, None, 10.0)


def test_a_caller_is_given_back_to_the_service():
    ended = talking().handle(Return(Wish.CONTINUE), now=40.0)
    assert ended == [HangUp(Party.SEAT, h.HANDED_BACK), Over(HandoverState.RETURNED, Wish.CONTINUE, 30.0)]


def test_a_caller_who_is_to_be_checked_is_away():
    assert talking().handle(Return(Wish.VERIFY), now=40.0)[-1] == Over(HandoverState.AWAY, Wish.VERIFY, 30.0)


def test_nobody_gives_back_whom_he_does_not_have():
    one = Handing()
    assert one.handle(Return(Wish.VERIFY), now=1.0) == []
    assert one.handle(Finish(), now=1.0) == []
    assert not one.is_over


def test_a_caller_who_hangs_up_is_told_to_the_seat():
    assert talking().handle(CallerGone(), now=20.0) == [HangUp(Party.SEAT, h.CALLER_LEFT), Over(HandoverState.CALLER_LEFT, None, 10.0)]
    one = Handing()
    one.handle(Arrived(Party.SEAT), now=1.0)
    assert one.handle(CallerGone(), now=2.0) == [HangUp(Party.SEAT), Over(HandoverState.ABANDONED, None, 0.0)]


def test_a_third_is_rung_greeted_and_joined():
    one = talking()
    assert one.handle(InviteThird(), now=11.0) == [Ring(Party.THIRD), Tell(Party.SEAT, h.INVITING), Show("ringing")]
    assert one.handle(Placed(Party.THIRD, "answered"), now=15.0) == []
    assert one.handle(Arrived(Party.THIRD), now=15.1) == [Tell(Party.THIRD, h.THIRD_GREETED)]
    joined = one.handle(HeardAll(Party.THIRD, "third_greeted"), now=18.0)
    assert joined == [JoinThird(), Tell(Party.SEAT, h.THIRD_JOINED), Show("joined")]
    assert one.handle(Gone(Party.THIRD), now=30.0) == [Tell(Party.SEAT, h.THIRD_LEFT), Show("left")]
    assert one.state is HandoverState.TALKING, "the two go on"
    assert one.handle(InviteThird(), now=31.0)[0] == Ring(Party.THIRD), "another may be asked"


def test_a_third_who_does_not_answer_is_told():
    one = talking()
    one.handle(InviteThird(), now=11.0)
    assert one.handle(InviteThird(), now=12.0) == [], "one at a time"
    assert one.handle(Placed(Party.THIRD, "busy"), now=15.0) == [Tell(Party.SEAT, h.THIRD_NOT_REACHED), Show("not_reached")]


def test_a_third_may_be_sent_away_also_while_he_is_rung():
    one = talking()
    one.handle(InviteThird(), now=11.0)
    assert one.handle(DropThird(), now=12.0) == [HangUp(Party.THIRD), Tell(Party.SEAT, h.THIRD_LEFT), Show("left")]
    assert one.handle(Placed(Party.THIRD, "no_answer"), now=13.0) == []


def test_a_third_goes_with_the_end():
    one = talking()
    one.handle(InviteThird(), now=11.0)
    assert one.handle(Finish(), now=12.0)[0] == HangUp(Party.THIRD)


def test_a_talk_has_a_limit():
    one = talking(at=10.0)
    assert one.handle(TimePassed(), now=3609.0) == []
    assert isinstance(one.handle(TimePassed(), now=3610.0)[-1], Over)
