"""Car moving: asks the services what the plan cannot know, and answers the caller."""

from collections.abc import Mapping
from dataclasses import replace

from dialogs.actions import words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import consent, verdict
from dialogs.actions.plan import Next, fold, heard_something, next_step
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Move, Stage, Talk
from ivr.dialogue.replies import Hold, Reply, Say, Transfer
from ivr.domain.car_moves import CaseState
from ivr.domain.plates import Plate
from ivr.domain.spoken import say_digits
from ivr.services.car_moving_views import CaseView, MoveRefused, MoveRequest

HOLD_SECONDS = 90.0
_MOST_MISSES = 3
_URGENT_REASONS = frozenset({"fire_lane"})
"""Lives may hang on it: the police need not wait for the owner. Being blocked in is the ordinary case."""


class CarMoveTalk:
    """The part of the conversation that asks for a car to be moved."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take whatever was said about the request and go on."""
        if talk.stage is Stage.CONFIRM:
            return await self._confirming(talk, said, facts)
        if talk.stage is Stage.PHONE:
            return await self._phone_confirming(talk, said, facts)
        if talk.stage is Stage.PLATE_AGAIN and verdict(said, plate=talk.move.plate) is True:
            return await self.go_on(replace(talk, move=replace(talk.move, plate_checked=True)), facts)
        move = fold(talk, said, facts.home_plate)
        if talk.stage is Stage.WRONG and not heard_something(talk.move, move):
            return _still_wrong(talk, said)
        if _asked_and_missed(talk, said, move):
            return await self._missed(talk, facts)
        return _plate_missing(talk, await self.go_on(replace(talk, move=move), facts))

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Ask for what is missing, or do what is next."""
        while True:
            step = next_step(talk.move, number_known=facts.caller_ref is not None)
            if step is not Next.ADMIT:
                break
            refused = await self._admit(talk, facts)
            if refused is not None:
                return refused
            talk = replace(talk, move=replace(talk.move, admitted=True))
        if draft := _draft(talk.move):
            await self._services.car_moving.save_draft(facts.call_id, draft)
        if step is Next.CONFIRM:
            return await self._checked(talk)
        return _question(talk, step)

    def phone_given(self, talk: Talk, ref: str, tail: str) -> Answer:
        """A caller without a number has given one: its last four digits are read back, for texts go there."""
        offered = talk.at(Stage.PHONE, move=replace(talk.move, phone_offered=ref))
        return Answer.of(offered, Say(text=f"您的手机尾号是{say_digits(tail)}，对吗？"), words.YES_NO)

    async def _phone_confirming(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        offered = talk.move.phone_offered
        if offered is None:
            return _phone_missed(talk)
        answer = verdict(said)
        if answer is None:
            missed = replace(talk, misses=talk.misses + 1)
            return _to_human(talk) if missed.misses >= _MOST_MISSES else Answer.of(missed, words.YES_OR_NO, words.YES_NO)
        move = replace(talk.move, phone_ref=offered if answer else None, phone_offered=None)
        if answer:
            return await self.go_on(replace(talk, move=move, misses=0), facts)
        return Answer.of(replace(talk, move=move), words.WHAT_PHONE, words.ASK_PHONE)

    async def _admit(self, talk: Talk, facts: CallFacts) -> Answer | None:
        move = talk.move
        assert move.plate is not None  # noqa: S101 - next_step asks for it first
        admission = await self._services.car_moving.admit(
            caller_ref=_ref(move, facts), call_id=facts.call_id, plate=Plate(move.plate),
            region=facts.region, now=self._services.clock(),
        )
        if admission.allowed or admission.refusal is None:
            return None
        # A number that was only keyed proves nothing: its requests are not spoken of.
        if admission.open_case is not None and facts.caller_ref is not None:
            return Answer.of(
                talk.at(Stage.OWN_CASE, case_id=admission.open_case.case_id, move=talk.emptied()),
                Say(text=f"您有一个挪车请求还在办理。{words.CASE_STATUS.get(admission.open_case.state, words.NEUTRAL.text)}"),
                words.ABOUT_CASE,
                words.OPEN,
            )
        text = words.REFUSALS[admission.refusal.value]
        refused = talk.at(Stage.OFFER_HUMAN, queue="car_move")
        return Answer.of(refused, Say(text=text, phrase_id=f"refused_{admission.refusal.value}"), words.YES_NO)

    async def _checked(self, talk: Talk) -> Answer:
        move = talk.move
        assert move.plate is not None and move.place is not None  # noqa: S101, PT018 - the plan saw to it
        if not move.plate_checked and move.colour not in (None, "unknown"):
            fits = await self._services.car_moving.colour_hint(plate=Plate(move.plate), colour=move.colour or "")
            if fits is False:
                question = f"为了不打扰别的车主，请再看一眼车牌。是{words.plate_read_back(move.plate, move.plate_doubts)}，对吗？"
                return Answer.of(talk.at(Stage.PLATE_AGAIN), Say(text=question), words.YES_NO)
        return _read_back(talk)

    async def _confirming(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = consent(said, plate=talk.move.plate, known=(talk.move.place, talk.move.colour))
        if answer is True:
            return await self._file(talk, facts)
        move = fold(talk, said, facts.home_plate) if not said.keys else talk.move
        if heard_something(talk.move, move):
            return await self.go_on(replace(talk, move=move), facts)
        if answer is False:
            return _named_wrong(talk, said) or Answer.of(talk.at(Stage.WRONG), words.WHAT_IS_WRONG, words.OPEN)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk)
        return Answer.of(replace(talk, misses=talk.misses + 1), words.YES_OR_NO, words.CONSENT)

    async def _file(self, talk: Talk, facts: CallFacts) -> Answer:
        move = talk.move
        assert move.plate is not None and move.place is not None  # noqa: S101, PT018 - it was read back
        plate = Plate(move.plate)
        request = MoveRequest(
            call_id=facts.call_id, caller_ref=_ref(move, facts), plate=plate, plate_type=plate.plate_type or "",
            place=move.place, region=facts.region, idempotency_key=f"{facts.call_id}:{talk.filed}",
            place_kind=move.place_kind, reason=move.reason,  # type: ignore[arg-type]
            colour=None if move.colour == "unknown" else move.colour,
            urgent=move.reason in _URGENT_REASONS, on_road=move.on_road,
        )
        try:
            case = await self._services.car_moving.file(request, now=self._services.clock())
        except MoveRefused as refused:
            text = words.REFUSALS.get(refused.refusal.value, words.REFUSALS["plate_type"])
            return Answer.of(talk.at(Stage.OFFER_HUMAN, queue="car_move"), Say(text=text), words.YES_NO)
        return _filed(talk, case)

    async def _missed(self, talk: Talk, facts: CallFacts) -> Answer:
        misses = talk.misses + 1
        if talk.stage is Stage.COLOUR and misses > 1:  # it helps, but nothing hangs on it
            return await self.go_on(replace(talk, move=replace(talk.move, colour="unknown")), facts)
        if misses >= _MOST_MISSES:
            return _to_human(talk)
        missed = replace(talk, misses=misses)
        if talk.stage is Stage.PLACE:
            return Answer.of(missed, words.PLACE_BY_KEYS, words.ASK_PLACE)
        if talk.stage is Stage.COLOUR:
            return Answer.of(missed, words.WHAT_COLOUR, words.ASK_COLOUR)
        if talk.move.plate_question is not None and misses == 1:
            return Answer.of(missed, Say(text=talk.move.plate_question), words.ask_sign(talk.move.plate_answers))
        # Asked for anew: what did not fit is not kept
        anew = replace(missed, stage=Stage.PLATE, move=replace(talk.move, plate=None, plate_question=None))
        return Answer.of(anew, words.PLATE_NOT_HEARD if misses == 1 else words.PLATE_BY_KEYS, words.ASK_PLATE)


def _read_back(talk: Talk) -> Answer:
    move = talk.move
    text = words.confirm(move.plate or "", move.place or "", move.colour, move.plate_doubts)
    return Answer.of(talk.at(Stage.CONFIRM), text, words.CONSENT)


def _still_wrong(talk: Talk, said: Said) -> Answer:
    named = _named_wrong(talk, said)
    if named is not None:
        return named
    if verdict(said) is True:
        return _read_back(talk)
    if talk.misses + 1 >= _MOST_MISSES:
        return _to_human(talk)
    return Answer.of(replace(talk, misses=talk.misses + 1), words.WHAT_IS_WRONG, words.OPEN)


def _named_wrong(talk: Talk, said: Said) -> Answer | None:
    """The caller says which part is wrong, but not what is right."""
    if "车牌" in said.text or "牌" in said.text or "号码" in said.text:
        denied = (*talk.move.plate_denied, talk.move.plate) if talk.move.plate else talk.move.plate_denied
        move = replace(talk.move, plate=None, plate_denied=denied)
        return Answer.of(talk.at(Stage.PLATE, move=move), words.WHAT_PLATE, words.ASK_PLATE)
    if any(word in said.text for word in ("地点", "地址", "地方", "位置")):
        return Answer.of(talk.at(Stage.PLACE, move=replace(talk.move, place=None)), words.WHERE, words.ASK_PLACE)
    if "颜色" in said.text:
        return Answer.of(talk.at(Stage.COLOUR, move=replace(talk.move, colour=None)), words.WHAT_COLOUR, words.ASK_COLOUR)
    return None


def _phone_missed(talk: Talk) -> Answer:
    if talk.misses + 1 >= _MOST_MISSES:
        return _to_human(talk)
    return Answer.of(replace(talk, misses=talk.misses + 1), words.PHONE_NOT_RIGHT, words.ASK_PHONE)


def _asked_and_missed(talk: Talk, said: Said, move: Move) -> bool:
    """A plate, place or colour was asked for and nothing of the request was heard."""
    asked = talk.stage in (Stage.PLATE, Stage.PLATE_AGAIN, Stage.PLACE, Stage.COLOUR)
    return asked and bool(said.texts or said.keys) and not heard_something(talk.move, move)


def _plate_missing(before: Talk, answer: Answer) -> Answer:
    """A plate was asked for and something else was told: the caller hears that it was noted, and not the same question."""
    asked_again = before.stage is Stage.PLATE and answer.talk.stage is Stage.PLATE
    if not asked_again or answer.talk.move.plate is not None:
        return answer
    misses = before.misses + 1
    if misses >= _MOST_MISSES:
        return _to_human(answer.talk)
    asks = words.PLATE_MISSING if misses == 1 else words.PLATE_BY_KEYS
    return Answer.of(replace(answer.talk, misses=misses), asks, words.ASK_PLATE)


def _question(talk: Talk, step: Next) -> Answer:
    move = talk.move
    echo = [Say(text=f"{words.plate_read_back(move.plate, move.plate_doubts)}。")] if move.plate_fresh and move.plate else []
    questions: Mapping[Next, tuple[Stage, tuple[Reply, ...]]] = {
        Next.PLATE: (Stage.PLATE, (words.WHAT_PLATE, words.ASK_PLATE)),
        Next.PLACE: (Stage.PLACE, (words.WHERE, words.ASK_PLACE)),
        Next.COLOUR: (Stage.COLOUR, (words.WHAT_COLOUR, words.ASK_COLOUR)),
        Next.PHONE: (Stage.PHONE, (words.WHAT_PHONE, words.ASK_PHONE)),
    }
    if step is Next.PLATE_QUESTION:
        question = Say(text=move.plate_question or words.PLATE_NOT_HEARD.text)
        return Answer.of(talk.at(Stage.PLATE), question, words.ask_sign(move.plate_answers))
    stage, replies = questions[step]
    return Answer.of(talk.at(stage), *echo, *replies)


def _filed(talk: Talk, case: CaseView) -> Answer:
    done = talk.at(Stage.MORE, move=talk.emptied(), filed=talk.filed + 1, case_id=case.case_id)
    if case.rings_now:
        holding = replace(done, stage=Stage.HOLDING)
        return Answer.of(holding, words.NOTIFYING, Hold(reason="owner_call", seconds=HOLD_SECONDS))
    if case.kept_only:
        first = words.KEPT_ONLY
    elif case.state is CaseState.NOTIFYING:
        first = words.NOTIFIED_AT_NIGHT
    else:
        first = Say(text=words.CASE_STATUS.get(case.state, words.NEUTRAL.text))
    return Answer.of(done, first, words.ANYTHING_ELSE, words.MORE)


def _to_human(talk: Talk) -> Answer:
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue="car_move", reason="not_understood"))


def _ref(move: Move, facts: CallFacts) -> str:
    return facts.caller_ref or move.phone_ref or ""


def _draft(move: Move) -> dict[str, str]:
    slots = {"plate": move.plate, "place": move.place, "colour": move.colour, "reason": move.reason}
    return {name: value for name, value in slots.items() if value}
