"""Recordings as pictures: both sides over time, what our own ear makes of each stretch, faults in red. Pure."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ivr.cli.listened import Listened, Samples, Stretch
from ivr.speech.audio import SAMPLE_RATE_HZ

STYLE = """
.wave { fill: var(--dot); fill-opacity: .6; } .ours { fill: var(--soft); fill-opacity: .6; } .fault { stroke: var(--bad); stroke-width: 2; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; } td { padding: .15rem .5rem; vertical-align: top; }
td:first-child { white-space: nowrap; color: var(--soft); width: 7rem; }
"""
_WIDE, _HIGH = 960, 44
_COLUMNS = 480


@dataclass(frozen=True, slots=True)
class Told:
    """One stretch and what was heard in it."""

    stretch: Stretch
    by_caller: bool
    text: str


@dataclass(frozen=True, slots=True)
class CallHeard:
    """One call's recording, listened to."""

    title: str
    pcm: bytes
    listened: Listened
    told: tuple[Told, ...]


def listened_section(calls: Sequence[CallHeard]) -> str:
    """Give the part of a page about these calls."""
    faults = sum(len(call.listened.faults) for call in calls)
    head = (
        f"<h2>{len(calls)} recordings, listened to</h2><p>Caller above, service below. Found: {faults} clipped starts, clicks or "
        "sentences begun while the caller spoke. What is said is what our own ear hears in the recording.</p>"
    )
    return head + "".join(_call(call) for call in calls)


def _call(call: CallHeard) -> str:
    both = np.frombuffer(call.pcm[: len(call.pcm) // 4 * 4], "<i2").reshape(-1, 2)
    seconds = max(1e-3, len(both) / SAMPLE_RATE_HZ)
    parts = [f'<h3>{escape(call.title)}</h3><svg viewBox="0 0 {_WIDE} {2 * _HIGH + 18}" role="img">']
    parts.append(_wave(both[:, 0], _HIGH / 2, "wave") + _wave(both[:, 1], 1.5 * _HIGH, "ours"))
    for fault in call.listened.faults:
        x = _WIDE * fault.at_seconds / seconds
        parts.append(f'<line class="fault" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{2 * _HIGH}"/>')
    for second in range(0, int(seconds) + 1, 10):
        parts.append(f'<text class="soft" x="{_WIDE * second / seconds:.1f}" y="{2 * _HIGH + 14}">{second} s</text>')
    rows = [
        f"<tr><td>{told.stretch.begin_seconds:.1f} s {'caller' if told.by_caller else 'service'}</td><td>{escape(told.text)}</td></tr>"
        for told in call.told
    ]
    rows += [f"<tr><td>{fault.at_seconds:.1f} s</td><td>{fault.kind}</td></tr>" for fault in call.listened.faults]
    return "".join(parts) + f"</svg><table>{''.join(rows)}</table>"


def _wave(samples: Samples, middle: float, kind: str) -> str:
    """The outline of a side: the loudest sample of each column."""
    edges = np.linspace(0, len(samples), _COLUMNS + 1).astype(int)
    tops = [int(np.abs(samples[a:b].astype(np.int64)).max()) if b > a else 0 for a, b in itertools.pairwise(edges)]
    sizes = [max(0.3, (_HIGH / 2 - 1) * (top / 32768) ** 0.6) for top in tops]
    step = _WIDE / _COLUMNS
    upper = [f"{index * step:.1f},{middle - size:.1f}" for index, size in enumerate(sizes)]
    lower = [f"{index * step:.1f},{middle + size:.1f}" for index, size in reversed(list(enumerate(sizes)))]
    return f'<polygon class="{kind}" points="{" ".join([*upper, *lower])}"/>'
