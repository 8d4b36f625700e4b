"""Request bodies of the contract, as the sandbox checks them."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

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


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text_only)]


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
