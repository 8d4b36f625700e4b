"""Car moving, decided: what a message adds to the request, and what is asked next. Pure."""

import re
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

_PLATE_WORDS = ("车牌", "号牌", "牌照", "牌号", "尾号", "后三位", "后四位", "后两位", "最后一位", "字母")
_PLACE_WORDS = ("地点", "地址", "位置", "停在", "地方", "路口", "门口")
_TAKES_BACK = ("不对", "错", "不是", "应该", "改成", "更正")
_AFTER = re.compile("^.*(?:应该是|应该在|改成|停在|是|在)(?=.{2,}$)")
_NUMBER = re.compile("[零一二三四五六七八九十百幺两0-9]+号")


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
        corrected = correct_plate(known, said.texts) if _about_plate(said) or asked else None
        if corrected is not None:
            return _with_plate(move, corrected.text)
    if known is not None and not asked and not _about_plate(said):
        return move
    heard = hear_plate(said.texts, home=home, asked=asked)
    if heard.plate is None or heard.plate.text == move.plate:
        return replace(move, plate_question=None) if move.plate_question and heard.plate else move
    question = None if move.plate_question else heard.question
    signs = heard.plate.text
    doubts = tuple(at for at in heard.doubtful if at < len(signs) and not signs[at].isdigit())
    return replace(_with_plate(move, signs), plate_question=question, plate_doubts=doubts)


def _with_plate(move: Move, plate: str) -> Move:
    return replace(
        move, plate=plate, plate_fresh=True, plate_question=None, plate_doubts=(), plate_checked=False, admitted=False
    )


def _about_plate(said: Said) -> bool:
    """May this message change a plate that was already understood?"""
    if any(word in said.text for word in _PLATE_WORDS):
        return True
    about_place = any(word in said.text for word in _PLACE_WORDS) or hear_place(said.text).text is not None
    return not about_place and (said.intent in ("correct", "deny", "give_plate") or "不是" in said.text)


def _fold_place(move: Move, stage: Stage, said: Said) -> Move:
    if move.place is not None and stage not in (Stage.PLACE, Stage.CONFIRM, Stage.WRONG):
        return move
    if move.place is not None and stage is not Stage.PLACE:
        return _corrected_place(move, said.text)
    heard = hear_place(said.text, asked=stage is Stage.PLACE)
    if heard.text is None:
        return move
    return replace(move, place=heard.text, place_kind=heard.kind, on_road=heard.on_road)


def _corrected_place(move: Move, text: str) -> Move:
    """Take a place said instead of the one read back: after 不对, 错了, 不是…是, or named outright."""
    takes_back = any(word in text for word in _TAKES_BACK)
    said = _AFTER.sub("", text) if takes_back else text
    if takes_back and move.place is not None and _NUMBER.fullmatch(said) and _NUMBER.search(move.place):
        return replace(move, place=_NUMBER.sub(said, move.place, count=1))
    heard = hear_place(said, asked=said != text and any(word in text for word in _PLACE_WORDS))
    if heard.text is None or heard.text == move.place or hear_yes_no([heard.text]) is not None or "车牌" in text:
        return move
    return replace(move, place=heard.text, place_kind=heard.kind, on_road=heard.on_road)


def _fold_keys(move: Move, stage: Stage, keys: str, home: str) -> Move:
    if stage in (Stage.PLATE, Stage.PLATE_AGAIN):
        plate = plate_from_keys(keys, home)
        return move if plate is None else _with_plate(move, plate.text)
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
