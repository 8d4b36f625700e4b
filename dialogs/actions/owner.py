"""The call to an owner: the notice, his answer by key or voice, a talk with the requester if he wants one, thanks."""

import re
from dataclasses import replace

from dialogs.actions import words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Stage, Talk
from ivr.dialogue.replies import HangUp, Hold, Say
from ivr.domain.car_moves import OwnerAnswer
from ivr.domain.spoken import say_digits
from ivr.services.car_moving_views import OrderUnknown

_KEYS = {"1": OwnerAnswer.COMING, "2": OwnerAnswer.CANNOT, "3": OwnerAnswer.NOT_HERE, "4": OwnerAnswer.SOLD}
_SPOKEN = (
    (OwnerAnswer.SOLD, re.compile("卖[了掉给]|过户|不是我的车")),
    (OwnerAnswer.OBJECTS, re.compile("没[有]?[挡堵碍]|停在(?:我的?)?车位|正常停|老打|一直打")),
    (OwnerAnswer.NOT_HERE, re.compile("车(?:子)?(?:在|就在)(?:我)?(?:家|单位|公司|这)|没停[在那]|不在那[里边]?|没开[出去]|车不在")),
    (OwnerAnswer.CANNOT, re.compile("来不了|过不[来去]|走不开|在外地|没空|没时间|不方便(?![接街])|来不及|不能来")),
    (OwnerAnswer.COMING, re.compile("马上|这就|现在就?[来去下]|立刻|好的?我?[来去挪]|来挪|下来|下去|过[来去]|挪走|去挪")),
)
_INTENTS = {
    "owner_coming": OwnerAnswer.COMING, "owner_cannot": OwnerAnswer.CANNOT, "owner_not_here": OwnerAnswer.NOT_HERE,
    "owner_sold": OwnerAnswer.SOLD, "owner_objects": OwnerAnswer.OBJECTS,
}
_THANKS = {
    OwnerAnswer.COMING: words.OWNER_THANKS_COMING, OwnerAnswer.CANNOT: words.OWNER_THANKS_CANNOT,
    OwnerAnswer.NOT_HERE: words.OWNER_THANKS_NOT_HERE, OwnerAnswer.SOLD: words.OWNER_THANKS_SOLD,
    OwnerAnswer.OBJECTS: words.OWNER_THANKS_OBJECTS,
}
_MOST_MISSES = 3
_TALK_KEY = "5"
_WANTS_TALK = re.compile("(?<![法未没])接通|(?:[跟和与同]|让|叫|给我找)(?:他|她|对方|车主|那个人|那人|来电人|人家).{0,4}(?:说|讲|聊|通话|通个|电话|接)")
_CONNECTS_SECONDS = 30.0
_REASONS = {"blocked_exit": "堵住了出入口", "fire_lane": "占用了消防通道", "taken_space": "占用了别人的车位"}


class OwnerTalk:
    """The part of the conversation in which an owner is on the line."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def begin(self, talk: Talk, facts: CallFacts) -> Answer:
        """Read the notice. Names neither the requester nor the whole plate.

        A voice does not stop it: what is said before it was heard is 喂, or a mailbox, and no answer. A key does.
        """
        try:
            notice = await self._services.car_moving.owner_notice(facts.order_id or "")
        except OrderUnknown:
            return Answer.of(talk, words.OWNER_DONE, HangUp(reason="order_unknown"))
        if notice.answered:
            return Answer.of(talk, words.OWNER_DONE, HangUp(reason="already_answered"))
        why = _REASONS.get(notice.reason or "", "影响他人通行")
        place = notice.place.removesuffix("（来电人按键选择）")
        text = f"您好，这里是公安交管12123。您尾号{say_digits(notice.plate_tail)}的{notice.plate_type_name}停在{place}，{why}，请尽快挪车。"
        return Answer.of(talk.at(Stage.OWNER), Say(text=text, interruptible=False), words.OWNER_UNCLEAR, words.ASK_OWNER)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take the owner's answer."""
        if talk.stage is Stage.OWNER_JOINING:
            return _joining(talk, said)
        if wants_talk(said):
            return await self._connect(talk, facts)
        if talk.answered:
            return _goodbye(talk)
        if said.intent == "no_input":
            return Answer.of(talk, words.OWNER_NO_ANSWER, HangUp(reason="owner_silent"))
        if said.keys == "*" or said.intent == "repeat":
            return await self.begin(talk, facts)
        answer = hear_owner(said)
        if answer is None:
            if talk.misses + 1 >= _MOST_MISSES:
                return Answer.of(talk, words.OWNER_NO_ANSWER, HangUp(reason="owner_not_understood"))
            return Answer.of(replace(talk, misses=talk.misses + 1), words.OWNER_UNCLEAR, words.ASK_OWNER)
        return await self._answered(talk, answer, facts)

    async def _answered(self, talk: Talk, answer: OwnerAnswer, facts: CallFacts) -> Answer:
        order_id = facts.order_id or ""
        try:
            await self._services.car_moving.owner_says(order_id, answer, now=self._services.clock())
        except OrderUnknown:
            return Answer.of(talk, words.OWNER_DONE, HangUp(reason="order_unknown"))
        if answer is OwnerAnswer.COMING and await self._services.connecting.offered(order_id):
            return Answer.of(talk.at(Stage.OWNER_TALK, answered=True), _THANKS[answer], words.OWNER_MAY_TALK, words.MAY_TALK)
        return Answer.of(talk, _THANKS[answer], HangUp(reason=f"owner_{answer.value}"))

    async def _connect(self, talk: Talk, facts: CallFacts) -> Answer:
        """Let him talk with the requester, who may have hung up meanwhile."""
        if await self._services.connecting.connect(facts.order_id or "", call_id=facts.call_id):
            return _hold(talk.at(Stage.OWNER_JOINING))
        return _go_on(talk).after(words.OWNER_OTHER_GONE)


def _joining(talk: Talk, said: Said) -> Answer:
    """Tell what came of a talk; one who only says something while he is being joined waits on."""
    if said.intent not in ("case_update", "hold_timeout"):
        return _hold(talk)
    return _go_on(talk).after(words.TALKS.get(said.payload.get("kind", ""), words.TALKS["talk_failed"]))


def _hold(talk: Talk) -> Answer:
    return Answer.of(talk, words.OWNER_CONNECTING, Hold(reason="connecting", seconds=_CONNECTS_SECONDS))


def _go_on(talk: Talk) -> Answer:
    """Part with one who has answered; ask the other again."""
    return _goodbye(talk) if talk.answered else Answer.of(talk.at(Stage.OWNER), words.OWNER_UNCLEAR, words.ASK_OWNER)


def _goodbye(talk: Talk) -> Answer:
    return Answer.of(talk, words.OWNER_GOODBYE, HangUp(reason="owner_coming"))


def wants_talk(said: Said) -> bool:
    """Does an owner want to talk with the requester, by key or in his own words?"""
    if said.keys:
        return said.keys == _TALK_KEY
    return any(_WANTS_TALK.search(text) for text in said.texts[:3]) and not any("不" in text for text in said.texts[:1])


def hear_owner(said: Said) -> OwnerAnswer | None:
    """Key first, then words, then Rasa's guess where it is sure."""
    if said.keys:
        return _KEYS.get(said.keys)
    for text in said.texts[:3]:
        for answer, pattern in _SPOKEN:
            if pattern.search(text):
                return answer
    return _INTENTS.get(said.intent) if said.confidence >= 0.6 else None
