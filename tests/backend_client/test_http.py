import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from backend_client.api import CloneClue, PoliceOrder, VehicleSummary
from backend_client.breaker import Breaker
from backend_client.errors import BackendDown, BackendRefused, BackendWrong, ContactGone
from backend_client.http import HttpBackend, Patience
from tests.fakes.sandbox import KEY, RunningSandbox, running_sandbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLUE = CloneClue("苏B66666", "02", "清扬路68号", "320200", "M2611230001", NOW)
ORDER = PoliceOrder(
    "苏B12345", "02", "人民路", "320200", "M2611230001", "13800001111", NOW, urgent=False
)


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox() as running:
        yield running


async def test_a_white_small_car_is_found_with_a_token_and_without_its_owner(
    sandbox: RunningSandbox,
) -> None:
    found = await sandbox.backend.find_vehicle("苏B12345", "02")
    assert isinstance(found, VehicleSummary)
    assert (found.plate_type, found.colour, found.status) == ("02", "白", "A")
    assert found.contact_token is not None
    assert await sandbox.backend.move_dial(found.contact_token) == "13900002222"


async def test_an_unknown_plate_and_one_without_contact_differ_for_us_only(
    sandbox: RunningSandbox,
) -> None:
    assert await sandbox.backend.find_vehicle("苏B99999", "02") is None
    found = await sandbox.backend.find_vehicle("苏B00001", "02")
    assert found is not None
    assert found.contact_token is None


async def test_a_lorry_is_found_though_its_plate_looks_like_a_cars(
    sandbox: RunningSandbox,
) -> None:
    found = await sandbox.backend.find_vehicle("苏B54321", "02")
    assert found is not None
    assert found.plate_type == "01"


async def test_the_same_key_opens_one_ticket(sandbox: RunningSandbox) -> None:
    first = await sandbox.backend.report_clue(CLUE, key="M2611230001:clue")
    again = await sandbox.backend.report_clue(CLUE, key="M2611230001:clue")
    assert first == again
    assert len(await sandbox.journal("clue")) == 1


async def test_a_lost_answer_to_a_write_is_asked_for_again_and_done_once(
    sandbox: RunningSandbox,
) -> None:
    await sandbox.fault("lost_answer", count=1)
    serial = await sandbox.backend.create_police_order(ORDER, key="M2611230001:police")
    assert [line["serial"] for line in await sandbox.journal("police_order")] == [serial]


async def test_a_key_used_for_something_else_is_refused(sandbox: RunningSandbox) -> None:
    await sandbox.backend.report_clue(CLUE, key="M2611230001:clue")
    with pytest.raises(BackendRefused) as refused:
        await sandbox.backend.create_police_order(ORDER, key="M2611230001:clue")
    assert refused.value.reason == "key_reused"


async def test_a_stale_contact_can_no_longer_be_dialled(sandbox: RunningSandbox) -> None:
    found = await sandbox.backend.find_vehicle("苏B77777", "02")
    assert found is not None
    assert found.contact_token is not None
    await sandbox.backend.mark_contact_stale(
        found.contact_token, case_id="M2611230001", key="M2611230001:stale"
    )
    with pytest.raises(ContactGone):
        await sandbox.backend.move_dial(found.contact_token)
    later = await sandbox.backend.find_vehicle("苏B77777", "02")
    assert later is not None
    assert later.contact_token is None


async def test_one_bad_moment_is_bridged_and_a_long_one_is_told(sandbox: RunningSandbox) -> None:
    await sandbox.fault("down", count=1)
    assert await sandbox.backend.find_vehicle("苏B12345", "02") is not None
    await sandbox.fault("down")
    with pytest.raises(BackendDown):
        await sandbox.backend.find_vehicle("苏B12345", "02")


async def test_an_answer_that_breaks_the_contract_is_no_answer(sandbox: RunningSandbox) -> None:
    await sandbox.fault("wrong")
    with pytest.raises(BackendWrong):
        await sandbox.backend.find_vehicle("苏B12345", "02")


async def test_a_slow_backend_costs_no_more_than_the_patience(sandbox: RunningSandbox) -> None:
    await sandbox.fault("slow", seconds=5)
    patience = Patience(timeout_seconds=0.1, tries=1)
    async with HttpBackend(sandbox.url, KEY, patience=patience) as hasty:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(BackendDown):
            await hasty.find_vehicle("苏B12345", "02")
        assert loop.time() - began < 1
    await sandbox.fault("none")


async def test_nobody_at_the_door_is_down_and_the_breaker_then_asks_no_more() -> None:
    patience = Patience(timeout_seconds=0.2, tries=1)
    async with HttpBackend(
        "http://127.0.0.1:9", KEY, patience=patience, breaker=Breaker(failures=2, open_seconds=60)
    ) as alone:
        for _ in range(2):
            with pytest.raises(BackendDown):
                await alone.list_phones("320200")
        with pytest.raises(BackendDown, match="breaker"):
            await alone.list_phones("320200")


async def test_a_wrong_secret_or_an_old_clock_is_refused(sandbox: RunningSandbox) -> None:
    async with HttpBackend(sandbox.url, b"another secret") as stranger:
        with pytest.raises(BackendRefused, match="signature_wrong"):
            await stranger.find_vehicle("苏B12345", "02")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    async with HttpBackend(sandbox.url, KEY, clock=lambda: yesterday) as late:
        with pytest.raises(BackendRefused, match="signature_wrong"):
            await late.find_vehicle("苏B12345", "02")


async def test_phones_of_a_region_begin_near_and_end_national(sandbox: RunningSandbox) -> None:
    phones = await sandbox.backend.list_phones("320205")
    assert phones[0].kind == "duty"
    assert {"110", "119", "120", "122"} <= {phone.number for phone in phones}


async def test_what_is_sent_shows_nothing_in_logs() -> None:
    assert "苏B" not in repr(CLUE)
    assert "1380000" not in repr(ORDER)
