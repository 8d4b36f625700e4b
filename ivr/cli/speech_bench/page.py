"""The measurement as one HTML page: figures as inline SVG, nothing to load, no script. Pure."""

from html import escape

from ivr.cli.speech_bench.marks import CONDITIONS
from ivr.cli.speech_bench.scores import Results, Score, changed, noise_name, target, wilson

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #d8dde6; --plain: #b8c1cf; --entry: #2563a8;
  --bad: #b42318; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #384252; --plain: #566072;
  --entry: #6ea8e5; --bad: #f97066; --paper: #14181f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } p { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } .bad { color: var(--bad); font-weight: 600; }
svg { width: 100%; height: auto; } text { fill: var(--ink); font: 11px system-ui, sans-serif; }
.soft { fill: var(--soft); } .plain { fill: var(--plain); } .entry { fill: var(--entry); }
.grid { stroke: var(--line); } .mark { stroke: var(--ink); } .aim { stroke: var(--bad); stroke-width: 2; }
"""
_LEFT, _TOP, _HIGH, _BAR, _GROUP_GAP = 40, 14, 150, 15, 22


def page(results: Results, before: Results | None, *, recordings: str | None = None) -> str:
    """Give the page as text.

    Args:
        results: what was measured.
        before: what it is compared with.
        recordings: whose, where they were no made-up callers.
    """
    names = [noise_name(noise) for noise in (CONDITIONS if recordings is None else CONDITIONS[:1])]
    figures = "".join(f"<h2>{escape(name)}</h2>{_figure(results, name)}" for name in names)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>ivr bench speech</title><style>{_STYLE}</style><h1>What the ear makes of entries</h1>"
        f"<p>{_about(results, recordings)}</p>{figures}<h2>All figures</h2>{_table(results, before)}</html>\n"
    )


def _about(results: Results, recordings: str | None) -> str:
    callers = f"{results.per_category} espeak-ng voices in each category, no model was trained on them; of people ours hears next to nothing"
    return (
        f"Model {escape(results.model)}; decoding takes {results.real_time_factor:.3f} CPU seconds for a second of audio; the "
        f"model loads in {results.load_seconds:.2f} s. Callers: {callers if recordings is None else escape(recordings)}. Grey: "
        "Vosk's text word for word; blue: the value the service takes; lines: 95 % confidence; red: what is aimed at."
    )


def _figure(results: Results, noise: str) -> str:
    rows = [(category, row[noise]) for category, row in results.scores.items() if noise in row]
    group = 2 * _BAR + _GROUP_GAP
    wide = _LEFT + group * len(rows) + 10
    parts = [
        f'<line class="grid" x1="{_LEFT}" x2="{wide}" y1="{_y(share)}" y2="{_y(share)}"/>'
        f'<text class="soft" x="{_LEFT - 6}" y="{_y(share) + 4}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    parts += [_bars(category, noise, score, _LEFT + 8 + number * group) for number, (category, score) in enumerate(rows)]
    return f'<svg viewBox="0 0 {wide} {_TOP + _HIGH + 34}" role="img" aria-label="{escape(noise)}">{"".join(parts)}</svg>'


def _y(share: float) -> float:
    return round(_TOP + _HIGH * (1 - share), 1)


def _bars(category: str, noise: str, score: Score, x: int) -> str:
    plain, entry = score.plain_right / max(1, score.n), score.right / max(1, score.n)
    low, high = wilson(score.right, score.n)
    middle = x + _BAR * 1.5
    lines = [
        _bar("plain", x, plain), _bar("entry", x + _BAR, entry),
        f'<line class="mark" x1="{middle}" x2="{middle}" y1="{_y(high)}" y2="{_y(low)}"/>',
    ]
    if aim := target(category, noise):
        lines.append(f'<line class="aim" x1="{x + _BAR - 2}" x2="{x + 2 * _BAR + 2}" y1="{_y(aim)}" y2="{_y(aim)}"/>')
    first, _, second = category.partition(", ")
    lines.append(f'<text x="{x + _BAR}" y="{_TOP + _HIGH + 14}" text-anchor="middle">{escape(first)}</text>')
    lines.append(f'<text class="soft" x="{x + _BAR}" y="{_TOP + _HIGH + 27}" text-anchor="middle">{escape(second)}</text>')
    return "".join(lines)


def _bar(name: str, x: float, share: float) -> str:
    return f'<rect class="{name}" x="{x}" y="{_y(share)}" width="{_BAR - 2}" height="{round(_HIGH * share, 1)}"/>'


def _table(results: Results, before: Results | None) -> str:
    heads = ("", "noise", "n", "plain %", "entry %", "95 %", "target", "before", "wrong, no yes", "wrong taken", "CER %")
    rows = "".join(
        _row(category, noise, score, before.scores.get(category, {}).get(noise) if before else None)
        for category, row in results.scores.items()
        for noise, score in row.items()
    )
    return f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{rows}</table>"


def _row(category: str, noise: str, score: Score, before: Score | None) -> str:
    low, high = wilson(score.right, score.n)
    aim = target(category, noise)
    was = f"{100 * before.right / before.n:.1f} {changed(score, before)}" if before and before.n else ""
    cells = (
        category, noise, str(score.n), f"{100 * score.plain_right / score.n:.1f}", f"{100 * score.right / score.n:.1f}",
        f"{100 * low:.1f}-{100 * high:.1f}", f"{100 * aim:.0f}" if aim else "", was, str(score.wrong_unasked),
        str(score.wrong_taken), f"{100 * score.cer:.1f}",
    )
    bad = ' class="bad"' if score.wrong_unasked else ""
    return f"<tr{bad}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
