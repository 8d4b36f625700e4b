"""A schematic of where open cases stand: marks on a plane, roads through them. No map tiles.

Each city has its own plane. Cases that lie too near each other to be told apart share a mark.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, dist, radians

from ivr.domain.board import UNKNOWN_ROAD, BoardCase

WIDE, HIGH, EDGE = 800, 520, 40
NEAR = 26
"""Points nearer than this share a mark."""
_LEAST_DEGREES = 0.01
"""A plane shows at least so much, about 1 km: one case alone is not drawn at the scale of a yard."""
_KM_OF_DEGREE = 111.32
_SCALES_KM = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is, WGS 84 degrees."""

    lon: float
    lat: float

    def __repr__(self) -> str:
        """Give what may be logged."""
        return "Spot()"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark, and the cases that stand there."""

    number: int
    x: float
    y: float
    cases: tuple[BoardCase, ...]


@dataclass(frozen=True, slots=True)
class Road:
    """A road that several cases are on, as a line between the outermost two."""

    name: str
    ends: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plane:
    """One city's schematic."""

    city: str
    """First four digits of the region code."""
    marks: tuple[Mark, ...]
    roads: tuple[Road, ...]
    scale_km: float
    scale_wide: float
    """What the scale measures, in the units of the drawing."""


def planes(cases: Sequence[BoardCase], spots: Mapping[str, Spot]) -> list[Plane]:
    """Draw the cases that have a spot, in the order given; the city with the most cases first."""
    by_city: dict[str, list[BoardCase]] = defaultdict(list)
    for case in cases:
        if case.case_id in spots:
            by_city[case.region[:4]].append(case)
    found: list[Plane] = []
    number = 1
    for city, here in sorted(by_city.items(), key=lambda each: (-len(each[1]), each[0])):
        plane = _plane(city, here, spots, number)
        number += len(plane.marks)
        found.append(plane)
    return found


def without_spot(cases: Sequence[BoardCase], spots: Mapping[str, Spot]) -> list[BoardCase]:
    """Cases that cannot be drawn."""
    return [case for case in cases if case.case_id not in spots]


def _plane(city: str, cases: Sequence[BoardCase], spots: Mapping[str, Spot], number: int) -> Plane:
    there = [spots[case.case_id] for case in cases]
    middle_lon = (min(each.lon for each in there) + max(each.lon for each in there)) / 2
    middle_lat = (min(each.lat for each in there) + max(each.lat for each in there)) / 2
    shrink = cos(radians(middle_lat))
    wide = max(max(abs(each.lon - middle_lon) for each in there) * shrink * 2, _LEAST_DEGREES)
    high = max(max(abs(each.lat - middle_lat) for each in there) * 2, _LEAST_DEGREES)
    units = min((WIDE - 2 * EDGE) / wide, (HIGH - 2 * EDGE) / high)

    def at(spot: Spot) -> tuple[float, float]:
        return WIDE / 2 + (spot.lon - middle_lon) * shrink * units, HIGH / 2 - (spot.lat - middle_lat) * units

    points = [at(each) for each in there]
    scale_km = next((km for km in _SCALES_KM if km / _KM_OF_DEGREE * units <= WIDE / 4), _SCALES_KM[-1])
    return Plane(city, _marks(cases, points, number), _roads(cases, points), scale_km, scale_km / _KM_OF_DEGREE * units)


def _marks(cases: Sequence[BoardCase], points: Sequence[tuple[float, float]], number: int) -> tuple[Mark, ...]:
    kept: list[tuple[float, float, list[BoardCase]]] = []
    for case, (x, y) in zip(cases, points, strict=True):
        near = next((each for each in kept if (each[0] - x) ** 2 + (each[1] - y) ** 2 < NEAR**2), None)
        if near is None:
            kept.append((x, y, [case]))
        else:
            near[2].append(case)
    return tuple(Mark(number + place, x, y, tuple(here)) for place, (x, y, here) in enumerate(kept))


def _roads(cases: Sequence[BoardCase], points: Sequence[tuple[float, float]]) -> tuple[Road, ...]:
    of_road: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for case, point in zip(cases, points, strict=True):
        if case.road != UNKNOWN_ROAD:
            of_road[case.road].add(point)
    drawn = (Road(name, _outermost(found)) for name, found in sorted(of_road.items()) if len(found) > 1)
    return tuple(road for road in drawn if dist(*road.ends) >= NEAR)  # shorter ones lie under their mark


def _outermost(points: set[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two ends along the axis on which the points lie further apart."""
    across = max(x for x, _ in points) - min(x for x, _ in points)
    down = max(y for _, y in points) - min(y for _, y in points)
    ordered = sorted(points, key=lambda point: point if across >= down else point[::-1])
    return ordered[0], ordered[-1]
