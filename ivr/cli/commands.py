"""Reads the command line; each command has a file of its own."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import uvloop

from ivr.cli import (
    audit,
    bench_calls,
    bench_desks,
    bench_faults,
    bench_speech,
    phrases,
    review,
    users,
    watchdog,
)
from ivr.cli.bench import add_turns_options
from ivr.cli.call import CallFailed, call_once
from ivr.cli.calls_bench.part import StandBroken
from ivr.cli.calls_bench.pbx import NoAsterisk
from ivr.cli.demo import demo
from ivr.cli.doctor import doctor
from ivr.cli.ending import until_told_to_end
from ivr.cli.rules import check_rules
from ivr.cli.up import up
from ivr.redact import configure_logging
from ivr.settings import Settings, SettingsWrong, load_settings
from ivr.speech.errors import SpeechError
from ivr.storage.errors import StorageError

_Work = Callable[[Settings, argparse.Namespace], Awaitable[int]]
_EXPECTED = (SettingsWrong, SpeechError, StorageError, CallFailed, NoAsterisk, StandBroken, OSError)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(prog="ivr", description="12123 voice service")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, work: _Work, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(work=work)
        return added

    command("up", up, "run the whole house in one process until Ctrl-C")
    demo_parser = command("demo", demo, "run the house and place scripted calls in real audio")
    demo_parser.add_argument("--once", action="store_true", help="end after the calls, also in a terminal")
    call = command("call", call_once, "place one simulated call to a running house")
    call.add_argument("wav", nargs="?", help="WAV file the caller plays: 16-bit PCM")
    call.add_argument("--text", action="append", help="a sentence the caller says; may be repeated")
    call.add_argument("--script", help="YAML file: a list of {say: ...} and {press: ...}")
    call.add_argument("--number", default="13800001111", help="the caller's number")
    _add_benches(commands)
    rules = commands.add_parser("rules", help="the rules in force, as dated data").add_subparsers(dest="what", required=True)
    check = rules.add_parser("check", help="read the shipped rules and a site's own; 0 when all that is asked is there")
    check.add_argument("folder", nargs="?", help="a site's own folder of *.yml beside the shipped rules")
    check.add_argument("--region", help="six digits (GB/T 2260); default: the site's")
    check.set_defaults(work=check_rules)
    for room in (phrases, users, audit, review, watchdog):
        room.add_options(commands)
    command("doctor", doctor, "say what is there, what is missing and the way out")
    return top


def _add_benches(commands: Any) -> None:
    """Measurements, never tests."""
    benches = commands.add_parser("bench", help="measure").add_subparsers(dest="what", required=True)
    turns = benches.add_parser("turns", help="turn latency of real-audio calls, by stage")
    add_turns_options(turns)
    speech = benches.add_parser("speech", help="how much of what callers enter by voice is understood")
    bench_speech.add_options(speech)
    speech.set_defaults(work=bench_speech.bench_speech)
    bench_calls.add_options(benches.add_parser("calls", help="concurrent SIP calls through a real Asterisk into the whole house"))
    bench_faults.add_options(benches.add_parser("faults", help="parts of the house killed at random moments of real SIP calls"))
    bench_desks.add_options(benches.add_parser("desks", help="every page of the desks on a full database"))


def run(arguments: Sequence[str]) -> int:
    """Run one command; an expected failure is one line on stderr and code 2."""
    chosen = parser().parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        for noisy in ("uvicorn", "uvicorn.error", "httpx", "websockets"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(until_told_to_end(chosen.work(settings, chosen)))
    except KeyboardInterrupt:
        return 130
    except _EXPECTED as error:
        print(f"ivr: {_one_line(error)}", file=sys.stderr)
        return 2
    except BaseExceptionGroup as group:
        expected, other = group.split(_EXPECTED)
        if expected is None or other is not None:
            raise
        print(f"ivr: {_one_line(_first(expected))}", file=sys.stderr)
        return 2


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
