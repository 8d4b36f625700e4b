"""Callers who follow a script and leave it at any time: drawn from a seed, judged by what reached the backend.

A submission is wrong unless the answer before it read everything back and the caller said a sure yes.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conversations.scripts import Script
from tests.running_rasa import RasaCaller, RunningRasa

_YES = ("对", "对的", "确认", "确认提交", "是的", "可以", "好的")
_NONSENSE = ("番茄炒蛋先放油", "今天天气怎么样", "嗯", "那个", "你说啥", "啊啊啊", "一二三四五六七", "床前明月光", "我想想", "不知道")
_MIDDLE = ("返回上一步", "再说一遍", "等一下", "从头来", "算了不办了", "慢点说", "要多少钱", "要多久", "转人工", "你是机器人吗", "不对", "没有", "都不行")
_SURE = frozenset({*_YES, "key 1", "对提交", "对取消", "没错", "行", "好"})
_READ_BACK = ("确认提交吗", "确认请说确认提交", "确认取消吗", "马上通知车主挪车，对吗")
_ASKED_AGAIN = ("要提交请说确认提交", "对，请说对，或者按1", "请说确认取消，或者按1", "好的，您慢慢来")
"""Asked again, or waited for, after everything was read back, and nothing else was said since."""
_MOST_TURNS = 22


@dataclass
class Found:
    """What came of all callers."""

    calls: int = 0
    turns: int = 0
    submitted: int = 0
    wrong: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def call(rasa: RunningRasa, seed: int, scripts: Sequence[Script], found: Found) -> None:
    """One caller, from the first word to the end."""
    draw = random.Random(seed)
    script = draw.choice(scripts)
    caller = rasa.caller(f"139{seed:08d}" if draw.random() < 0.8 else None)
    said = caller.says("/call_started")
    steps = [turn for turn in script.turns if "fault" not in turn]
    number = next((str(turn["id"]) for turn in steps if "id" in turn), "320200199003070028")
    secret = next((str(turn["secret"]) for turn in steps if "secret" in turn), "004321")
    found.calls += 1
    before, read_back = _submitted(rasa), False
    for _ in range(_MOST_TURNS):
        answered, message = _turn(caller, draw, steps, number, secret)
        found.turns += 1
        after = _submitted(rasa)
        if after > before:
            found.submitted += after - before
            if not read_back or not _sure(message, said):
                found.wrong.append(f"caller {seed}: “{message}” after “{said}”")
        before = after
        if "系统刚才出了点问题" in answered or not answered:
            found.broken.append(f"caller {seed}: “{message}” after “{said}” gave “{answered}”")
        said = answered
        read_back = any(words in said for words in _READ_BACK) or (read_back and any(words in said for words in _ASKED_AGAIN))
        if caller.last is not None and caller.last["reply"] in ("hang_up", "transfer"):
            return
    end = caller.says("/no_input")
    if caller.last is None or caller.last["reply"] not in ("hang_up", "transfer"):
        found.broken.append(f"caller {seed}: silence after “{said}” does not end the call: “{end}”")


def _sure(message: str, said: str) -> bool:
    return message in _SURE or (message == "确认取消" and "确认取消" in said)


def _turn(
    caller: RasaCaller, draw: random.Random, steps: list[Mapping[str, Any]], number: str, secret: str
) -> tuple[str, str]:
    last: Mapping[str, Any] = caller.last or {}
    if last.get("reply") == "hold":
        return caller.says(draw.choice(("/hold_timeout", '/case_update{"case_id": "M1", "state": "ack_coming"}', "好了没有"))), "event"
    if last.get("sensitive") and draw.random() < 0.9:
        steps[:] = [turn for turn in steps if not {"id", "code", "secret"} & set(turn)]
        return _seal(caller, draw, str(last["kind"]), number, secret)
    if steps and draw.random() < 0.7:
        turn = steps.pop(0)
        if "keys" in turn:
            return caller.keys(str(turn["keys"])), f"key {turn['keys']}"
        if "says" in turn:
            return caller.says(turn["says"]), str(turn["says"])
    message = draw.choice((*_MIDDLE, *_NONSENSE, *_YES, *_YES, "/no_input", "key"))
    if message == "key":
        key = draw.choice("1123459*")
        return caller.keys(key), f"key {key}"
    return caller.says(message), message


def _seal(caller: RasaCaller, draw: random.Random, kind: str, id_number: str, secret: str) -> tuple[str, str]:
    if kind == "id_number":
        return caller.seals(id_number if draw.random() < 0.85 else "123456789012345678"), "id"
    if kind == "sms_code":
        return (caller.enters_code() if draw.random() < 0.85 else caller.seals("000000")), "code"
    if kind == "phone":
        return caller.seals("13900001234"), "phone"
    return caller.seals(secret if draw.random() < 0.85 else "999999"), "secret"


def _submitted(rasa: RunningRasa) -> int:
    """Everything irreversible so far: applications at the backend, cases of car moving."""
    return int(rasa.run(_written(rasa)))


async def _written(rasa: RunningRasa) -> int:
    answer = await rasa.site.sandbox.control.get("/_sandbox/journal")
    lines = [line for line in answer.json()["journal"] if line["kind"] in ("booking", "booking_cancelled", "paper")]
    async with rasa.site.room.reading() as uow:
        return len(lines) + await uow.cases.opened_since(rasa.site.clock[0].replace(year=2000))
