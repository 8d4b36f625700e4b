"""哪里能办: the nearest place in one sentence, all of them by SMS. And complaints, taken down for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.actions import commands, words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Service, Stage, Talk
from ivr.dialogue.replies import Expect, ExpectKind, Say
from ivr.domain.sounds import plain
from ivr.domain.spoken import mask_personal
from ivr.domain.spoken_papers import hear_paper

_NAMED = (
    ("medical", ("体检", "医院", "三力")), ("inspection", ("检测", "验车", "审车", "年审", "上线")), ("temporary_plate", ("临牌", "临时")),
    ("exam", ("考试", "考场", "科目", "学员")), ("contact", ("手机号", "联系方式")),
)  # fmt: skip
TEXTED = Say(text="完整的地点和电话已发短信给您。", phrase_id="places_texted")
WHAT_COMPLAINT = Say(text="请说您要反映的事，我记下来，由专人给您回电。", phrase_id="what_complaint")
ASK_COMPLAINT = Expect(kind=ExpectKind.OPEN, example="比如说：某月某日在哪个窗口，发生了什么事。")
_MOST_CHARACTERS = 300


async def where(services: Services, talk: Talk, said: Said, facts: CallFacts, last: Sequence[Mapping[str, Any]]) -> Answer:
    """Name the nearest place that does this business, then go on with the open question."""
    now = services.clock()
    found = await services.offices.offices(_service(talk, said.text), region=facts.region, now=now)
    told = [words.office(found[0] if found else None)]
    if len(found) > 1 and facts.caller_ref is not None:
        sent = await services.offices.text(found, caller_ref=facts.caller_ref, call_id=facts.call_id, now=now)
        told += [TEXTED] if sent else []
    return commands.asked_again(talk, last, *told)


def complaint(talk: Talk) -> Answer:
    """Ask what it is about."""
    return Answer.of(talk.ended().at(Stage.COMPLAINT), WHAT_COMPLAINT, ASK_COMPLAINT)


async def complained(services: Services, talk: Talk, said: Said, facts: CallFacts) -> Answer:
    """Take it down word for word, numbers of people masked, and promise a call."""
    if not said.texts or len(plain(said.text)) < 4:
        return Answer.of(talk, WHAT_COMPLAINT, ASK_COMPLAINT)
    masked, _ = mask_personal(said.text)
    order = await services.callbacks.order(
        call_id=facts.call_id, caller_ref=facts.caller_ref, queue="complaint", reason="complaint",
        said=masked[:_MOST_CHARACTERS], now=services.clock(),
    )
    text = f"已经记下，{words.moment(order.due_at)}前由专人给您回电，流水号{order.serial}，稍后短信发给您。"
    return Answer.of(talk.ended().at(Stage.MORE), Say(text=text), words.ANYTHING_ELSE, words.MORE)


def _service(talk: Talk, text: str) -> str:
    for service, named in _NAMED:
        if any(word in text for word in named):
            return service
    paper = hear_paper(text) or (talk.paper.paper if talk.service is Service.PAPER else None)
    if paper is not None:
        return paper
    return "exam" if talk.service is Service.EXAM else "driving_licence"
