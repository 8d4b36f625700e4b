"""Public telephone numbers by region: where a caller is sent or transferred to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from backend_client.api import CoreBackend, Office, OfficePhone
from backend_client.errors import BackendError
from ivr.domain.errors import PhoneWrong
from ivr.domain.orders import SmsMessage
from ivr.domain.people import PhoneNumber
from ivr.services.caller_number import number_behind
from ivr.services.ports import OpenUnitOfWork, Vault

EMERGENCY: Mapping[str, str] = MappingProxyType(
    {"police": "110", "fire": "119", "ambulance": "120", "accident": "122"}
)
"""The same in all of China, and never asked for: they must be known when nothing answers."""

__all__ = ["EMERGENCY", "Office", "OfficePhone", "Offices", "text_of"]

_KEPT = timedelta(hours=1)
_SMS_LASTS = timedelta(days=1)


class Offices:
    """Numbers and places of offices, kept for an hour, and beyond it while the backend does not answer.

    Args:
        backend: knows them.
        open_uow: makes units of work, for texts.
        vault: where the calling number lies.
    """

    def __init__(self, backend: CoreBackend, open_uow: OpenUnitOfWork, vault: Vault) -> None:
        self._backend = backend
        self._open_uow = open_uow
        self._vault = vault
        self._known: dict[str, tuple[datetime, tuple[OfficePhone, ...]]] = {}
        self._places: dict[tuple[str, str], tuple[datetime, tuple[Office, ...]]] = {}

    async def phones(self, region: str, *, now: datetime) -> Sequence[OfficePhone]:
        """Numbers of a region, nearest first; at least the emergency numbers."""
        known = self._known.get(region)
        if known is not None and now - known[0] < _KEPT:
            return known[1]
        try:
            found = tuple(await self._backend.list_phones(region))
        except BackendError:
            return known[1] if known is not None else _emergency(region)
        self._known[region] = (now, found)
        return found

    async def number(self, kind: str, *, region: str, now: datetime) -> str | None:
        """The number of one kind of office; None where the region has none."""
        if kind in EMERGENCY:
            return EMERGENCY[kind]
        for phone in await self.phones(region, now=now):
            if phone.kind == kind:
                return phone.number
        return None


    async def offices(self, service: str, *, region: str, now: datetime) -> Sequence[Office]:
        """Places that do this business, nearest first; none where the backend knows none or is away.

        Args:
            service: `plate`, `vehicle_licence`, `inspection_mark`, `driving_licence`, `exam`, `medical`,
                `inspection`, `contact`, `temporary_plate`.
            region: six digits.
            now: this moment.
        """
        known = self._places.get((region, service))
        if known is not None and now - known[0] < _KEPT:
            return known[1]
        try:
            found = tuple(await self._backend.list_offices(region, service))
        except BackendError:
            return known[1] if known is not None else ()
        self._places[region, service] = (now, found)
        return found

    async def nearest(self, service: str, *, region: str, now: datetime) -> Office | None:
        """Give the nearest place that does this business."""
        found = await self.offices(service, region=region, now=now)
        return found[0] if found else None


    async def text(self, places: Sequence[Office], *, caller_ref: str, call_id: str, now: datetime) -> bool:
        """Send all of them to the calling number; False where it can take no SMS."""
        try:
            number = await number_behind(caller_ref, call_id=call_id, vault=self._vault, open_uow=self._open_uow)
            mobile = PhoneNumber.parse(number or "")
        except PhoneWrong:
            return False
        if not mobile.is_mobile:
            return False
        async with self._open_uow() as uow:
            await uow.sms.add(
                SmsMessage(
                    sms_id=f"places:{call_id}:{places[0].services[0]}:{len(places)}", kind="offices", text=text_of(places),
                    subject=call_id, created_at=now, to=mobile.text, expires_at=now + _SMS_LASTS,
                )
            )
            await uow.commit()
        return True


def text_of(places: Sequence[Office]) -> str:
    """SMS with every place in full."""
    lines = [f"{n}. {place.name}：{place.address}，{place.hours}，电话{place.phone}" for n, place in enumerate(places, 1)]
    return "【公安交管12123】就近办理地点：" + "；".join(lines) + "。"


def _emergency(region: str) -> tuple[OfficePhone, ...]:
    names = {
        "police": "公安报警",
        "fire": "火警",
        "ambulance": "医疗急救",
        "accident": "交通事故报警",
    }
    return tuple(
        OfficePhone(names[kind], kind, number, region) for kind, number in EMERGENCY.items()
    )
