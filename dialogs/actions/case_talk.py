"""A request already filed: how it stands, urging the owner, moved or not, and news while the caller waits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dialogs.actions import commands, words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import HOLDS, Stage, Talk
from dialogs.actions.wishes import hear_case_wish, is_thanks
from ivr.dialogue.replies import Hold, Reply, Say, Transfer
from ivr.domain.car_moves import CLOSED_STATES, CaseState
from ivr.services.car_moving_views import MAY_TALK, NO_TALK, CaseView

ABOUT_A_CASE = frozenset({"case_status", "remind", "resolved", "not_resolved", "dispatch_police", "cancel_case"})

_SURE = 0.6
_MOST_MISSES = 3
_HOLD_ON_SECONDS = 60.0
_TALK_SECONDS = 25.0
"""How long the caller waits for the owner to say whether he wants to talk."""


class CaseTalk:
    """The part of the conversation about an open request."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer | None:
        """Answer about the caller's open request; None when he has none."""
        case = None
        if facts.caller_ref is not None:
            case = await self._services.car_moving.open_case(caller_ref=facts.caller_ref, call_id=facts.call_id)
        if case is None:
            return None
        wish = _wish(talk, said)
        if wish is None:
            return _unclear(talk, said)
        return await self._do(wish, talk, case)

    async def _do(self, wish: str, talk: Talk, case: CaseView) -> Answer:
        now = self._services.clock()
        match wish:
            case "remind":
                return _more(talk, case, *(await self._remind(case)))
            case "resolved":
                await self._services.car_moving.requester_says(case.case_id, moved=True, now=now)
                return _more(talk, case, Say(text="好的，这个挪车请求已办结，谢谢您。", phrase_id="case_resolved"))
            case "not_resolved" | "dispatch_police":
                after = await self._services.car_moving.requester_says(case.case_id, moved=False, now=now)
                return _more(talk, case, _not_moved(after))
            case "cancel_case":
                await self._services.car_moving.cancel(case.case_id, now=now)
                return _more(talk, case, Say(text="好的，挪车请求已经取消。", phrase_id="case_cancelled"))
            case _:
                return _more(talk, case, Say(text=words.CASE_STATUS.get(case.state, words.NEUTRAL.text)))

    def news(self, talk: Talk, said: Said, last: Sequence[Mapping[str, Any]]) -> Answer:
        """The owner answered, could not be reached, or talked with the caller, who holds the line."""
        kind = said.payload.get("kind", "")
        if kind == MAY_TALK and talk.stage is Stage.HOLDING:
            return Answer.of(talk.at(Stage.CONNECTING), words.REQUESTER_MAY_TALK, Hold(reason="owner_talk", seconds=_TALK_SECONDS))
        if kind in words.TALKS:
            return _talk_over(talk, words.TALKS[kind], words.TALK_OVER)
        if kind == NO_TALK:
            return self.no_talk(talk)
        try:
            state = CaseState(said.payload.get("state", ""))
        except ValueError:
            state = CaseState.OBJECTED
        text = words.CASE_STATES.get(state)
        first = words.NEUTRAL if text is None else Say(text=text, phrase_id=f"case_{state.value}")
        if talk.stage not in (*HOLDS, Stage.MORE, Stage.OPEN):
            return commands.repeat(talk, last).after(first)
        return Answer.of(talk.at(Stage.MORE), first, words.ANYTHING_ELSE, words.MORE)

    def no_talk(self, talk: Talk) -> Answer:
        """The owner has answered and does not want to talk."""
        return _talk_over(talk, words.NO_TALK)

    def waited_long(self, talk: Talk) -> Answer:
        """Nobody answered in time: the line need not be held."""
        return Answer.of(talk.at(Stage.MORE), words.STILL_TRYING, words.ANYTHING_ELSE, words.MORE)

    async def _remind(self, case: CaseView) -> tuple[Reply, ...]:
        outcome = await self._services.car_moving.remind(case.case_id, now=self._services.clock())
        match outcome.kind:
            case "sent":
                return (Say(text="好的，已经再次提醒车主。", phrase_id="reminded"),)
            case "too_early":
                return (Say(text=f"刚通知过车主，再过{_minutes(outcome.minutes_left)}分钟还没来，可以再打来催。"),)
            case "already":
                return (Say(text="已经催过一次，二十分钟后我们短信问您是否挪走。", phrase_id="already_reminded"),)
            case "closed":
                return (Say(text=words.CASE_STATUS.get(outcome.view.state, words.NEUTRAL.text)),)


def no_case(talk: Talk) -> Answer:
    """Nothing of the caller's is open."""
    return Answer.of(talk.at(Stage.MORE), words.NO_CASE, words.ANYTHING_ELSE, words.MORE)


def _talk_over(talk: Talk, *told: Reply) -> Answer:
    return Answer.of(talk.at(Stage.MORE), *told, words.ANYTHING_ELSE, words.MORE)


def hold_on(talk: Talk) -> Answer:
    """Something was said while the owner is being rung."""
    return Answer.of(talk, words.STILL_HOLDING, Hold(reason="owner_call", seconds=_HOLD_ON_SECONDS))


def _wish(talk: Talk, said: Said) -> str | None:
    """The caller's own words first; what closes a request is not done on a guess."""
    own = hear_case_wish(said.text)
    if own is not None:
        return own
    if said.intent not in ABOUT_A_CASE:
        return None
    return said.intent if said.confidence >= _SURE or said.intent == "case_status" else "case_status"


def _unclear(talk: Talk, said: Said) -> Answer:
    if is_thanks(said.text):
        return Answer.of(talk.at(Stage.MORE), words.ANYTHING_ELSE, words.MORE)
    if talk.misses + 1 >= _MOST_MISSES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue="car_move", reason="not_understood"))
    return Answer.of(replace(talk, misses=talk.misses + 1), words.ABOUT_CASE, words.OPEN)


def _more(talk: Talk, case: CaseView, *replies: Reply) -> Answer:
    return Answer.of(
        replace(talk, case_id=case.case_id).at(Stage.MORE), *replies, words.ANYTHING_ELSE, words.MORE
    )


def _not_moved(case: CaseView) -> Say:
    if case.escalated_to is not None:
        return Say(text=words.ESCALATIONS[case.escalated_to.value], phrase_id=f"escalated_{case.escalated_to.value}")
    if case.state in CLOSED_STATES:
        return words.NEUTRAL
    return Say(text="知道了，我们接着联系车主。通知满二十分钟还没挪走，就转给有关部门处理。", phrase_id="not_moved_yet")


def _minutes(count: int) -> str:
    digits = "零一二三四五六七八九十"
    return digits[count] if count <= 10 else f"十{digits[count - 10]}" if count < 20 else "二十"
