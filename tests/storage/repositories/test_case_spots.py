"""Where cases are, on both databases."""

from dataclasses import replace

from sqlalchemy import text

from ivr.domain.accounts import Scope
from ivr.domain.car_moves import CaseState
from ivr.domain.case_map import Spot
from ivr.storage.room import StorageRoom
from tests.domain.test_car_moves import CASE

SPOT = Spot(120.31234, 31.56789)


async def test_a_spot_is_asked_for_once_and_kept_encrypted_beside_the_case(room: StorageRoom) -> None:
    async with room.uow() as uow:
        for number, (region, state) in enumerate((("320213", CaseState.NOTIFYING), ("330106", CaseState.NEW), ("320213", CaseState.RESOLVED))):
            key = f"M{number}"
            await uow.cases.add(replace(CASE, case_id=key, idempotency_key=key, requester_token=key, region=region, state=state))
        await uow.commit()
    async with room.reading() as uow:
        assert sorted(await uow.spots.wanted(9)) == [("M0", "320213", CASE.place), ("M1", "330106", CASE.place)]
        seen = await uow.cases.get("M0")
    assert seen is not None
    async with room.uow() as uow:
        await uow.spots.keep("M0", SPOT)
        await uow.spots.keep("M1", None)
        await uow.commit()
    async with room.uow() as uow:
        saved = await uow.cases.save(replace(seen, holder="wang"))
        await uow.commit()
    assert saved.holder == "wang", "a spot is in nobody's way"
    async with room.reading() as uow:
        assert await uow.spots.wanted(9) == []
        assert await uow.spots.of_the_board() == {"M0": SPOT}
        rows = str(await uow._transaction.rows(text("SELECT * FROM car_move_cases")))
    assert "120.31" not in rows
    async with room.reading(Scope(("330000",))) as uow:
        assert await uow.spots.of_the_board() == {}
