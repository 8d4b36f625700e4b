"""Renders pages from `templates/`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from ivr.consoles import words
from ivr.consoles.sessions import LONGEST, Session

COOKIE = "ivr_session"
_HERE = Path(__file__).parent
STATIC = _HERE / "static"


MENU = (
    ("/seat", "seat", "座席台", "take_calls"),
    ("/calls", "calls", "通话", "see_calls"),
    ("/live", "live", "旁听", "listen_in"),
    ("/board", "board", "挪车调度", "see_cases"),
    ("/cases", "cases", "挪车单", "see_cases"),
    ("/sms", "sms", "短信", "see_texts"),
    ("/callbacks", "callbacks", "工单", "work_orders"),
    ("/missed", "missed", "漏接", "missed_calls"),
    ("/reviews", "reviews", "质检", "review"),
    ("/reviews/mine", "mine", "我的质检", "appeal"),
    ("/figures", "figures", "数据", "figures"),
    ("/staff", "staff", "账号", "accounts"),
    ("/audit", "audit", "审计", "audit"),
)
"""Path, name of the page, word, and the right (`Right`) that shows it."""


class Pages:
    """The pages of a console.

    Args:
        zone: time zone of what is shown.
        hotline: our own number.
        phone_open: whether a visitor may dial.
    """

    def __init__(self, *, zone: str, hotline: str, phone_open: bool) -> None:
        self._zone = ZoneInfo(zone)
        self._env = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(hotline=hotline, phone_open=phone_open, menu=MENU, **words.CHOICES)
        self._env.filters.update(
            moment=self._moment, hour=self._hour, clock=clock, tail=tail, milliseconds=milliseconds, **words.FILTERS
        )

    def render(
        self,
        name: str,
        who: Session | None,
        /,
        *,
        status: int = 200,
        secure: bool = False,
        **shown: Any,
    ) -> Response:
        """Make a page; the session's cookie goes with it."""
        person = None if who is None else who.person
        known = {
            "account": None if who is None else who.account,
            "person": person,
            "may": frozenset() if person is None else frozenset(right.value for right in person.rights),
            "csrf": "" if who is None else who.csrf,
            "bare": False,
        }
        text = self._env.get_template(name).render(**(known | shown))
        response = HTMLResponse(text, status_code=status)
        if who is not None:
            give_cookie(response, who, secure=secure)
        return response

    def message(self, code: str, who: Session | None, *, status: int) -> Response:
        """Make the page that says what went wrong."""
        title, text = words.error(code)
        return self.render("message.html", who, status=status, title=title, text=text)

    def _hour(self, at: datetime | None) -> str:
        return "—" if at is None else f"{at.astimezone(self._zone):%H:%M}"

    def _moment(self, at: datetime | None, *, seconds: bool = True) -> str:
        if at is None:
            return "—"
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"[: None if seconds else -3]


def give_cookie(response: Response, who: Session, *, secure: bool) -> None:
    """Let the browser carry the session's id."""
    response.set_cookie(
        COOKIE,
        who.sid,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )


def clock(seconds: float | None) -> str:
    """Seconds as `2:05`, or `1:02:05` with hours."""
    if seconds is None:
        return "—"
    minutes, rest = divmod(int(timedelta(seconds=seconds).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def tail(digits: str) -> str:
    """Last digits of a number, all that is shown of it."""
    return f"尾号 {digits[-4:]}" if digits else "未显示"


def milliseconds(value: float | None) -> str:
    """A stage's time."""
    return "—" if value is None else f"{value:.0f} 毫秒"


def error_body(code: str) -> Mapping[str, str]:
    """What a script is told about an error."""
    return {"error": code, "message": words.error(code)[1]}
