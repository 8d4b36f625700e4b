"""Places as callers tell them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceHeard:
    """A place cut out of a sentence."""

    text: str | None
    """The caller's own words: 清扬路六十八号门口; None when no place was said."""
    kind: str | None
    """road, compound, car_park, unit, other; None when it cannot be told."""
    on_road: bool | None
    """Does the car stand on a road? None when it cannot be told."""


def hear_place(text: str, *, asked: bool = False) -> PlaceHeard:
    """Cut the place out of `text`; `asked`: the caller was just asked where, so what is left is the place."""
    raise NotImplementedError
