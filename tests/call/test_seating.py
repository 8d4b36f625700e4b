"""Who takes which caller: the queue and the seats."""

import pytest

from ivr.call.seating import (
    TOLD_SECONDS,
    WAIT_SECONDS,
    WRAP_UP_SECONDS,
    CallerGone,
    CallerWaits,
    GiveUp,
    Offer,
    OfferLost,
    OfferTaken,
    SeatAway,
    SeatGone,
    Seating,
    SeatReady,
    SeatSeen,
    Show,
    TalkEnded,
    TellPlace,
    TimePassed,
)
from ivr.domain.handovers import ABSENT_SECONDS, PhoneKind, Presence, SeatHere


def seat(account="zhang", *, ready=True, queues=(), regions=("320200",)):
    return SeatHere(account, account.title(), PhoneKind.BROWSER, f"seat:{account}", ready=ready, queues=queues, regions=regions)


class Room:
    """Tells and remembers what was decided."""

    def __init__(self):
        self.seating = Seating()
        self.now = 0.0
        self.decided = []

    def tell(self, *events):
        self.decided = []
        for event in events:
            self.decided += self.seating.handle(event, now=self.now)
        return self.decided

    def later(self, seconds):
        """Time passes; the desks give their signs of life."""
        decided = []
        until = self.now + seconds
        while self.now < until:
            self.now = min(self.now + 5, until)
            for account in self.seating.presences:
                decided += self.tell(SeatSeen(self.seating._seats[account].here))
            decided += self.tell(TimePassed())
        self.decided = decided
        return decided

    def offered(self):
        return [(each.handover_id, each.seat.account) for each in self.decided if isinstance(each, Offer)]

    def given_up(self):
        return [each.handover_id for each in self.decided if isinstance(each, GiveUp)]

    def places(self):
        return [(each.handover_id, each.position) for each in self.decided if isinstance(each, TellPlace)]

    def waits(self, name, queue="general", region="320200", **more):
        return self.tell(CallerWaits(name, queue, region, **more))


@pytest.fixture
def room():
    return Room()


def test_where_nobody_is_on_duty_a_caller_is_given_up_at_once(room):
    room.waits("a")
    assert room.given_up() == ["a"]


def test_a_free_seat_is_rung_and_the_caller_hears_that_he_is_next(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    assert room.offered() == [("a", "zhang")]
    assert Show("zhang", Presence.RINGING) in room.decided
    assert room.places() == [("a", 1)]
    assert room.tell(OfferTaken("a")) == [Show("zhang", Presence.TALKING)]


def test_callers_are_taken_in_their_order_and_hear_how_they_move_up(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.waits("b")
    assert room.places() == [("b", 1)]
    room.waits("c")
    assert room.places() == [("c", 2)]
    room.tell(TalkEnded("zhang", 90.0), SeatReady("zhang"))
    assert room.offered() == [("b", "zhang")]
    room.tell(OfferTaken("b"))
    assert room.places() == [("c", 1)]


def test_his_place_is_told_again_from_time_to_time(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.waits("b")
    room.later(TOLD_SECONDS - 1)
    assert room.places() == []
    room.later(1)
    assert room.places() == [("b", 1)]


def test_the_wait_is_guessed_from_the_talks_that_were(room):
    room.tell(SeatSeen(seat()), SeatSeen(seat("li")))
    for name in "ab":
        room.waits(name)
        room.tell(OfferTaken(name))
    told = next(each for each in room.waits("c") if isinstance(each, TellPlace))
    assert told.wait_seconds == pytest.approx(75.0), "two seats, 150 s a talk"
    room.tell(TalkEnded("zhang", 50.0))
    told = next(each for each in room.waits("d") if isinstance(each, TellPlace))
    assert told.wait_seconds == pytest.approx((150 - 20) * 2 / 2)


def test_nobody_free_in_time_means_a_callback(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.waits("b")
    room.later(WAIT_SECONDS - 1)
    assert room.given_up() == []
    room.later(1)
    assert room.given_up() == ["b"]


def test_a_caller_is_not_given_up_while_a_telephone_rings_for_him(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.waits("b")
    room.later(WAIT_SECONDS - 5)
    room.tell(TalkEnded("zhang", 30.0), SeatReady("zhang"))
    assert room.offered() == [("b", "zhang")]
    room.later(10)
    assert room.given_up() == []
    room.tell(OfferLost("b", declined=False))
    assert room.given_up() == ["b"]


def test_the_longest_idle_seat_is_rung(room):
    room.tell(SeatSeen(seat("zhang")))
    room.now = 10
    room.tell(SeatSeen(seat("li")))
    room.waits("a")
    assert room.offered() == [("a", "zhang")]


@pytest.mark.parametrize(
    ("here", "queue", "region", "taken"),
    [
        (seat(queues=("exam",)), "exam", "320200", True),
        (seat(queues=("exam",)), "car_move", "320200", False),
        (seat(regions=("320000",)), "exam", "320205", True),
        (seat(regions=("330100",)), "exam", "320200", False),
        (seat(regions=()), "exam", "320200", False),
    ],
)
def test_businesses_and_regions_decide_who_takes_whom(room, here, queue, region, taken):
    room.tell(SeatSeen(here))
    room.waits("a", queue, region)
    assert bool(room.offered()) is taken
    assert bool(room.given_up()) is not taken


def test_who_lets_it_ring_is_away_until_he_says_that_he_is_ready(room):
    room.tell(SeatSeen(seat("zhang")), SeatSeen(seat("li")))
    room.waits("a")
    room.tell(OfferLost("a", declined=False))
    assert Show("zhang", Presence.AWAY) in room.decided
    assert room.offered() == [("a", "li")]
    room.waits("b")
    assert room.offered() == []
    room.tell(SeatReady("zhang"))
    assert room.offered() == [("b", "zhang")]


def test_who_declines_stays_free_and_is_not_rung_for_this_caller_again(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferLost("a", declined=True))
    assert room.given_up() == ["a"], "nobody else could take him"
    room.waits("b")
    assert room.offered() == [("b", "zhang")]


def test_a_caller_who_hangs_up_frees_the_seat_that_rang(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    assert room.tell(CallerGone("a")) == [Show("zhang", Presence.FREE)]
    assert room.seating.waiting == 0


def test_after_a_talk_there_is_time_to_write_and_then_he_is_free_again(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"), TalkEnded("zhang", 60.0))
    assert room.seating.presences == {"zhang": Presence.WRAP_UP}
    room.later(WRAP_UP_SECONDS)
    assert room.seating.presences == {"zhang": Presence.FREE}


def test_who_is_silent_for_long_has_gone_but_not_while_he_talks(room):
    room.tell(SeatSeen(seat("zhang")), SeatSeen(seat("li")))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.now = ABSENT_SECONDS + 1
    room.tell(TimePassed())
    assert room.seating.presences == {"zhang": Presence.TALKING}
    room.tell(SeatGone("zhang"))
    assert room.seating.presences == {"zhang": Presence.TALKING}


def test_a_pause_lets_nobody_come(room):
    room.tell(SeatSeen(seat()), SeatAway("zhang"))
    room.waits("a")
    assert room.given_up() == ["a"]


def test_one_who_comes_back_from_a_check_goes_to_his_own_seat_first(room):
    room.tell(SeatSeen(seat("zhang")), SeatSeen(seat("li")))
    room.waits("a")
    room.tell(OfferTaken("a"), TalkEnded("zhang", 20.0, keeps_seat=True))
    room.waits("b")
    assert room.offered() == [("b", "li")], "zhang's seat is kept"
    room.waits("a2", kept_by="zhang")
    assert room.offered() == [("a2", "zhang")]


def test_a_seat_that_is_kept_is_not_freed_by_the_clock_before_its_time(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"), TalkEnded("zhang", 20.0, keeps_seat=True))
    room.later(200)
    assert room.seating.presences == {"zhang": Presence.WRAP_UP}
    room.later(200)
    assert room.seating.presences == {"zhang": Presence.FREE}


def test_danger_goes_first(room):
    room.tell(SeatSeen(seat()))
    room.waits("a")
    room.tell(OfferTaken("a"))
    room.waits("b")
    room.waits("c", "emergency_110", urgent=True)
    assert ("c", 1) in room.places()
    room.tell(TalkEnded("zhang", 20.0), SeatReady("zhang"))
    assert room.offered() == [("c", "zhang")]
