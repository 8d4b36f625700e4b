import pytest

from tests.fakes.site import NOW, Site


async def test_a_mark_is_kept_once_and_a_low_one_asks_why(site: Site) -> None:
    assert not await site.ratings.give("c1", 2, service="exam", now=NOW)
    assert await site.ratings.give("c1", 5, service="exam", now=NOW)
    assert await site.ratings.give("c2", 4, service="paper", now=NOW)
    async with site.room.reading() as uow:
        assert [(each.call_id, each.score) for each in await uow.ratings.since(NOW)] == [("c1", 2), ("c2", 4)]
        assert await uow.ratings.of_call("c3") is None


@pytest.mark.parametrize("score", [0, 6])
async def test_what_is_no_mark_is_not_kept(site: Site, score: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        await site.ratings.give("c1", score, service="exam", now=NOW)
