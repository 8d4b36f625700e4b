"""Calls found by their facts and by what was said, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from ivr.bootstrap import index_job
from ivr.domain.accounts import Scope
from ivr.domain.call_search import CallQuery
from ivr.domain.calls import CallBegan, CallEnded, Direction, Speaker, TurnRecord
from ivr.domain.orders import Rating
from ivr.storage.models import call_words, calls, turns
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
SAID = ("我要挪车在清扬路六十八号", "我想约科目三", "清扬小区门口，扬路边上", "（已封存，尾号0028）")


@pytest.fixture
async def four(room: StorageRoom) -> StorageRoom:
    """Call 0 to 3, a minute apart, of two cities."""
    for number, said in enumerate(SAID):
        call_id, at = f"call{number}", NOW + number * MINUTE
        region = ("320200", "320213", "330106", "320205")[number]
        log = room.call_log
        await log.began(CallBegan(call_id, Direction.INBOUND, "12123", at, caller=f"1380000{number}{number}{number}{number}", region=region))
        await log.turn(TurnRecord(call_id, 0, Speaker.SERVICE, "请问车停在清扬路什么地方", at, 1.0))
        await log.turn(TurnRecord(call_id, 0, Speaker.CALLER, said, at, 5.0, confidence=0.9))
        outcome, service = (("case_filed", "car_moving"), ("applied", "exams"), ("", ""), ("applied", "licences"))[number]
        await log.ended(CallEnded(call_id, at + MINUTE, "said_goodbye", 30.0 + 30 * number, outcome=outcome, service=service))
    async with room.uow() as uow:
        await uow.ratings.add(Rating(call_id="call1", score=5, at=NOW, service="exams"))
        await uow.ratings.add(Rating(call_id="call2", score=1, at=NOW, service=""))
        await uow.commit()
    return room


async def found(room: StorageRoom, query: CallQuery, *, scope: Scope | None = None, limit: int = 9) -> list[str]:
    async with room.reading(scope) as uow:
        return [call.call_id for call in await uow.call_search.find(query, limit=limit)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (CallQuery(), [3, 2, 1, 0]),
        (CallQuery(since=NOW + MINUTE, until=NOW + 3 * MINUTE), [2, 1]),
        (CallQuery(region="320200"), [3, 1, 0]),
        (CallQuery(region="330000"), [2]),
        (CallQuery(direction=Direction.OUTBOUND), []),
        (CallQuery(service="exams"), [1]),
        (CallQuery(outcome="applied"), [3, 1]),
        (CallQuery(end_reason="failed"), []),
        (CallQuery(least_seconds=60, most_seconds=90), [2, 1]),
        (CallQuery(worst_mark=4), [1]),
        (CallQuery(worst_mark=1), [2, 1]),
        (CallQuery(tail="2222"), [2]),
        (CallQuery(words="清扬路"), [0]),
        (CallQuery(words="六十八号", region="320000"), [0]),
        (CallQuery(words="约科目三", outcome="case_filed"), []),
        (CallQuery(words="什么地方"), []),
        (CallQuery(words="0028"), []),
    ],
)
async def test_every_fact_that_is_named_holds(four: StorageRoom, query: CallQuery, numbers: list[int]) -> None:
    assert await found(four, query) == [f"call{number}" for number in numbers]


async def test_a_page_is_filled_although_calls_only_look_like_the_words(four: StorageRoom) -> None:
    """Call 2 has both pieces of 清扬路 and not the word."""
    assert await found(four, CallQuery(words="清扬路"), limit=1) == ["call0"]


async def test_calls_of_one_moment_are_all_on_some_page(room: StorageRoom) -> None:
    for number in range(5):
        await room.call_log.began(CallBegan(f"call{number}", Direction.INBOUND, "12123", NOW))
    seen, past = [], ""
    async with room.reading() as uow:
        while page := await uow.call_search.find(CallQuery(), limit=2, past=past):
            past = page[-1].call_id
            seen += [call.call_id for call in page]
    assert seen == [f"call{number}" for number in range(5)]


async def test_nothing_of_another_region_is_found(four: StorageRoom) -> None:
    assert await found(four, CallQuery(words="清扬路"), scope=Scope(("330100",))) == []
    assert await found(four, CallQuery(words="清扬路"), scope=Scope(("320200",))) == ["call0"]


async def test_the_index_holds_no_words_and_goes_with_its_call(four: StorageRoom) -> None:
    async with four.engine.connect() as connection:
        tokens = [row.token for row in await connection.execute(select(call_words))]
        assert len(tokens) > 20
        assert not any(ord(char) > 127 for token in tokens for char in token)
        await connection.rollback()
    async with four.uow() as uow:
        same = TurnRecord("call0", 0, Speaker.CALLER, SAID[0], NOW, 5.0)
        await uow.call_search.index(same)  # spooled and replayed: twice does no harm
        await uow.commit()
    async with four.engine.connect() as connection:
        assert len(list(await connection.execute(select(call_words)))) == len(tokens)
        await connection.rollback()
    async with four.uow() as uow:
        await uow._transaction.execute(delete(calls).where(calls.c.call_id == "call0"))
        await uow.commit()
    async with four.engine.connect() as connection:
        left = {row.call_id for row in await connection.execute(select(call_words))}
    assert left == {"call1", "call2"}, "call3 was sealed"


async def test_calls_kept_before_there_was_an_index_are_found_once_the_clock_has_been_through(four: StorageRoom) -> None:
    async with four.uow() as uow:
        before = {row["token"] for row in await uow._transaction.rows(select(call_words))}
        await uow._transaction.execute(delete(call_words))
        await uow.commit()
    assert await found(four, CallQuery(words="清扬路")) == []
    job = index_job(four)
    assert await job(NOW) == 4
    assert await found(four, CallQuery(words="清扬路")) == ["call0"]
    assert await found(four, CallQuery(words="0028")) == []
    async with four.reading() as uow:
        assert {row["token"] for row in await uow._transaction.rows(select(call_words))} == before | {"-"}
    assert await job(NOW) == 0, "also of the sealed one, in which nothing is to be found"


async def test_indexing_goes_on_where_it_was_interrupted_and_past_what_cannot_be_opened(four: StorageRoom) -> None:
    async with four.uow() as uow:
        await uow._transaction.execute(delete(call_words))
        await uow._transaction.execute(update(turns).where(turns.c.call_id == "call2").values(text_enc="not ours"))
        await uow.commit()
    async with four.uow() as uow:
        assert await uow.call_search.index_older(2) == 2
        await uow.commit()
    assert await found(four, CallQuery(words="清扬路")) == []
    assert await index_job(four)(NOW) == 2
    assert await found(four, CallQuery(words="清扬路")) == ["call0"]
