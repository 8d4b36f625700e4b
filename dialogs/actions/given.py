"""What the caller has given so far, and how surely it was heard: for the seat who takes over, and the transcript."""

from collections.abc import Iterator
from dataclasses import replace

from dialogs.actions import words_exam, words_paper
from dialogs.actions.answer import Answer
from dialogs.actions.said import Said
from dialogs.actions.talk import HOLDS, STEPS, Service, Talk
from ivr.dialogue.replies import Given, Transfer, Understood
from ivr.domain.plates import Plate
from ivr.domain.spoken import say_plate

_SLOTS = {
    "move": ("plate", "place", "colour", "reason"),
    "exam": ("subject", "first", "last", "session", "plan_text"),
    "paper": ("paper", "cause", "plate", "pieces", "delivery", "address", "target_class"),
}
"""Nothing of these names a person; numbers of persons are references and stay where they are."""


def given(talk: Talk) -> list[dict[str, object]]:
    """Name, value and sureness (0 to 1) of everything that was given."""
    sure = dict(talk.sure)
    return [{"name": name, "value": value, "sure": sure.get(name, 1.0)} for name, value in _values(talk)]


def service_of(talk: Talk) -> Service:
    """Whose business it is; who has given a plate or a place wants a car moved, whether he has said so or not."""
    return Service.MOVE if talk.move.plate or talk.move.place or talk.stage in STEPS | HOLDS else talk.service


def summary(talk: Talk) -> str:
    """What is whispered to the seat before the caller is joined."""
    proved = "身份已核对" if talk.identity.level >= 2 else "身份未核对"
    return "，".join([_wish(talk), *_details(talk), proved]) + "。"


def danger(talk: Talk, what: str) -> str:
    """What is whispered to the seat who takes a caller in danger: that first, then the car and the place."""
    return "，".join([f"紧急，{what}", *_details(talk)]) + "。"


def context_of(talk: Talk) -> dict[str, object]:
    """For the seat's screen: what is wanted, what is given, what is proved. Nothing that names a person."""
    service = service_of(talk)
    business = {"business": talk.exam.business} if service is Service.EXAM else {}
    told = {"service": service.value, "stage": talk.stage.value, "level": talk.identity.level}
    return {**told, "given": given(talk), "summary": summary(talk), **business}


def with_context(answer: Answer) -> Answer:
    """The answer, with everything known for the seat if it hands the caller over."""
    known = context_of(answer.talk)
    replies = tuple(
        each.model_copy(update={"context": known | dict(each.context)}) if isinstance(each, Transfer) else each for each in answer.replies
    )
    return replace(answer, replies=replies)


def _wish(talk: Talk) -> str:
    match service_of(talk):
        case Service.MOVE:
            return "电话挪车"
        case Service.EXAM:
            return f"考试预约{words_exam.subject_name(talk.exam.subject)}" if talk.exam.subject else "考试预约"
        case Service.PAPER:
            return words_paper.named(talk.paper.paper, talk.paper.cause) if talk.paper.paper else "补换牌证"
        case Service.PROGRESS:
            return "查办理进度"
        case Service.LICENCE:
            return "查驾驶证状态"
        case Service.NONE:
            return "还没有说要办什么"


def _details(talk: Talk) -> Iterator[str]:
    plate = talk.move.plate or talk.paper.plate
    if plate:
        yield f"车牌{say_plate(Plate(plate))}"
    if talk.move.place:
        yield f"地点{talk.move.place}"


def noted(before: Talk, after: Talk, *, heard: float) -> Talk:
    """Note how surely the recognizer heard what is new; what was read back and not changed keeps its own."""
    known, sure = dict(_values(before)), dict(before.sure)
    now = dict(_values(after))
    kept = {name: sure.get(name, 1.0) if known.get(name) == value else heard for name, value in now.items()}
    return replace(after, sure=tuple(kept.items()))


def understood(before: Talk, after: Talk, said: Said) -> Understood | None:
    """What was made of what the caller said or pressed; None of what happened without him."""
    if not said.texts and not said.keys:
        return None
    known, sure = dict(_values(before)), dict(after.sure)
    fresh = tuple(
        Given(name=name, value=value[:200], sure=min(1.0, max(0.0, sure.get(name, said.heard))), corrects=name in known)
        for name, value in _values(after) if known.get(name) != value
    )
    return Understood(intent=said.intent, confidence=min(1.0, max(0.0, said.confidence)), given=fresh)


def _values(talk: Talk) -> Iterator[tuple[str, str]]:
    for part, names in _SLOTS.items():
        held = getattr(talk, part)
        for name in names:
            value = getattr(held, name)
            if value:
                yield f"{part}.{name}", str(value)
