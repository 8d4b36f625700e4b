"""The kinds of columns that tables are made of."""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC; SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(name: str, *, null: bool = False) -> Column[str]:
    """A text that tells nothing of a person."""
    return Column(name, String, nullable=null)


def enc(name: str, *, null: bool = False) -> Column[str]:
    """A text that is encrypted before it is kept."""
    return Column(name, Text, nullable=null)


def at(name: str, *, null: bool = False) -> Column[datetime]:
    """A moment."""
    return Column(name, Moment, nullable=null)
