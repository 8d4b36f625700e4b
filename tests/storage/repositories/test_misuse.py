from dataclasses import replace
from datetime import timedelta

from ivr.domain.orders import MisuseMark
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MARK = MisuseMark(caller_token="r1", case_id="M1", confirmed_by="admin", at=NOW)


async def test_one_mark_for_one_case_oldest_first(room: StorageRoom) -> None:
    older = replace(MARK, case_id="M2", at=NOW - timedelta(days=1))
    async with room.uow() as uow:
        await uow.misuse.add(MARK)
        await uow.misuse.add(replace(MARK, confirmed_by="somebody else"))
        await uow.misuse.add(older)
        await uow.misuse.add(replace(MARK, caller_token="r2", case_id="M3"))
        await uow.commit()
    async with room.reading() as uow:
        assert await uow.misuse.marks("r1") == [older, MARK]
