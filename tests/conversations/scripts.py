"""Scripted callers: what is said, keyed and sealed, turn by turn, and what must be heard back.

A file holds a list of scripts:

    - name: 考试预约，一路顺利
      number: "13800001234"       # calling number; left out: withheld
      fault: {mode: down, ...}    # of the backend, from the beginning
      turns:
        - says: 我想约科目三       # or: keys, id, code (right, wrong), secret, event, fault
          hears: [身份证]          # every word of it must be in the answer
          never: [预约成功]        # none of it may be
          expects: id_number      # what is asked for next, or: transfer exam, hang_up, hold
      applied: {book: 1}          # applications that reached the backend, by business

Nothing of it may leave an identity number, a code or a phone in a tracker.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.running_rasa import RasaCaller, RunningRasa

FOLDER = Path(__file__).parent
_DOES = ("says", "keys", "id", "code", "secret", "event", "fault")
_KNOWN = {*_DOES, "hears", "never", "expects", "but"}
_BUSINESS = {"booking": "book", "booking_cancelled": "cancel", "paper": "paper"}


@dataclass(frozen=True)
class Script:
    """One caller."""

    name: str
    file: str
    turns: Sequence[Mapping[str, Any]]
    number: str | None
    fault: Mapping[str, Any] | None
    applied: Mapping[str, int]

    def __repr__(self) -> str:
        return f"{self.file}: {self.name}"


def read_scripts() -> list[Script]:
    """Read every script of the folder."""
    scripts = []
    for file in sorted(FOLDER.glob("*.yml")):
        for entry in yaml.safe_load(file.read_text("utf-8")):
            unknown = set(entry) - {"name", "number", "fault", "turns", "applied"}
            assert not unknown, f"{file.name}: {unknown}"
            for turn in entry["turns"]:
                assert set(turn) <= _KNOWN, f"{file.name}, {entry['name']}: {set(turn) - _KNOWN}"
                assert sum(each in turn for each in _DOES) == 1, f"{file.name}, {entry['name']}: {turn}"
            scripts.append(
                Script(entry["name"], file.stem, entry["turns"], entry.get("number"), entry.get("fault"), entry.get("applied", {}))
            )
    return scripts


def play(rasa: RunningRasa, script: Script) -> None:
    """Talk it through, and judge every answer."""
    rasa.run(rasa.site.reset())
    if script.fault:
        rasa.run(rasa.site.sandbox.fault(**script.fault))
    caller = rasa.caller(script.number)
    caller.says("/call_started")
    secrets = []
    for number, turn in enumerate(script.turns, 1):
        secrets += [str(turn[each]) for each in ("id", "secret") if each in turn]
        if "fault" in turn:
            rasa.run(rasa.site.sandbox.fault(**turn["fault"]))
            continue
        said = _do(caller, turn)
        where = f"{script!r}, turn {number}: {turn}\n    heard: {said}\n    then: {_then(caller)}"
        for word in _listed(turn.get("hears", [])):
            assert word in said, f"“{word}” is missing in {where}"
        for word in _listed(turn.get("never", [])):
            assert word not in said, f"“{word}” was said in {where}"
        if "expects" in turn:
            assert _then(caller).startswith(turn["expects"]), where
    _judge_applied(rasa, script)
    tracker = caller.tracker()
    for secret in secrets:
        assert secret not in tracker, f"{script!r}: the tracker holds a secret"


def _do(caller: RasaCaller, turn: Mapping[str, Any]) -> str:
    if "says" in turn:
        return caller.says(turn["says"], *_listed(turn.get("but", [])))
    if "keys" in turn:
        return caller.keys(str(turn["keys"]))
    if "event" in turn:
        return caller.says(f"/{turn['event']}")
    if "code" in turn:
        return caller.enters_code() if turn["code"] == "right" else caller.seals("000000")
    return caller.seals(str(turn.get("id") or turn.get("secret")))


def _then(caller: RasaCaller) -> str:
    last = caller.last or {}
    kinds = {"expect": last.get("kind"), "transfer": f"transfer {last.get('queue')}"}
    return str(kinds.get(last["reply"], last["reply"]))


def _judge_applied(rasa: RunningRasa, script: Script) -> None:
    done: Counter[str] = Counter()
    for kind, name in _BUSINESS.items():
        count = len(rasa.run(rasa.site.sandbox.journal(kind)))
        if count:
            done[name] = count
    assert dict(done) == dict(script.applied), f"{script!r}: reached the backend: {dict(done)}"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]
