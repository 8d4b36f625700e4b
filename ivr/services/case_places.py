"""Finds out where open car-move cases are, for the dispatchers' map; nothing waits for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from backend_client.api import CoreBackend
from backend_client.errors import BackendDown, BackendRefused, BackendWrong
from ivr.domain.case_map import Spot

_AT_ONCE = 20


class _SpotBook(Protocol):
    async def wanted(self, limit: int) -> Sequence[tuple[str, str, str]]: ...
    async def keep(self, case_id: str, spot: Spot | None) -> None: ...


class _Unit(Protocol):
    @property
    def spots(self) -> _SpotBook: ...
    async def commit(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Live(Protocol):
    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...


class CasePlaces:
    """Asks the backend's map.

    Args:
        open_uow: opens a unit of work.
        reading: opens one for reading.
        backend: has the map.
        live: tells the boards.
    """

    def __init__(self, open_uow: Callable[[], _Unit], reading: Callable[[], _Unit], backend: CoreBackend, live: _Live) -> None:
        self._open_uow = open_uow
        self._reading = reading
        self._backend = backend
        self._live = live

    async def due(self, _now: datetime) -> int:
        """Ask for cases that were not asked for; how many have an answer now."""
        async with self._reading() as uow:
            wanted = await uow.spots.wanted(_AT_ONCE)
        found: dict[str, Spot | None] = {}
        for case_id, region, place in wanted:
            try:
                found[case_id] = await self._spot(region, place)
            except (BackendDown, BackendWrong):  # asked again at the next look
                break
        await self._keep(found)
        return len(found)

    async def _spot(self, region: str, place: str) -> Spot | None:
        try:
            spot = await self._backend.find_place(region, place)
        except BackendRefused:  # a backend without a map
            return None
        return None if spot is None else Spot(spot.lon, spot.lat)

    async def _keep(self, found: Mapping[str, Spot | None]) -> None:
        if not found:
            return
        async with self._open_uow() as uow:
            for case_id, spot in found.items():
                await uow.spots.keep(case_id, spot)
            await uow.commit()
        for case_id in found:
            await self._live.publish("cases", {"case_id": case_id})
