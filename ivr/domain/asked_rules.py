"""Rules asked for one decision, and the rows it rests on."""

from datetime import date
from typing import Protocol

from ivr.domain.errors import RuleMissing


class DatedRules(Protocol):
    """The part of `ivr.domain.rules.Rules` that is asked here."""

    def number(self, name: str, *, region: str = ..., on: date) -> int:
        """Give a whole number in force."""

    def items(self, name: str, *, region: str = ..., on: date) -> tuple[str, ...]:
        """Give a list of texts in force."""

    def version(self, name: str, *, region: str = ..., on: date) -> str:
        """Name the row in force."""


class AskedRules:
    """The rules of one family in force at one place on one day; remembers which rows were asked.

    Args:
        rules: all of them.
        family: first part of their names, e.g. `exams`.
        region: six digits, or `*`.
        on: the Chinese day.
    """

    def __init__(self, rules: DatedRules, family: str, *, region: str, on: date) -> None:
        self._rules = rules
        self._family = family
        self._region = region
        self.on = on
        self._asked: dict[str, None] = {}

    @property
    def version(self) -> str:
        """Names the rows a decision rests on, e.g. `exams.subject2_wait.c1=2022-04-01/*`."""
        rows = (f"{name}={self._rules.version(name, region=self._region, on=self.on)}" for name in self._asked)
        return " ".join(rows)

    def number(self, name: str) -> int | None:
        """Give a whole number; None where no row is in force."""
        full = f"{self._family}.{name}"
        try:
            value = self._rules.number(full, region=self._region, on=self.on)
        except RuleMissing:
            return None
        self._asked[full] = None
        return value

    def items(self, name: str) -> tuple[str, ...]:
        """Give a list; empty where no row is in force."""
        full = f"{self._family}.{name}"
        try:
            value = self._rules.items(full, region=self._region, on=self.on)
        except RuleMissing:
            return ()
        self._asked[full] = None
        return value
