"""Digits and numbers, heard and said."""

from collections.abc import Sequence


def hear_digits(texts: Sequence[str], *, count: int | None = None) -> str | None:
    """Digits (last may be X) of the first guess that has them, `count` long when given."""
    raise NotImplementedError


def hear_phone(texts: Sequence[str]) -> str | None:
    """A phone number, digits only."""
    raise NotImplementedError


def mask_personal(text: str) -> tuple[str, bool]:
    """Hide phone and identity numbers, in digits or spoken; says whether any was found."""
    raise NotImplementedError


def say_digits(text: str, *, yao: bool = True, groups: Sequence[int] = ()) -> str:
    """Write digits out as they are read: 幺三八，零零零零，幺幺幺幺."""
    raise NotImplementedError


def say_number(number: int) -> str:
    """Write a number out as it is read: 一百零五."""
    raise NotImplementedError
