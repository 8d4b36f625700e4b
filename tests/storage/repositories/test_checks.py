from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from ivr.domain.checks import CheckKind, CodeSent
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
CODE = CodeSent(
    attempt_id="a1", call_id="call0001", id_token="t1", person_token="pt_12345678", contact_token="ct_12345678",
    phone_tail="1234", code_hash="h" * 64, sent_at=NOW, expires_at=NOW + 5 * MINUTE, age=36, home="示例市长江路",
)  # fmt: skip


async def test_a_code_comes_back_as_it_was(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.checks.add(CODE)
        assert await uow.checks.get("a1") == CODE
        used = replace(CODE, tries=2, used_at=NOW + MINUTE, home=None)
        await uow.checks.save(used)
        assert await uow.checks.get("a1") == used
        assert await uow.checks.get("a2") is None


async def test_codes_and_failures_are_counted_for_one_identity(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.checks.add(CODE)
        await uow.checks.add(replace(CODE, attempt_id="a2", sent_at=NOW - 60 * MINUTE))
        await uow.checks.add(replace(CODE, attempt_id="a3", id_token="t2"))
        assert await uow.checks.sent_since("t1", NOW - MINUTE) == 1
        assert await uow.checks.sent_since("t1", NOW - 90 * MINUTE) == 2
        await uow.checks.fail("t1", CheckKind.CODE, NOW)
        await uow.checks.fail("t1", CheckKind.SECRET, NOW)
        await uow.checks.fail("t2", CheckKind.CODE, NOW)
        assert await uow.checks.failures_since("t1", CheckKind.CODE, NOW - MINUTE) == 1
        assert await uow.checks.failures_since("t1", CheckKind.CODE, NOW + MINUTE) == 0
        assert await uow.checks.drop_before(NOW) == 1
        assert await uow.checks.drop_before(NOW + MINUTE) == 5


async def test_nothing_of_a_code_stands_in_clear(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.checks.add(CODE)
        await uow.commit()
    async with room.reading() as uow:
        rows = await uow._transaction.rows(text("SELECT * FROM codes_sent"))
    kept = str([dict(row) for row in rows])
    for secret in ("pt_12345678", "ct_12345678", "长江路"):
        assert secret not in kept
