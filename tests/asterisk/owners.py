"""A house on the telephone network whose clock the test moves, and requests filed without a caller on the line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from ivr.cli.demo import Screen
from ivr.cli.house import House
from ivr.domain.car_moves import CarMoveCase
from ivr.domain.orders import OwnerCall
from ivr.domain.plates import Plate
from ivr.services.car_moving_views import MoveRequest
from tests.asterisk.pbx import Asterisk
from tests.running_house import running_house

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 10:00 in China."""


class MovedClock:
    """Runs as clocks do, from a moment the test chooses."""

    def __init__(self) -> None:
        self._shift = TEN - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def forward(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)

    def move_to(self, moment: datetime) -> None:
        self._shift = moment - datetime.now(UTC)


@dataclass
class Network:
    """The house, what it says, and its clock."""

    house: House
    screen: Screen
    clock: MovedClock
    day: int = 0
    _callers: int = 0

    async def file(self, plate: str = "苏B12345", *, call_id: str | None = None, number: str | None = None, **more: Any) -> str:
        """File a request; each comes from another caller unless one is named."""
        self._callers += 1
        call_id = call_id or uuid4().hex
        number = number or f"1380002{self._callers:04d}"
        sealed = await self.house.storage.vault.seal(call_id=call_id, kind="caller", value=number, ttl_seconds=7200, uses=1000)
        found = Plate(plate)
        values: dict[str, Any] = {
            "place": "清扬路68号门口", "place_kind": "road", "reason": "blocked_exit", "colour": "白", "region": "320200",
            "idempotency_key": call_id, **more,
        }
        request = MoveRequest(call_id=call_id, caller_ref=sealed.ref, plate=found, plate_type=found.plate_type or "", **values)
        return (await self.house.services.car_moving.file(request, now=self.clock())).case_id

    async def case(self, case_id: str) -> CarMoveCase:
        async with self.house.storage.reading() as uow:
            case = await uow.cases.get(case_id)
        assert case is not None
        return case

    async def calls(self, case_id: str) -> Sequence[OwnerCall]:
        async with self.house.storage.reading() as uow:
            return await uow.orders.of_case(case_id)

    async def ended(self, case_id: str, attempt: int = 1) -> OwnerCall:
        """Wait until a call to the owner has ended."""
        async with asyncio.timeout(15):
            while True:
                orders = await self.calls(case_id)
                if len(orders) >= attempt and orders[attempt - 1].result is not None:
                    return orders[attempt - 1]
                await asyncio.sleep(0.05)

    async def texts(self, subject: str) -> list[str]:
        """Kinds of the texts of a case."""
        async with self.house.storage.reading() as uow:
            return [message.kind for message in await uow.sms.of_subject(subject)]

    async def close(self, case_id: str) -> None:
        await self.house.services.car_moving.cancel(case_id, now=self.clock())


@asynccontextmanager
async def network(asterisk: Asterisk, folder: Path, **settings: Any) -> AsyncIterator[Network]:
    clock = MovedClock()
    media_user, media_password = asterisk.media_login
    ami_user, ami_password = asterisk.ami_login
    async with running_house(
        folder, clock=clock, outbound="asterisk", media_port=asterisk.media_port, media_user=media_user,
        media_password=media_password, ami_port=asterisk.ami_port, ami_user=ami_user, ami_password=ami_password, **settings,
    ) as (house, screen):
        yield Network(house, screen, clock)
    kept_away = await asyncio.to_thread(asterisk.cli, "dialplan show globals")
    assert not any("IVR_DOWN_UNTIL" in line and not line.strip().endswith("=0") for line in kept_away.splitlines()), (
        "a house that closes is no house that died"
    )
