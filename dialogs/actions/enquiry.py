"""What somebody asks of his own: how far an application is, how his licence stands. And who asks for others."""

from collections.abc import Sequence
from dataclasses import replace

from dialogs.actions import words, words_paper
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import verdict
from dialogs.actions.identity import ask, needs
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Service, Stage, Talk
from ivr.dialogue.replies import Say
from ivr.domain.spoken_choices import hear_choice
from ivr.services.identity import Level

_MOST_TOLD = 2
_MOST_MISSES = 3
_WAYS = ("第一个，用手机代办", "第二个，约窗口")
_FINDS = {"progress": Service.PROGRESS, "dl_query": Service.LICENCE}


class EnquiryTalk:
    """The part of the conversation that submits nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def begin(self, talk: Talk, facts: CallFacts, intent: str) -> Answer:
        """Begin one of them."""
        if intent == "proxy":
            asked = replace(talk.ended(), service=Service.PAPER).at(Stage.FOR_OTHER)
            return Answer.of(asked, words_paper.FOR_OTHER, words_paper.ASK_FOR_OTHER)
        return await self.go_on(replace(talk.ended(), service=_FINDS[intent]), facts)

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Look it up, once it is proved who asks."""
        if needs(talk, 2):
            return ask(talk, 2)
        proof = await self._services.verification.proof(
            talk.identity.proof_ref, call_id=facts.call_id, need=Level.IDENTITY
        )
        if talk.service is Service.LICENCE:
            held = await self._services.paper_progress.licence(proof)
            if held is None:
                return _over(talk, (words_paper.NO_LICENCE,))
            told = words_paper.licence_state(
                held.licence_class, held.expires, normal=held.normal, next_validity=held.next_validity
            )
            return _over(talk, (told,))
        found = await self._services.paper_progress.of(proof, now=self._services.clock())
        return _over(talk, [words_paper.progress(view) for view in found[:_MOST_TOLD]] or (words_paper.NOTHING_APPLIED,))

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Which of two ways for an old person."""
        way = {"1": 0, "2": 1}.get(said.keys) if said.keys else _way(said.text)
        if way == 0:
            return _over(talk, (words_paper.BY_APP,))
        if way == 1:
            return await self._window(talk, facts)
        if verdict(said) is False:
            return _over(talk, ())
        if talk.misses + 1 >= _MOST_MISSES:
            return Answer.of(talk.at(Stage.OFFER_HUMAN, queue="licence"), words.WANT_HUMAN, words.YES_NO)
        return Answer.of(replace(talk, misses=talk.misses + 1), words_paper.FOR_OTHER, words_paper.ASK_FOR_OTHER)

    async def _window(self, talk: Talk, facts: CallFacts) -> Answer:
        now = self._services.clock()
        office = await self._services.offices.nearest("driving_licence", region=facts.region, now=now)
        order = await self._services.callbacks.order(
            call_id=facts.call_id, caller_ref=facts.caller_ref, queue="licence", reason="window_visit",
            said="家人代办，约窗口办理时间", now=now,
        )
        promised = Say(text=f"已登记，{words.moment(order.due_at)}前回电跟您约窗口时间，流水号{order.serial}，稍后短信发给您。")
        return _over(talk, (words.office(office), promised))


def _way(text: str) -> int | None:
    if any(word in text for word in ("手机", "App", "APP", "软件", "网上", "代办")):
        return 0
    if any(word in text for word in ("窗口", "现场", "陪他去", "去办", "约")):
        return 1
    return hear_choice(text, _WAYS)


def _over(talk: Talk, told: Sequence[Say]) -> Answer:
    return Answer.of(talk.ended().at(Stage.MORE), *told, words.ANYTHING_ELSE, words.MORE)
