"""A run of calls as one HTML page: every turn a dot, nothing to load, no script. Pure."""

from html import escape

from ivr.cli.calls_bench.scores import P95_LIMIT_SECONDS, Run
from ivr.cli.turn_taking_page import STYLE, Row, figure

_BARS = """
.bars { display: grid; grid-template-columns: 14rem 1fr 5rem; gap: .2rem .6rem; } .bar { background: var(--dot); height: 1.1rem; }
"""


def page(run: Run) -> str:
    """Give the page as text."""
    first = run.window[0]
    by_minute: dict[int, list[float]] = {}
    for call in run.calls:
        for turn in call.turns:
            if turn.waited is not None and turn.at >= first:
                by_minute.setdefault(int((turn.at - first) // 60), []).append(turn.waited)
    waits: list[Row] = [("all turns", run.waits, f"{len(run.waits)} turns", P95_LIMIT_SECONDS)]
    waits += [(f"minute {minute + 1}", found, f"{len(found)} turns", P95_LIMIT_SECONDS) for minute, found in sorted(by_minute.items())]
    stages: list[Row] = [
        (name.replace("_", " "), [each / 1000 for each in values], f"{len(values)} turns", None) for name, values in run.stages.items()
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>ivr bench calls</title><style>{STYLE}{_BARS}</style><h1>{run.lines} calls at once</h1>"
        f"<pre>{escape(run.text())}</pre>"
        "<h2>From the caller's last sound to the first of the answer, at his side</h2>"
        f"<p>Line: median; dashed: 95 %; red: what is aimed at for 95 %.</p>{figure(waits)}"
        f"<h2>Stages of a turn, in the service</h2>{figure(stages)}"
        f"<h2>Processor, % of a core</h2>{_bars(run)}</html>\n"
    )


def _bars(run: Run) -> str:
    parts = {name: cores for name, cores in run.cpu.items() if name != "machine" and cores >= 0.001}
    most = max(parts.values(), default=1.0)
    rows = "".join(
        f'<span>{escape(name)}</span><span class="bar" style="width:{100 * cores / most:.1f}%"></span><span>{100 * cores:.1f}</span>'
        for name, cores in sorted(parts.items(), key=lambda each: -each[1])
    )
    return f'<div class="bars">{rows}</div>'
