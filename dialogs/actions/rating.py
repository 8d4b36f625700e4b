"""The end of a call: a mark from whoever was served, one reason for a low one, and goodbye."""

import re
from dataclasses import replace

from dialogs.actions import words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Stage, Talk
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Say
from ivr.domain.sounds import plain
from ivr.domain.spoken import mask_personal

ASK = Say(text="请评价：非常满意按1，满意按2，基本满意按3，不满意按4，非常不满意按5。", phrase_id="ask_rating")
ASK_RATING = Expect(kind=ExpectKind.RATING, example="满意请按2。", retries_left=0)
WHY = Say(text="抱歉没有让您满意。请说一下哪里不好，我们会给您回电。", phrase_id="rating_why")
ASK_WHY = Expect(kind=ExpectKind.OPEN, example="比如说：等得太久。")
THANKS = Say(text="谢谢您的评价，再见。", phrase_id="rating_thanks")
NOTED = Say(text="已经记下，会有专人给您回电。再见。", phrase_id="rating_noted")
_SPOKEN = (
    (5, re.compile("非常不满意?|很不满意?|特别不满意|太差|极差")), (4, re.compile("不满意|不好|不行|差")), (3, re.compile("基本满意|还可以|一般|凑合|还行")),
    (1, re.compile("非常满意|很满意|特别满意|十分满意|太好了|非常好")), (2, re.compile("满意|好|可以|不错|行|谢谢")),
)  # fmt: skip
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_MOST_CHARACTERS = 200


def goodbye(talk: Talk) -> Answer:
    """Ask whoever was served for a mark, once; part from everybody else."""
    if talk.served and not talk.rated:
        return Answer.of(replace(talk, rated=True).at(Stage.RATING), ASK, ASK_RATING)
    return Answer.of(talk, words.GOODBYE, HangUp(reason="said_goodbye"))


class RatingTalk:
    """The part of the conversation after everything is done."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take the mark, or the reason; nobody is asked twice."""
        if talk.stage is Stage.RATING_WHY:
            return await self._why(talk, said, facts)
        score = hear_score(said)
        if score is None:
            return Answer.of(talk, words.GOODBYE, HangUp(reason="said_goodbye"))
        low = await self._services.ratings.give(facts.call_id, score, service=talk.served, now=self._services.clock())
        if low:
            return Answer.of(talk.at(Stage.RATING_WHY), WHY, ASK_WHY)
        return Answer.of(talk, THANKS, HangUp(reason="rated"))

    async def _why(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        masked, _ = mask_personal(said.text)
        await self._services.callbacks.order(
            call_id=facts.call_id, caller_ref=facts.caller_ref, queue="complaint", reason="low_rating",
            said=f"评价不满意：{masked[:_MOST_CHARACTERS]}", now=self._services.clock(),
        )
        return Answer.of(talk, NOTED, HangUp(reason="rated"))


def hear_score(said: Said) -> int | None:
    """1 to 5 by key, by number or in words."""
    if said.keys:
        return int(said.keys) if said.keys in "12345" and len(said.keys) == 1 else None
    text = plain(said.text)
    if text in _NUMBERS:
        return _NUMBERS[text]
    return next((score for score, pattern in _SPOKEN if pattern.search(text)), None)
