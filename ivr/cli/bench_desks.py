"""`ivr bench desks`: every page of the desks on a full database, median and p95 against a limit."""

import argparse
import asyncio
import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from ivr.bootstrap import BackendAddress, open_services
from ivr.cli.desk_seed import Seeded, seed_desks
from ivr.consoles.app import ConsoleOptions, DeskServices, MediaAddress, create_app, pages_of, serve
from ivr.settings import Settings
from ivr.storage.room import StorageRoom, open_storage
from telephony.exchange import Exchange

LIMIT_MS = 300.0
_PASSWORD = "bench-the-desks"  # noqa: S105 - of a database that is thrown away
_SKIPPED = ("/recording.wav", "/waveform.svg", "/news", "/rings", "/captions", "/sound.wav")
"""Streams and sound: not pages."""
_NOT_HERE = ("/account/second-factor.svg", "/sign-on")
"""Pages that only follow others."""
_SEARCHES = {"words": {"words": "清扬路六十八号"}, "rare words": {"words": "没有人说过"}, "facts": {"region": "320200", "outcome": "applied", "least_minutes": "1"}}
"""What is looked for among the calls."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One page, asked for several times."""

    path: str
    status: int
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the answers came sooner."""
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        """Of twenty answers nineteen came sooner."""
        return sorted(self.milliseconds)[max(0, round(0.95 * len(self.milliseconds)) - 1)]


def add_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options."""
    bench.add_argument("--calls", type=int, default=10_000, help="calls in the database (10000)")
    bench.add_argument("--cases", type=int, default=2_000, help="open cases (2000)")
    bench.add_argument("--times", type=int, default=20, help="how often each page is asked for (20)")
    bench.add_argument("--database", help="postgresql+asyncpg://... of an empty database; default: SQLite in a temporary folder")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with bars")
    bench.set_defaults(work=bench_desks)


async def bench_desks(_settings: Settings, chosen: argparse.Namespace) -> int:
    """Fill, ask, print; 1 when a page's median is over the limit."""
    with tempfile.TemporaryDirectory(prefix="ivr-desks-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=chosen.database, second_factor="optional", _env_file=None)
        async with open_storage(settings) as storage:
            began = time.monotonic()
            seeded = await seed_desks(
                storage, calls=chosen.calls, open_cases=min(chosen.cases, chosen.calls), now=storage.clock(), progress=_progress
            )
            print(f"{chosen.calls} calls and {chosen.cases} open cases written in {time.monotonic() - began:.0f} s", file=sys.stderr)
            await storage.live_calls.register(seeded.call_id, {"direction": "in", "state": "listening", "region": "320200"})
            async with _console(settings, storage, seeded) as (port, paths):
                found = await asyncio.to_thread(_measure, port, _addresses(paths, seeded), chosen.times)
    name = "PostgreSQL" if chosen.database else "SQLite"
    _print(found, name)
    if chosen.page is not None:
        chosen.page.write_text(page(found, name), "utf-8")
        print(f"page: {chosen.page}")
    bad = [each for each in found if each.median > LIMIT_MS or each.status != 200]
    return 1 if bad else 0


@asynccontextmanager
async def _console(settings: Settings, storage: StorageRoom, seeded: Seeded) -> AsyncIterator[tuple[int, list[str]]]:
    """Serve the real console; gives its port and the paths of its pages."""
    backend = BackendAddress("http://127.0.0.1:9", b"nobody answers there, nobody is asked")
    async with open_services(settings, storage, backend) as services:
        await services.people.open_first("admin", _PASSWORD)
        await services.signing_in.sign_agreement("admin", services.signing_in.agreement.version)
        await services.reviewing.draw_day(date.fromisoformat(seeded.day), now=storage.clock())
        app = create_app(
            storage=storage, media=MediaAddress("127.0.0.1", 9, "u", SecretStr("p")), phones=Exchange(),
            services=DeskServices(
                services.work_orders, services.people, services.signing_in, services.dispatching, services.joins, services.reviewing,
                services.seating,
            ),
            options=ConsoleOptions(),
        )
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.ensure_future(serve(app, "127.0.0.1", 0, listening=port.set_result))
        try:
            yield await port, pages_of(app)
        finally:
            serving.cancel()
            await asyncio.wait([serving])


def _addresses(paths: list[str], seeded: Seeded) -> list[str]:
    ids = {
        "call_id": seeded.call_id, "case_id": seeded.case_id, "serial": seeded.serial, "name": "admin",
        "review_id": f"Q{seeded.day[2:].replace('-', '')}00001",
    }
    queries = {
        "/figures": f"?day={seeded.day}", "/figures/hours.svg": f"?day={seeded.day}", "/figures/days.svg": f"?day={seeded.day}",
        "/figures/day.csv": f"?day={seeded.day}", "/reviews": f"?day={seeded.day}",
        "/reviews/export.csv": f"?first={seeded.day}&last={seeded.day}",
    }
    kept = [path for path in paths if not path.endswith(_SKIPPED) and not path.startswith(_NOT_HERE)]
    return [path.format(**ids) + queries.get(path, "") for path in kept]


def _measure(port: int, addresses: list[str], times: int) -> list[Measured]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = _sign_in(line)
    headers = {"Accept": "text/html", "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    line.request("GET", "/account", headers=headers)
    csrf = _csrf(line.getresponse().read())
    asked = [(address, "GET", address, "") for address in addresses]
    asked += [(f"/calls, by {name}", "POST", "/calls", urlencode({"csrf": csrf, **form})) for name, form in _SEARCHES.items()]
    found = []
    for name, method, address, body in asked:
        took, status = [], 0
        for _ in range(times):
            began = time.perf_counter()
            line.request(method, address, body, headers)
            answer = line.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            status = answer.status
        found.append(Measured(name, status, tuple(took)))
    return found


def _csrf(page: bytes) -> str:
    return page.decode().partition('name="csrf" content="')[2].partition('"')[0]


def _sign_in(line: http.client.HTTPConnection) -> str:
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    csrf = _csrf(answer.read())
    form = urlencode({"csrf": csrf, "name": "admin", "password": _PASSWORD})
    line.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total or done % 2500 == 0:
        print(f"\rcalls written: {done} of {total} ", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


def _print(found: list[Measured], name: str) -> None:
    table = Table(title=f"every page of the desks on {name}, limit {LIMIT_MS:.0f} ms (median)")
    for column in ("page", "status", "median ms", "p95 ms", ""):
        table.add_column(column, justify="left" if column == "page" else "right", no_wrap=True)
    for each in sorted(found, key=lambda one: -one.median):
        over = "over" if each.median > LIMIT_MS else ""
        table.add_row(each.path.partition("?")[0], str(each.status), f"{each.median:.0f}", f"{each.p95:.0f}", over)
    Console(highlight=False).print(table)


def page(found: list[Measured], name: str) -> str:
    """Draw the measurement as one HTML page; nothing to load, no script."""
    rows = []
    for each in sorted(found, key=lambda one: -one.median):
        wide = min(100.0, each.median / LIMIT_MS * 100)
        rows.append(
            f"<tr><td>{escape(each.path)}</td><td><svg viewBox='0 0 100 10' width='300' height='14'><rect width='{wide:.1f}' "
            f"height='10' fill='#0b3d91'/></svg></td><td>{each.median:.0f}</td><td>{each.p95:.0f}</td></tr>"
        )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Desks on {name}</title><body style='font:15px sans-serif'>"
        f"<h1>Every page of the desks on {name}</h1><p>A full bar is the limit, {LIMIT_MS:.0f} ms.</p><table>"
        f"<tr><th>page</th><th></th><th>median ms</th><th>p95 ms</th></tr>{''.join(rows)}</table></body></html>"
    )
