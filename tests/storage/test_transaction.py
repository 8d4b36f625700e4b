import pytest
from sqlalchemy import select, update

from ivr.cli.free_ports import free_port
from ivr.domain.orders import RecordMissing
from ivr.storage.database import open_database
from ivr.storage.errors import DatabaseDown
from ivr.storage.models import site
from ivr.storage.room import StorageRoom
from ivr.storage.transaction import Transaction


async def test_one_that_does_nothing_touches_no_database() -> None:
    nowhere = open_database(f"postgresql+asyncpg://ivr@127.0.0.1:{free_port()}/ivr")
    transaction = Transaction(nowhere)
    await transaction.commit()
    await transaction.close()
    with pytest.raises(DatabaseDown):
        await transaction.execute(select(site))
    await transaction.close()
    await nowhere.aclose()


async def test_a_taken_key_is_told_and_the_work_goes_on(room: StorageRoom) -> None:
    transaction = Transaction(room.database)
    assert await transaction.insert_new(site, {"name": "a", "value": "1"})
    assert not await transaction.insert_new(site, {"name": "a", "value": "2"})
    found = await transaction.row(select(site).where(site.c.name == "a"))
    assert found is not None
    assert found["value"] == "1"
    await transaction.close()


async def test_after_a_commit_the_next_statement_begins_anew(room: StorageRoom) -> None:
    transaction = Transaction(room.database)
    await transaction.insert_new(site, {"name": "a", "value": "1"})
    await transaction.commit()
    await transaction.insert_new(site, {"name": "b", "value": "1"})
    await transaction.close()
    names = {row["name"] for row in await transaction.rows(select(site))}
    await transaction.close()
    assert {"a", "b"} & names == {"a"}


async def test_changing_what_is_not_there_is_refused(room: StorageRoom) -> None:
    transaction = Transaction(room.database)
    with pytest.raises(RecordMissing):
        await transaction.change_one(update(site).where(site.c.name == "?").values(value="1"))
    await transaction.close()
