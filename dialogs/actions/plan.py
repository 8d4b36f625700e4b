"""Car moving, decided: what a message adds to the request, and what is asked next. Pure."""

from dataclasses import replace
from enum import StrEnum

from dialogs.actions import words
from dialogs.actions.said import Said
from dialogs.actions.talk import Move, Stage, Talk
from ivr.domain.errors import DomainError
from ivr.domain.plates import Plate
from ivr.domain.spoken import (
    correct_plate,
    hear_colour,
    hear_place,
    hear_plate,
    hear_reason,
    hear_yes_no,
    plate_from_keys,
)


class Next(StrEnum):
    """What has to be known or done before anything else."""

    PLATE = "plate"
    PLATE_QUESTION = "plate_question"
    PLACE = "place"
    PHONE = "phone"
    ADMIT = "admit"
    COLOUR = "colour"
    CONFIRM = "confirm"


def next_step(move: Move, *, number_known: bool) -> Next:
    """Say what comes next for this request."""
    if move.plate is None:
        return Next.PLATE
    if move.plate_question is not None:
        return Next.PLATE_QUESTION
    if not number_known and move.phone_ref is None:
        return Next.PHONE
    if not move.admitted:
        return Next.ADMIT
    if move.place is None:
        return Next.PLACE
    if move.colour is None:
        return Next.COLOUR
    return Next.CONFIRM


def fold(talk: Talk, said: Said, home: str) -> Move:
    """Add what a message holds to the request; nothing already known is lost."""
    move = replace(talk.move, plate_fresh=False)
    if said.keys:
        return _fold_keys(move, talk.stage, said.keys, home)
    if not said.texts:
        return move
    move = _fold_plate(move, talk.stage, said, home)
    move = _fold_place(move, talk.stage, said)
    colour = hear_colour(said.text)
    if colour is not None and (colour != "unknown" or talk.stage is Stage.COLOUR):
        move = replace(move, colour=colour)
    elif talk.stage is Stage.COLOUR and said.intent == "deny":
        move = replace(move, colour="unknown")
    return replace(move, reason=move.reason or hear_reason(said.text))


def heard_something(before: Move, after: Move) -> bool:
    """Did a message add or change anything?"""
    seen = ("plate", "place", "colour", "plate_question", "phone_ref")
    return any(getattr(before, name) != getattr(after, name) for name in seen)


def confirmed(said: Said) -> bool | None:
    """Is it a yes or a no to what was read back? None when neither."""
    if said.keys:
        return {"1": True, "2": False}.get(said.keys)
    if not said.texts:
        return None
    heard = hear_yes_no(said.texts)
    if heard is True and said.intent == "deny" and said.confidence > 0.6:
        return None
    return heard


def _fold_plate(move: Move, stage: Stage, said: Said, home: str) -> Move:
    asked = stage in (Stage.PLATE, Stage.PLATE_AGAIN)
    known = _plate(move.plate)
    if known is not None and stage in (Stage.CONFIRM, Stage.WRONG, Stage.PLATE_AGAIN, Stage.PLACE, Stage.COLOUR):
        corrected = correct_plate(known, said.texts) if _corrects(said) or asked else None
        if corrected is not None:
            return _with_plate(move, corrected.text, None)
    if stage in (Stage.PLACE, Stage.COLOUR) and not _corrects(said):
        return move
    heard = hear_plate(said.texts, home=home, asked=asked)
    if heard.plate is None or heard.plate.text == move.plate:
        return replace(move, plate_question=None) if move.plate_question and heard.plate else move
    question = None if move.plate_question else heard.question
    return _with_plate(move, heard.plate.text, question)


def _with_plate(move: Move, plate: str, question: str | None) -> Move:
    return replace(
        move, plate=plate, plate_fresh=True, plate_question=question, plate_checked=False, admitted=False
    )


def _corrects(said: Said) -> bool:
    return said.intent in ("correct", "deny", "give_plate") or any(
        word in said.text for word in ("不是", "不对", "错了", "车牌", "应该是")
    )


def _fold_place(move: Move, stage: Stage, said: Said) -> Move:
    asked = stage is Stage.PLACE
    changes = stage in (Stage.CONFIRM, Stage.WRONG) and ("地" in said.text or "位置" in said.text or "停在" in said.text or "不是" not in said.text)
    if move.place is not None and not asked and not changes:
        return move
    if stage in (Stage.COLOUR, Stage.PLATE_AGAIN) and move.place is not None:
        return move
    heard = hear_place(said.text, asked=asked)
    if heard.text is None or (stage in (Stage.CONFIRM, Stage.WRONG) and hear_yes_no([heard.text]) is not None):
        return move
    return replace(move, place=heard.text, place_kind=heard.kind, on_road=heard.on_road)


def _fold_keys(move: Move, stage: Stage, keys: str, home: str) -> Move:
    if stage in (Stage.PLATE, Stage.PLATE_AGAIN):
        plate = plate_from_keys(keys, home)
        return move if plate is None else _with_plate(move, plate.text, None)
    if stage is Stage.PLACE and keys in words.PLACE_KEYS:
        place, kind = words.PLACE_KEYS[keys]
        return replace(move, place=place, place_kind=kind, on_road=True if kind == "road" else None)
    if stage is Stage.COLOUR:
        return replace(move, colour=words.COLOUR_KEYS.get(keys, "unknown"))
    return move


def _plate(text: str | None) -> Plate | None:
    try:
        return Plate(text) if text else None
    except DomainError:
        return None
