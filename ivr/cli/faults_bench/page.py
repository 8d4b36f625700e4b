"""A run of blows as one HTML page: every caller a dot, nothing to load, no script. Pure."""

from html import escape

from ivr.cli.faults_bench.scores import LIMIT_SECONDS, Run
from ivr.cli.turn_taking_page import STYLE, Row, figure


def page(run: Run) -> str:
    """Give the page as text."""
    silences: list[Row] = [(name, run.silences(name), f"{len(run.silences(name))} callers", LIMIT_SECONDS) for name in run.processes]
    served: list[Row] = []
    for name in run.processes:
        rounds = [each for each in run.rounds if each.process == name]
        seconds = [each.served_after for each in rounds if each.served_after is not None]
        served.append((name, seconds, f"{len(seconds)} of {len(rounds)} blows", None))
    done = "".join(f"<li>{escape(name)}: {escape(run.texts[name])}</li>" for name in run.processes)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>ivr bench faults</title><style>{STYLE}pre {{ overflow-x: auto; }}</style><h1>Parts of the house killed in mid-call</h1>"
        f"<ul>{done}</ul><pre>{escape(run.text())}</pre>"
        "<h2>The longest silence of every caller after a blow</h2>"
        "<p>Neither he nor the service made a sound, as his phone had it. Line: median; dashed: 95 %; red: what is aimed at.</p>"
        f"{figure(silences)}<h2>Until a new caller is greeted</h2>{figure(served)}</html>\n"
    )
