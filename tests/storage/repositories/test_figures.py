"""The figures of a day equal what plain SQL counts, on both databases."""

from dataclasses import fields

from ivr.domain.accounts import Scope
from ivr.domain.figures import Counts, by_hour, day_span
from ivr.storage.room import StorageRoom
from tests.consoles.busy_day import DAY, a_busy_day, by_hand, latencies_by_hand


async def test_a_days_numbers_equal_a_count_by_hand(room: StorageRoom) -> None:
    await a_busy_day(room)
    for regions, like in ((("*",), "%"), (("320200",), "3202%"), (("330000",), "33%")):
        async with room.reading(Scope(regions)) as uow:
            found = sum((await uow.figures.counts(day_span(DAY))).values(), Counts())
            assert await uow.figures.offered(day_span(DAY)) == found.offered
            assert sum(by_hour(await uow.figures.began(day_span(DAY)))) == found.offered
            times = [one for each in (await uow.figures.latencies(day_span(DAY))).values() for one in each]
        assert sorted(times) == await latencies_by_hand(room, like)
        hand = await by_hand(room, like)
        assert set(hand) == {each.name for each in fields(Counts)}, "every figure is counted by hand"
        assert {name: getattr(found, name) for name in hand} == hand
        assert found.offered > 10
        assert 0 < found.moved < found.cases
        assert 0 < found.corrected < found.given
        assert len(times) > 10
