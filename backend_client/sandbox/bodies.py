"""Request bodies of the contract, as the sandbox checks them."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

PlateText = Annotated[str, Field(min_length=5, max_length=9)]
PlateType = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Token = Annotated[str, Field(min_length=8, max_length=128)]
CaseId = Annotated[str, Field(min_length=1, max_length=64)]
Place = Annotated[str, Field(min_length=1, max_length=500)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


def _text_only(value: object) -> object:
    if not isinstance(value, str) or value.lstrip("+-").isdigit():
        raise ValueError("a moment is written as RFC 3339 has it")
    return value


def _day_only(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is written as RFC 3339 has it")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text_only)]

Day = Annotated[date, Field(strict=False), BeforeValidator(_day_only)]
Subject = Literal["1", "2", "3", "3B"]
LicenceClass = Annotated[str, Field(pattern=r"^[A-FMNP][1-6]?$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Find(_Body):
    """Which vehicle."""

    plate: PlateText
    plate_type: PlateType


class Contact(_Body):
    """Whom to dial."""

    contact_token: Token


class Stale(_Body):
    """Whose contact ends."""

    contact_token: Token
    case_id: CaseId


class Clue(_Body):
    """A cloned plate may be in use."""

    plate: PlateText
    plate_type: PlateType
    place: Place
    region: Region
    case_id: CaseId
    seen_at: Moment


class Order(_Body):
    """Work for the duty brigade."""

    plate: PlateText
    plate_type: PlateType
    place: Place
    region: Region
    case_id: CaseId
    requester: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")]
    opened_at: Moment
    urgent: bool


class FindPlace(_Body):
    """Where is it?"""

    region: Region
    place: Place


class FindPerson(_Body):
    """Who is it?"""

    id_number: Annotated[str, Field(pattern=r"^[0-9]{17}[0-9X]$")]


class Secret(_Body):
    """Is the second secret right?"""

    person_token: Token
    kind: Literal["file_number", "vin"]
    value: Annotated[str, Field(pattern=r"^[0-9A-Z]{6}$")]
    plate: PlateText | None = None
    plate_type: PlateType | None = None


class Whose(_Body):
    """Whose record."""

    person_token: Token


class PlanQuery(_Body):
    """Which sessions."""

    person_token: Token
    subject: Subject
    region: Region
    first: Day
    last: Day


class Book(_Body):
    """Application for a test."""

    person_token: Token
    plan_id: Annotated[str, Field(min_length=1, max_length=64)]
    subject: Subject
    licence_class: LicenceClass


class CancelBooking(_Body):
    """Application to be taken back."""

    person_token: Token
    serial: Annotated[str, Field(min_length=1, max_length=64)]


class WhichVehicle(_Body):
    """One of somebody's vehicles."""

    person_token: Token
    plate: PlateText
    plate_type: PlateType


class Apply(_Body):
    """Application for a paper."""

    person_token: Token
    paper: Literal["plate", "vehicle_licence", "inspection_mark", "driving_licence"]
    cause: Literal["lost", "damaged", "expiring", "changed", "moved_in", "age", "downgrade", "due"]
    delivery: Literal["registered", "other", "pick_up"]
    address: Place | None = None
    vehicle_token: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    pieces: Literal["one", "both"] | None = None
    temporary_plate: bool = False
    target_class: LicenceClass | None = None
