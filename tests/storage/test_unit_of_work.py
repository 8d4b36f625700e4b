import asyncio
from datetime import date

import pytest

from ivr.cli.free_ports import free_port
from ivr.domain.calls import CallBegan, Direction
from ivr.settings import Settings
from ivr.storage import transaction
from ivr.storage.database import open_database
from ivr.storage.errors import DatabaseDown
from ivr.storage.room import StorageRoom, open_storage
from ivr.storage.unit_of_work import UnitOfWork
from tests.storage.conftest import NOW

DAY = date(2026, 11, 23)


async def test_what_is_not_committed_is_undone(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.calls.began(CallBegan("call0001", Direction.INBOUND, "12123", NOW))
    async with room.uow() as uow:
        assert await uow.calls.get("call0001") is None


async def test_what_is_committed_stays_when_the_block_fails_later(room: StorageRoom) -> None:
    async def fail() -> None:
        async with room.uow() as uow:
            await uow.calls.began(CallBegan("call0001", Direction.INBOUND, "12123", NOW))
            await uow.commit()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with room.reading() as uow:
        assert await uow.calls.get("call0001") is not None


async def test_serials_count_per_letter_and_day(room: StorageRoom) -> None:
    async with room.uow() as uow:
        assert await uow.next_serial("M", DAY) == "M2611230001"
        assert await uow.next_serial("H", DAY) == "H2611230001"
        assert await uow.next_serial("M", DAY) == "M2611230002"
        assert await uow.next_serial("M", date(2026, 11, 24)) == "M2611240001"
        await uow.commit()


async def test_a_serial_rolled_back_is_given_again_so_that_no_gap_needs_explaining(
    room: StorageRoom,
) -> None:
    async with room.uow() as uow:
        await uow.next_serial("M", DAY)
    async with room.uow() as uow:
        assert await uow.next_serial("M", DAY) == "M2611230001"


async def test_thirty_callers_at_once_get_thirty_serials_in_a_row(room: StorageRoom) -> None:
    serials: list[str] = []

    async def take() -> None:
        async with room.uow() as uow:
            serials.append(await uow.next_serial("M", DAY))
            await uow.commit()

    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(take())
    assert sorted(serials) == [f"M261123{number:04d}" for number in range(1, 31)]


async def test_two_processes_on_one_database_share_the_serials(
    room: StorageRoom, settings: Settings
) -> None:
    serials: list[str] = []

    async def take(side: StorageRoom) -> None:
        async with side.uow() as uow:
            serials.append(await uow.next_serial("M", DAY))
            await uow.commit()

    async with open_storage(settings) as other, asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(take(room))
            group.create_task(take(other))
    assert sorted(serials) == [f"M261123{number:04d}" for number in range(1, 21)]


async def test_readers_on_another_connection_do_not_wait_for_a_writer(room: StorageRoom) -> None:
    async with room.uow() as writer:
        await writer.calls.began(CallBegan("call0001", Direction.INBOUND, "12123", NOW))
        async with asyncio.timeout(2), room.reading() as reader:
            assert await reader.calls.recent(10) == []
        await writer.commit()


async def test_one_that_only_reads_does_not_write(room: StorageRoom) -> None:
    async with room.uow(reads_only=True) as uow:
        with pytest.raises(TypeError, match="only reads"):
            await uow.next_serial("M", DAY)
    async with room.uow() as uow:
        assert (await uow.next_serial("M", DAY)).endswith("0001")


async def test_a_database_that_is_away_is_named_as_such(room: StorageRoom) -> None:
    database = open_database(f"postgresql+asyncpg://ivr@127.0.0.1:{free_port()}/ivr")
    async with UnitOfWork(database, room.cipher, room.audit_key) as uow:
        with pytest.raises(DatabaseDown):
            await uow.next_serial("M", DAY)
    await database.aclose()


async def test_one_that_never_ends_does_not_hold_up_the_others_for_good(
    room: StorageRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    if room.database.is_postgresql:
        pytest.skip("only SQLite has one lock for all writers")
    monkeypatch.setattr(transaction, "_PATIENCE_SECONDS", 0.1)
    async with room.uow() as uow:
        await uow.next_serial("M", DAY)
        async with room.uow() as inner:
            with pytest.raises(DatabaseDown):
                await inner.next_serial("M", DAY)
        await uow.commit()
    async with room.uow() as uow:
        assert await uow.next_serial("M", DAY) == "M2611230002"
