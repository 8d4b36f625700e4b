"""返回上一步: the question before, with what was known then. What was done or proved stays."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dialogs.actions import commands
from dialogs.actions.answer import Answer
from dialogs.actions.talk import PROVING, WORKING, Stage, Talk

_MOST_STEPS = 4
_NO_WAY_BACK = PROVING | {Stage.AWAY}
Last = Sequence[Mapping[str, Any]]


def remember(before: Talk, last: Last, answer: Answer) -> Answer:
    """Note the question that was answered, so that the caller can return to it."""
    after = answer.talk
    if after.stage not in WORKING:
        return replace(answer, talk=replace(after, trail=()))
    answered = before.stage in WORKING - _NO_WAY_BACK and after.stage is not before.stage
    if not answered or after.trail != before.trail:
        return answer
    step = {"talk": replace(before, trail=()).to_slot(), "last": list(last)}
    return replace(answer, talk=replace(after, trail=(*before.trail, step)[-_MOST_STEPS:]))


def step_back(talk: Talk, last: Last) -> Answer:
    """Ask the question before; with none, the open one again."""
    if not talk.trail:
        return commands.repeat(talk, last)
    *earlier, step = talk.trail
    known = replace(
        Talk.from_slot(step["talk"]), filed=talk.filed, case_id=talk.case_id, identity=talk.identity, rated=talk.rated, served=talk.served,
        trail=tuple(earlier), misses=0,
    )  # fmt: skip
    return commands.repeat(known, step["last"])
