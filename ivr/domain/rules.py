"""Rules that differ by place or change by law, as dated data: who asks names region and day.

A rules file is YAML: rule name -> list of rows `{region, valid_from, valid_until?, value, source}`.
The nearest region wins (county, city, province, "*"); within one region rows must not overlap, so
that on any day there is one answer or none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from ivr.domain.errors import RuleMissing, RulesBroken

_OWN_RULES = Path(__file__).parent / "data" / "rules"
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_REGION = re.compile(r"\*|[1-9][0-9]{5}")
_FIELDS = frozenset({"region", "valid_from", "valid_until", "value", "source"})

Value = int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a value in force in one region over one span of days."""

    name: str
    region: str
    valid_from: date
    valid_until: date
    """Last day; `date.max` when open."""
    value: Value
    source: str
    file: str

    @property
    def version(self) -> str:
        """Names this row in a record of what was decided: 2019-06-01/*."""
        return f"{self.valid_from.isoformat()}/{self.region}"

    def covers(self, on: date) -> bool:
        """Is it in force on that day?"""
        return self.valid_from <= on <= self.valid_until


class Rules:
    """All rules; immutable after loading."""

    def __init__(self, rows: Iterable[Rule]) -> None:
        """Index rows.

        Raises:
            RulesBroken: two rows of one rule and region overlap, or a rule's values differ in kind.
        """
        index: dict[tuple[str, str], list[Rule]] = {}
        kinds: dict[str, type] = {}
        for row in rows:
            index.setdefault((row.name, row.region), []).append(row)
            if kinds.setdefault(row.name, type(row.value)) is not type(row.value):
                raise RulesBroken(
                    row.file, f"{row.name} from {row.valid_from}", "value is of another kind"
                )
        self._index = {key: tuple(sorted(v, key=_first_day)) for key, v in index.items()}
        for found in self._index.values():
            _refuse_overlap(found)

    @classmethod
    def load(cls, extra_dir: Path | None = None) -> "Rules":
        """Read the shipped rules and, beside them, a site's own folder of `*.yml`.

        Raises:
            RulesBroken: names file and row of the first rule that cannot be used.
        """
        files = sorted(_OWN_RULES.glob("*.yml"))
        if extra_dir is not None:
            if not extra_dir.is_dir():
                raise RulesBroken(str(extra_dir), "", "no such folder of rules")
            files += sorted(extra_dir.glob("*.yml"))
        return cls(row for file in files for row in _read(file))

    @property
    def names(self) -> tuple[str, ...]:
        """Every rule's name."""
        return tuple(sorted({name for name, _ in self._index}))

    def rule(self, name: str, *, region: str = "*", on: date) -> Rule:
        """Give the row in force.

        Raises:
            RuleMissing: there is none.
        """
        for place in _from_near_to_far(region):
            for row in self._index.get((name, place), ()):
                if row.covers(on):
                    return row
        raise RuleMissing(name, region, on.isoformat())

    def number(self, name: str, *, region: str = "*", on: date) -> int:
        """Give a whole number.

        Raises:
            RuleMissing: no such rule is in force.
            RulesBroken: it is no number.
        """
        row = self.rule(name, region=region, on=on)
        if not isinstance(row.value, int):
            raise RulesBroken(row.file, row.name, "value is no whole number")
        return row.value

    def text(self, name: str, *, region: str = "*", on: date) -> str:
        """Give a text.

        Raises:
            RuleMissing: no such rule is in force.
            RulesBroken: it is no text.
        """
        row = self.rule(name, region=region, on=on)
        if not isinstance(row.value, str):
            raise RulesBroken(row.file, row.name, "value is no text")
        return row.value

    def items(self, name: str, *, region: str = "*", on: date) -> tuple[str, ...]:
        """Give a list of texts.

        Raises:
            RuleMissing: no such rule is in force.
            RulesBroken: it is no list.
        """
        row = self.rule(name, region=region, on=on)
        if not isinstance(row.value, tuple):
            raise RulesBroken(row.file, row.name, "value is no list")
        return row.value

    def version(self, name: str, *, region: str = "*", on: date) -> str:
        """Name the row in force, for the record of a decision.

        Raises:
            RuleMissing: there is none.
        """
        return self.rule(name, region=region, on=on).version


def _first_day(row: Rule) -> date:
    return row.valid_from


def _from_near_to_far(region: str) -> tuple[str, ...]:
    if region == "*":
        return ("*",)
    return tuple(dict.fromkeys((region, region[:4] + "00", region[:2] + "0000", "*")))


def _refuse_overlap(rows: Sequence[Rule]) -> None:
    for before, after in pairwise(rows):
        if after.valid_from <= before.valid_until:
            where = f"{after.name} region {after.region} from {after.valid_from}"
            same = "" if before.file == after.file else f" of {before.file}"
            raise RulesBroken(
                after.file,
                where,
                f"overlaps the row from {before.valid_from}{same}; end that one with valid_until",
            )


def _read(file: Path) -> list[Rule]:
    try:
        content: Any = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        row = f"line {mark.line + 1}" if mark else ""
        raise RulesBroken(file.name, row, "is not YAML in UTF-8") from None
    if content is None:
        return []
    if not isinstance(content, dict):
        raise RulesBroken(file.name, "", "must map rule names to rows")
    rows: list[Rule] = []
    for name, entries in content.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise RulesBroken(file.name, str(name), "a rule is named like car_moving.max_per_month")
        if not isinstance(entries, list) or not entries:
            raise RulesBroken(file.name, name, "must be a list of rows")
        rows += [
            _row(file.name, name, f"{name} row {number}", entry)
            for number, entry in enumerate(entries, 1)
        ]
    return rows


def _row(file: str, name: str, where: str, entry: object) -> Rule:
    if not isinstance(entry, Mapping):
        raise RulesBroken(file, where, "must be a mapping")
    if unknown := set(entry) - _FIELDS:
        raise RulesBroken(file, where, f"unknown field {', '.join(sorted(map(str, unknown)))}")
    if missing := _FIELDS - {"valid_until"} - set(entry):
        raise RulesBroken(file, where, f"lacks {', '.join(sorted(missing))}")
    region, source = entry["region"], entry["source"]
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise RulesBroken(file, where, 'region must be "*" or six digits in quotes')
    if not isinstance(source, str) or not source.strip():
        raise RulesBroken(file, where, "source must be a text")
    first = _day(file, where, "valid_from", entry["valid_from"])
    last = _day(file, where, "valid_until", entry.get("valid_until") or date.max)
    if last < first:
        raise RulesBroken(file, where, "valid_until is before valid_from")
    return Rule(name, region, first, last, _value(file, where, entry["value"]), source, file)


def _day(file: str, where: str, field: str, value: object) -> date:
    if type(value) is date:
        return value
    raise RulesBroken(file, where, f"{field} must be a day like 2019-06-01")


def _value(file: str, where: str, value: object) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise RulesBroken(
        file, where, "value must be a whole number, a text, or a list of texts (quote digits)"
    )
