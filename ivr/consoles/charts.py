"""Charts as SVG, made on the server: bars and a line, with their numbers in the table beside them."""

from collections.abc import Sequence
from html import escape

_WIDE, _HIGH, _LEFT, _BOTTOM, _TOP = 720, 200, 44, 26, 10
_SIDE = 24
"""Beside the first and the last point, for half a label."""
_STYLE = (
    "text{font:13px sans-serif;fill:#4a5565}.bar{fill:#0b3d91}.line{fill:none;stroke:#0b3d91;stroke-width:2.5}"
    ".dot{fill:#0b3d91}.grid{stroke:#c9d1dc;stroke-width:1}"
)


def bars(values: Sequence[int], labels: Sequence[str]) -> str:
    """Draw a bar for each value; every third label is written."""
    top = _top(values)
    step = (_WIDE - _LEFT) / max(1, len(values))
    drawn = [_frame(top)]
    for at, (value, label) in enumerate(zip(values, labels, strict=True)):
        high = _height(value, top)
        x = _LEFT + at * step
        drawn.append(f'<rect class="bar" x="{x + 3:.1f}" y="{_HIGH - _BOTTOM - high:.1f}" width="{step - 6:.1f}" height="{high:.1f}"/>')
        if at % 3 == 0:
            drawn.append(f'<text x="{x + step / 2:.1f}" y="{_HIGH - 8}" text-anchor="middle">{escape(label)}</text>')
    return _svg(drawn)


def line(values: Sequence[int], labels: Sequence[str]) -> str:
    """Draw a line through the values; every second label is written, the last always."""
    top = _top(values)
    step = (_WIDE - _LEFT - 2 * _SIDE) / max(1, len(values) - 1)
    points = [(_LEFT + _SIDE + at * step, _HIGH - _BOTTOM - _height(value, top)) for at, value in enumerate(values)]
    drawn = [_frame(top), f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>']
    for at, (x, y) in enumerate(points):
        drawn.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
        if (len(points) - 1 - at) % 2 == 0:
            drawn.append(f'<text x="{x:.1f}" y="{_HIGH - 8}" text-anchor="middle">{escape(labels[at])}</text>')
    return _svg(drawn)


def _top(values: Sequence[int]) -> int:
    """A round number above all values."""
    most = max(values, default=0)
    scale = 1
    while scale * 10 <= most:
        scale *= 10
    return next((scale * step for step in (1, 2, 5, 10) if scale * step >= most), 1) or 1


def _height(value: int, top: int) -> float:
    return (_HIGH - _BOTTOM - _TOP) * value / top


def _frame(top: int) -> str:
    rows = []
    for part in (0, 0.5, 1) if top % 2 == 0 else (0, 1):  # what is counted has no halves
        y = _HIGH - _BOTTOM - (_HIGH - _BOTTOM - _TOP) * part
        rows.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        rows.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * part:g}</text>')
    return "".join(rows)


def _svg(drawn: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}"><style>{_STYLE}</style>{"".join(drawn)}</svg>'
    )
