import asyncio

import pytest
from sqlalchemy import text

from ivr.storage.errors import AuditBroken
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW


async def append(room: StorageRoom, *subjects: str) -> None:
    async with room.uow() as uow:
        for subject in subjects:
            await uow.audit.append(
                at=NOW,
                actor="clock",
                action="case.filed",
                subject=subject,
                facts={"牌": "苏B1****"},
            )
        await uow.commit()


async def tamper(room: StorageRoom, *statements: str) -> None:
    """What somebody with the rights of the database's owner could do."""
    guards = (
        ["ALTER TABLE audit DISABLE TRIGGER audit_guard"]
        if room.database.is_postgresql
        else ["DROP TRIGGER audit_guard_update", "DROP TRIGGER audit_guard_delete"]
    )
    async with room.engine.begin() as connection:
        for statement in [*guards, *statements]:
            await connection.execute(text(statement))


async def test_entries_are_kept_with_what_the_unit_of_work_commits(room: StorageRoom) -> None:
    await append(room, "M1", "M2")
    async with room.uow() as uow:
        await uow.audit.append(at=NOW, actor="a", action="b", subject="undone", facts={})
    async with room.reading() as uow:
        assert await uow.audit.verify() == 2
        assert [entry.subject for entry in await uow.audit.entries()] == ["M2", "M1"]
        (entry,) = await uow.audit.entries(subject="M1")
        assert (entry.at, entry.actor, entry.facts) == (NOW, "clock", {"牌": "苏B1****"})


async def test_twenty_writers_at_once_make_one_chain(room: StorageRoom) -> None:
    await asyncio.gather(*(append(room, f"M{number}") for number in range(20)))
    async with room.reading() as uow:
        assert await uow.audit.verify() == 20


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 2", 2),
        ("UPDATE audit SET facts = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("UPDATE audit_head SET seq = 9", 4),
    ],
)
async def test_whatever_was_changed_left_out_or_cut_off_is_noticed(
    room: StorageRoom, statement: str, broken_at: int
) -> None:
    await append(room, "M1", "M2", "M3")
    await tamper(room, statement)
    async with room.reading() as uow:
        with pytest.raises(AuditBroken) as broken:
            await uow.audit.verify()
    assert broken.value.seq == broken_at
