from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.applications import Application, Draft, Submission
from ivr.domain.orders import RecordConflict, RecordMissing
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
APPLICATION = Application(
    serial="V2611230001", service="exam", business="book", call_id="call0001", id_token="t1", person_token="pt_12345678",
    contact_token="ct_12345678", details={"plan_id": "p1", "venue": "城北考场"}, rule_version="exams.wait.2=2022-04-01/*",
    idempotency_key="k1", created_at=NOW, updated_at=NOW, next_try_at=NOW + MINUTE,
)  # fmt: skip


async def add(room: StorageRoom, *applications: Application) -> None:
    async with room.uow() as uow:
        for application in applications:
            await uow.applications.add(application)
        await uow.commit()


async def test_an_application_comes_back_as_it_was(room: StorageRoom) -> None:
    silent = replace(APPLICATION, serial="V2", idempotency_key="k2", contact_token=None, created_at=NOW + MINUTE)
    await add(room, APPLICATION, silent)
    async with room.reading() as uow:
        assert await uow.applications.get("V2611230001") == APPLICATION
        assert await uow.applications.by_key("k2") == silent
        assert await uow.applications.get("V9") is None
        assert await uow.applications.of_person("t1", 5) == [silent, APPLICATION]
        assert await uow.applications.of_person("t1", 1) == [silent]
        assert await uow.applications.of_call("call0001") == [silent, APPLICATION]
        assert await uow.applications.of_call("call0002") == []


async def test_one_application_for_one_key(room: StorageRoom) -> None:
    await add(room, APPLICATION)
    async with room.uow() as uow:
        for twin in (replace(APPLICATION, serial="V2"), replace(APPLICATION, idempotency_key="k2")):
            with pytest.raises(RecordConflict):
                await uow.applications.add(twin)


async def test_what_is_not_answered_is_due_until_it_is(room: StorageRoom) -> None:
    await add(room, APPLICATION)
    async with room.uow() as uow:
        assert await uow.applications.due(NOW, 10) == []
        assert await uow.applications.due(NOW + MINUTE, 10) == [APPLICATION]
        done = replace(APPLICATION, state=Submission.SUBMITTED, backend_serial="K1", next_try_at=None, tries=1)
        await uow.applications.save(done)
        assert await uow.applications.due(NOW + DAY, 10) == []
        assert await uow.applications.get(APPLICATION.serial) == done
        with pytest.raises(RecordMissing):
            await uow.applications.save(replace(APPLICATION, serial="V9"))


async def test_a_draft_is_kept_for_a_person_and_its_time(room: StorageRoom) -> None:
    first = Draft("t1", "licence", {"cause": "expiring"}, NOW, NOW + 7 * DAY)
    second = replace(first, slots={"cause": "lost"}, kept_at=NOW + MINUTE, until=NOW + 8 * DAY)
    async with room.uow() as uow:
        await uow.drafts.keep(first)
        await uow.drafts.keep(second)
        assert await uow.drafts.get("t1", "licence", now=NOW) == second
        assert await uow.drafts.get("t1", "papers", now=NOW) is None
        assert await uow.drafts.get("t1", "licence", now=NOW + 8 * DAY) is None
        assert await uow.drafts.drop_expired(NOW + 8 * DAY) == 1
        await uow.drafts.keep(first)
        await uow.drafts.drop("t1", "licence")
        assert await uow.drafts.get("t1", "licence", now=NOW) is None
