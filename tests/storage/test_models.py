from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from ivr.storage.columns import Moment
from ivr.storage.models import metadata

DIALECT = sqlite.dialect()


def test_a_moment_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    china = datetime(2026, 11, 23, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    kept = Moment().process_bind_param(china, DIALECT)
    assert kept is not None
    assert (kept.hour, kept.tzinfo) == (8, UTC)
    assert Moment().process_result_value(kept.replace(tzinfo=None), DIALECT) == china


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        Moment().process_bind_param(datetime(2026, 11, 23), DIALECT)  # noqa: DTZ001


def test_what_could_name_a_person_has_no_column_in_clear() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            for word in ("plate", "place", "caller", "requester", "text", "said", "slots"):
                if column.name.startswith(word):
                    assert column.name.endswith(
                        ("_enc", "_token", "_tail", "_mask", "_type", "_kind")
                    ), f"{table.name}.{column.name}"
