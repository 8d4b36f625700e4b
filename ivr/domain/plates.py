"""Number plates of motor vehicles: shape, kind, type code, and how much of one may be shown.

Shapes follow GA 36-2018 and the new-energy plates; type codes (hpzl) are those of the registration
system.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from ivr.domain.errors import PlateWrong
from ivr.domain.provinces import PROVINCE_CHARS

PLATE_TYPES = MappingProxyType(
    {
        "01": "大型汽车",
        "02": "小型汽车",
        "03": "使馆汽车",
        "04": "领馆汽车",
        "05": "境外汽车",
        "06": "外籍汽车",
        "07": "普通摩托车",
        "08": "轻便摩托车",
        "09": "使馆摩托车",
        "10": "领馆摩托车",
        "11": "境外摩托车",
        "12": "外籍摩托车",
        "13": "低速车",
        "14": "拖拉机",
        "15": "挂车",
        "16": "教练汽车",
        "17": "教练摩托车",
        "18": "试验汽车",
        "19": "试验摩托车",
        "20": "临时入境汽车",
        "21": "临时入境摩托车",
        "22": "临时行驶车",
        "23": "警用汽车",
        "24": "警用摩托车",
        "25": "原农机号牌",
        "26": "香港入出境车",
        "27": "澳门入出境车",
        "51": "大型新能源汽车",
        "52": "小型新能源汽车",
    }
)

SERIAL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""I and O are never printed: they would be read as 1 and 0."""

NEW_ENERGY_LETTERS = "ABCDEFGHJK"


class PlateKind(StrEnum):
    """What the shape of a plate says."""

    ORDINARY = "ordinary"
    SMALL_NEW_ENERGY = "small_new_energy"
    LARGE_NEW_ENERGY = "large_new_energy"
    COACH = "coach"
    TRAILER = "trailer"
    POLICE = "police"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    RESCUE = "rescue"


_PROVINCE = f"[{PROVINCE_CHARS}]"
_LETTER = f"[{SERIAL_LETTERS}]"
_ANY = f"[{SERIAL_LETTERS}0-9]"
_SHAPES: tuple[tuple[PlateKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (PlateKind.HONG_KONG, f"粤Z{_ANY}{{4}}港"),
        (PlateKind.MACAO, f"粤Z{_ANY}{{4}}澳"),
        (PlateKind.ORDINARY, f"{_PROVINCE}{_LETTER}(?!(?:[0-9]*{_LETTER}){{3}}){_ANY}{{5}}"),
        (
            PlateKind.SMALL_NEW_ENERGY,
            f"{_PROVINCE}{_LETTER}[{NEW_ENERGY_LETTERS}]{_ANY}[0-9]{{4}}",
        ),
        (PlateKind.LARGE_NEW_ENERGY, f"{_PROVINCE}{_LETTER}[0-9]{{5}}[{NEW_ENERGY_LETTERS}]"),
        (PlateKind.COACH, f"{_PROVINCE}{_LETTER}{_ANY}{{4}}学"),
        (PlateKind.TRAILER, f"{_PROVINCE}{_LETTER}{_ANY}{{4}}挂"),
        (PlateKind.POLICE, f"{_PROVINCE}[A-HJ-Z]{_ANY}{{4}}警"),
        (PlateKind.EMBASSY, "[0-9]{6}使"),
        (PlateKind.CONSULATE, f"{_PROVINCE}{_LETTER}?[0-9]{{4,6}}领"),
        (PlateKind.RESCUE, f"{_PROVINCE}{_LETTER}{_ANY}{{4}}应急"),
    )
)
_TYPE_OF_KIND: MappingProxyType[PlateKind, str] = MappingProxyType(
    {
        PlateKind.ORDINARY: "02",
        PlateKind.SMALL_NEW_ENERGY: "52",
        PlateKind.LARGE_NEW_ENERGY: "51",
        PlateKind.COACH: "16",
        PlateKind.TRAILER: "15",
        PlateKind.POLICE: "23",
        PlateKind.HONG_KONG: "26",
        PlateKind.MACAO: "27",
        PlateKind.EMBASSY: "03",
        PlateKind.CONSULATE: "04",
    }
)
_SPOKEN = MappingProxyType(dict(zip("0123456789", "零一二三四五六七八九", strict=True)))


@lru_cache(maxsize=16384)
def kind_of(text: str) -> PlateKind | None:
    """Say which kind of plate `text` is, exactly as printed; None when it is none."""
    for kind, shape in _SHAPES:
        if shape.fullmatch(text):
            return kind
    return None


def looks_like_plate(text: str) -> bool:
    """Is `text`, exactly as printed, a plate?"""
    return kind_of(text) is not None


@lru_cache(maxsize=4096)
def may_go_on(text: str) -> bool:
    """Is `text` a plate to which one more letter or digit makes another: is 苏B12345 the beginning of 苏B12345F?"""
    return looks_like_plate(text) and any(looks_like_plate(text + sign) for sign in SERIAL_LETTERS + "0123456789")


@dataclass(frozen=True, slots=True, repr=False, order=True)
class Plate:
    """A number plate. Its `repr` and `str` are masked: plate, place and time locate a person."""

    text: str
    """As printed, without the dot: 苏B12345."""

    def __post_init__(self) -> None:
        """Refuse what is no plate.

        Raises:
            PlateWrong: the shape fits no kind of plate.
        """
        if kind_of(self.text) is None:
            raise PlateWrong("the text fits no kind of plate")

    @classmethod
    def parse(cls, text: str) -> "Plate":
        """Read a plate as people type it: small letters, spaces, the dot, full width.

        Raises:
            PlateWrong: the shape fits no kind of plate.
        """
        narrow = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
        return cls(re.sub(r"[\s·•.\-]", "", narrow).upper())

    @property
    def kind(self) -> PlateKind:
        """What the shape says."""
        kind = kind_of(self.text)
        if kind is None:  # __post_init__ has refused it
            raise PlateWrong("the text fits no kind of plate")
        return kind

    @property
    def plate_type(self) -> str | None:
        """Type code (hpzl) that the shape suggests; None where no code is known (应急).

        Five characters give 02, though a yellow plate (01) has the same shape.
        """
        return _TYPE_OF_KIND.get(self.kind)

    @property
    def prefix(self) -> str:
        """Province and authority letter, e.g. 苏B; empty for embassies."""
        if self.text[0].isdigit():
            return ""
        return self.text[:1] if self.text[1].isdigit() else self.text[:2]

    @property
    def serial(self) -> str:
        """What follows the prefix."""
        return self.text[len(self.prefix) :]

    @property
    def tail(self) -> str:
        """Last three letters or digits: as much as a stranger may be told."""
        return re.sub("[^0-9A-Z]", "", self.serial)[-3:]

    @property
    def spoken_tail(self) -> str:
        """`tail` as it is said: 三四五."""
        return "".join(_SPOKEN.get(char, char) for char in self.tail)

    @property
    def mask(self) -> str:
        """For screens and logs: 苏B1****."""
        return self.text[:3] + "*" * (len(self.text) - 3)

    def __repr__(self) -> str:
        """Give the masked form."""
        return f"Plate({self.mask})"

    def __str__(self) -> str:
        """Give the masked form; who needs the plate itself asks for `.text`."""
        return self.mask


def plate_type_name(plate_type: str) -> str:
    """Name a type code as it is said; an unknown one is just a vehicle."""
    return PLATE_TYPES.get(plate_type, "机动车")
