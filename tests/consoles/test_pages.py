"""How values are shown."""

from datetime import UTC, datetime

import pytest

from ivr.consoles.pages import Pages, clock, milliseconds, tail


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "—"), (0, "0:00"), (65.9, "1:05"), (3599, "59:59"), (3725, "1:02:05")]
)
def test_a_length_is_shown_in_minutes(seconds: float | None, shown: str) -> None:
    assert clock(seconds) == shown


def test_no_more_than_four_digits_of_a_number_are_shown() -> None:
    assert tail("13800001111") == "尾号 1111"
    assert tail("") == "未显示"
    assert milliseconds(12.4) == "12 毫秒"


def test_a_moment_is_shown_in_the_sites_time_zone() -> None:
    pages = Pages(zone="Asia/Shanghai", hotline="12123", phone_open=True)
    assert pages._moment(datetime(2026, 11, 23, 18, 0, tzinfo=UTC)) == "2026-11-24 02:00:00"
    assert pages._moment(None) == "—"


def test_what_people_wrote_cannot_become_part_of_the_page() -> None:
    pages = Pages(zone="UTC", hotline="12123", phone_open=True)
    page = pages.render("message.html", None, title="<script>", text='"&')
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body
