"""The measurement of turn-taking as one HTML page: every turn a dot, nothing to load, no script. Pure."""

from collections.abc import Sequence
from html import escape

from ivr.cli.bench_turn_taking import Report, at_share
from ivr.cli.listened_page import STYLE as LISTENED
from ivr.cli.listened_page import CallHeard, listened_section

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #d8dde6; --dot: #2563a8; --bad: #b42318; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #384252; --dot: #6ea8e5; --bad: #f97066;
  --paper: #14181f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } p { color: var(--soft); }
svg { width: 100%; height: auto; } text { fill: var(--ink); font: 12px system-ui, sans-serif; } .soft { fill: var(--soft); }
.grid { stroke: var(--line); } .dot { fill: var(--dot); fill-opacity: .35; } .half { stroke: var(--ink); stroke-width: 2; }
.most { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 3 2; } .aim { stroke: var(--bad); stroke-width: 2; }
"""
_LEFT, _WIDE, _ROW, _TOP = 150, 560, 30, 24
_RIGHT = 270

Row = tuple[str, Sequence[float], str, float | None]
"""Name, seconds, what stands behind, what is aimed at for 95 % of them."""


def page(report: Report, calls: Sequence[CallHeard] = ()) -> str:
    """Give the page as text."""
    turns: list[Row] = []
    for kind in dict.fromkeys(turn.kind for turn in report.turns):
        mine = [turn for turn in report.turns if turn.kind == kind]
        cut = sum(turn.cut_off for turn in mine)
        waits = [turn.wait_seconds for turn in mine if turn.wait_seconds is not None]
        turns.append((kind, waits, f"cut off {cut} of {len(mine)}", None))
    quiet: list[Row] = []
    for kind in dict.fromkeys(each.kind for each in report.interruptions):
        those = [each for each in report.interruptions if each.kind == kind]
        stops = sum(each.stops for each in those)
        seconds = [each.quiet_after_seconds for each in those if each.quiet_after_seconds is not None]
        quiet.append((kind, seconds, f"stopped by {stops} of {len(those)}", 0.25 if kind == "words" else None))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>ivr bench turns</title><style>{STYLE}{LISTENED}</style><h1>How turns are taken</h1>"
        "<p>Made-up callers through the real voice detector, ear and listener. Line: median; dashed: 95 %; red: what is aimed at "
        "for 95 %. Real callers pause more freely than these.</p>"
        f"<h2>Silence from the end of speech to the end of the turn</h2>{figure(turns)}"
        f"<h2>From the first sound over our speech until we are quiet</h2>{figure(quiet)}"
        f"{listened_section(calls) if calls else ''}</html>\n"
    )


def figure(rows: Sequence[Row]) -> str:
    """Every value a dot, a row for each kind."""
    most = max([0.5, *(second for _, seconds, _, _ in rows for second in seconds)])
    high = _TOP + _ROW * len(rows)
    parts = [f'<svg viewBox="0 0 {_LEFT + _WIDE + _RIGHT} {high + 20}" role="img">']
    step = 0.1 if most <= 1 else 0.5
    for number in range(int(most / step) + 1):
        x = _x(number * step, most)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{high}"/>')
        parts.append(f'<text class="soft" x="{x:.1f}" y="{high + 15}" text-anchor="middle">{number * step:.1f} s</text>')
    for index, (name, seconds, behind, aim) in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts += [f'<circle class="dot" cx="{_x(second, most):.1f}" cy="{y}" r="4"/>' for second in seconds]
        for share, kind in ((0.5, "half"), (0.95, "most")):
            if seconds:
                parts.append(_tick(_x(at_share(sorted(seconds), share), most), y, kind))
        if aim is not None:
            parts.append(_tick(_x(aim, most), y, "aim"))
        told = f"p50 {at_share(sorted(seconds), 0.5):.2f}, p95 {at_share(sorted(seconds), 0.95):.2f}; " if seconds else ""
        parts.append(f'<text class="soft" x="{_LEFT + _WIDE + 10}" y="{y + 4}">{told}{escape(behind)}</text>')
    return "".join(parts) + "</svg>"


def _x(second: float, most: float) -> float:
    return _LEFT + _WIDE * second / most


def _tick(x: float, y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 11}" y2="{y + 11}"/>'
