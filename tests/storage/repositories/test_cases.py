import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.car_moves import BackendTask, CarMoveCase, CaseEvent, CaseState, Escalation
from ivr.domain.orders import RecordConflict
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

CASE = CarMoveCase(
    case_id="M2611230001",
    call_id="call0001",
    idempotency_key="key-1",
    plate="苏B12345",
    plate_token="p1",
    plate_mask="苏B1****",
    plate_type="02",
    place="清扬路68号门口",
    place_kind="road",
    on_road=True,
    reason="堵出入口",
    colour="白",
    colour_matches=None,
    urgent=False,
    region="320200",
    requester="13800001111",
    requester_token="r1",
    opened_at=NOW,
    state=CaseState.NOTIFYING,
    contact_token="ct-1",
    next_due_at=NOW + timedelta(minutes=1),
    pending=(BackendTask.LOOK_UP, BackendTask.REPORT_CLUE),
    escalated_to=Escalation.POLICE,
)


def another(number: int, **changes: object) -> CarMoveCase:
    fields = {
        "case_id": f"M261123{number:04d}",
        "idempotency_key": f"key-{number}",
        "requester_token": f"r{number}",
    }
    return replace(CASE, **{**fields, **changes})  # type: ignore[arg-type]


async def add(room: StorageRoom, *cases: CarMoveCase) -> None:
    async with room.uow() as uow:
        for case in cases:
            await uow.cases.add(case)
        await uow.commit()


async def test_a_case_comes_back_as_it_was(room: StorageRoom) -> None:
    await add(room, CASE)
    async with room.reading() as uow:
        assert await uow.cases.get("M2611230001") == CASE
        assert await uow.cases.by_key("key-1") == CASE
        assert await uow.cases.open_of("r1") == CASE
        assert await uow.cases.get("M2611239999") is None


@pytest.mark.parametrize(
    "twin",
    [
        another(1, idempotency_key="other", requester_token="other"),
        another(2, idempotency_key="key-1"),
        another(2, requester_token="r1"),
    ],
    ids=["same serial", "same request", "same requester has an open case"],
)
async def test_a_second_of_its_kind_is_refused_and_the_work_can_go_on(
    room: StorageRoom, twin: CarMoveCase
) -> None:
    await add(room, CASE)
    async with room.uow() as uow:
        with pytest.raises(RecordConflict):
            await uow.cases.add(twin)
        assert await uow.cases.by_key("key-1") == CASE


async def test_a_closed_case_stands_in_nobodys_way(room: StorageRoom) -> None:
    await add(room, replace(CASE, state=CaseState.RESOLVED))
    await add(room, another(2, requester_token="r1"))
    async with room.reading() as uow:
        found = await uow.cases.open_of("r1")
    assert found is not None
    assert found.case_id == "M2611230002"


async def test_saving_counts_the_version_up_and_an_old_one_is_refused(room: StorageRoom) -> None:
    await add(room, CASE)
    changed = replace(CASE, state=CaseState.ACK_COMING, contact_token=None, pending=())
    async with room.uow() as uow:
        saved = await uow.cases.save(changed)
        await uow.commit()
    assert saved == replace(changed, version=2)
    async with room.uow() as uow:
        with pytest.raises(RecordConflict):
            await uow.cases.save(changed)
        assert await uow.cases.get(CASE.case_id) == saved


async def test_of_two_who_save_at_once_one_is_refused(room: StorageRoom) -> None:
    await add(room, CASE)

    async def save(state: CaseState) -> str:
        async with room.uow() as uow:
            case = await uow.cases.get(CASE.case_id)
            assert case is not None
            await asyncio.sleep(0.02)
            try:
                await uow.cases.save(replace(CASE, state=state))
            except RecordConflict:
                return "refused"
            await uow.commit()
            return "saved"

    results = await asyncio.gather(save(CaseState.CANCELLED), save(CaseState.ACK_COMING))
    assert sorted(results) == ["refused", "saved"]


async def test_only_what_is_due_and_open_or_pending_is_due(room: StorageRoom) -> None:
    await add(
        room,
        another(1, next_due_at=NOW),
        another(2, next_due_at=NOW - timedelta(minutes=5)),
        another(3, next_due_at=NOW + timedelta(seconds=1)),
        another(4, next_due_at=None),
        another(5, next_due_at=NOW, state=CaseState.RESOLVED, pending=()),
        another(6, next_due_at=NOW, state=CaseState.RESOLVED),
    )
    async with room.reading() as uow:
        due = [case.case_id for case in await uow.cases.due(NOW, 10)]
        assert due == ["M2611230002", "M2611230001", "M2611230006"]
        assert len(await uow.cases.due(NOW, 2)) == 2


async def test_limits_count_by_requester_plate_or_both(room: StorageRoom) -> None:
    closed = {"state": CaseState.RESOLVED}
    await add(
        room,
        another(1, requester_token="r1", plate_token="p1", **closed),
        another(2, requester_token="r1", plate_token="p2", **closed),
        another(3, requester_token="r2", plate_token="p1", **closed),
        another(4, requester_token="r1", opened_at=NOW - timedelta(days=2), **closed),
    )
    since = NOW - timedelta(days=1)
    async with room.reading() as uow:
        assert await uow.cases.opened_since(since) == 3
        assert await uow.cases.opened_since(since, requester_token="r1") == 2
        assert await uow.cases.opened_since(since, plate_token="p1") == 2
        both = await uow.cases.opened_since(since, requester_token="r1", plate_token="p1")
        assert both == 1
        assert [case.case_id for case in await uow.cases.recent(9, plate_token="p2")] == [
            "M2611230002"
        ]


async def test_history_keeps_every_step_in_order(room: StorageRoom) -> None:
    steps = [
        CaseEvent(CASE.case_id, NOW, "requester", "filed", None, CaseState.NEW),
        CaseEvent(CASE.case_id, NOW, "clock", "asked", CaseState.NEW, CaseState.NOTIFYING, "x"),
    ]
    await add(room, CASE)
    async with room.uow() as uow:
        for step in steps:
            await uow.cases.note(step)
        await uow.commit()
    async with room.reading() as uow:
        assert await uow.cases.history(CASE.case_id) == steps


async def test_a_draft_is_kept_replaced_and_dropped(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.cases.keep_draft("call0001", {"plate": "苏B12345"})
        await uow.cases.keep_draft("call0001", {"plate": "苏B12345", "place": "清扬路"})
        await uow.cases.keep_draft("call0002", {})
        assert await uow.cases.draft("call0001") == {"plate": "苏B12345", "place": "清扬路"}
        await uow.cases.drop_draft("call0001")
        assert await uow.cases.draft("call0001") is None
        assert await uow.cases.drop_drafts_before(NOW) == 0
        assert await uow.cases.drop_drafts_before(NOW + timedelta(seconds=1)) == 1


async def test_the_newest_case_of_a_call_is_found(room: StorageRoom) -> None:
    later = another(2, opened_at=NOW + timedelta(minutes=1))
    await add(room, CASE, later, another(3, call_id="call0002"))
    async with room.reading() as uow:
        assert await uow.cases.of_call("call0001") == later
        assert await uow.cases.of_call("call0009") is None
