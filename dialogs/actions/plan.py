"""Car moving, decided: what a message adds to the request, and what is asked next. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from dialogs.actions import words
from dialogs.actions.corrections import (
    about_plate,
    names_place,
    new_place,
    place_asked,
    said_instead,
    without_phone,
)
from dialogs.actions.said import Said
from dialogs.actions.talk import Move, Stage, Talk
from ivr.domain.errors import DomainError
from ivr.domain.plate_again import correct_heard, hear_plate_again, settle_heard
from ivr.domain.plate_answers import denies
from ivr.domain.plates import Plate
from ivr.domain.sounds import plain
from ivr.domain.spoken import (
    PlateHeard,
    hear_colour,
    hear_place,
    hear_reason,
    hear_yes_no,
    plate_from_keys,
)

_MOST_GUESSES = 3
_TAIL = re.compile("(?:尾号|末尾|后面)(?:应该)?(?:是)?([零一二三四五六七八九幺两0-9]{2,5})$")
_COUNT = "零一二三四五"


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
    move = _fold_place(move, talk.stage, said, new_plate=move.plate != talk.move.plate)
    move = _fold_colour(move, talk.stage, said)
    return replace(move, reason=move.reason or hear_reason(said.text))


def heard_something(before: Move, after: Move) -> bool:
    """Did a message add or change anything?"""
    seen = ("plate", "place", "colour", "plate_question", "plate_checked", "phone_ref")
    return any(getattr(before, name) != getattr(after, name) for name in seen)


def _fold_plate(move: Move, stage: Stage, said: Said, home: str) -> Move:
    known = _plate(move.plate)
    if known is None:
        asked = stage in (Stage.PLATE, Stage.PLATE_AGAIN)
        heard = hear_plate_again(
            said.texts, home=home, before=move.plate_readings, denied=move.plate_denied, asked=asked, shares=said.shares,
        )
        return move if heard.plate is None else _with_plate(move, heard, ask=True)
    if move.plate_question is not None:
        return _settled(move, known, said, home)
    if stage is Stage.PLATE_AGAIN:
        return _plate_again(move, known, said, home)
    wrong = stage is Stage.WRONG
    guesses = _kept(said, [about_plate(text, known, asked_what_is_wrong=wrong) for text in said.texts[:_MOST_GUESSES]])
    if said.text not in guesses.texts:  # the best guess decides what is spoken of
        return move
    return _corrected(_denied(move, known) if wrong or denies(said.text) else move, known, guesses, home)


def _kept(said: Said, keep: Sequence[bool]) -> Said:
    """The message with some of its guesses."""
    texts = tuple(text for text, kept in zip(said.texts, keep, strict=False) if kept)
    shares = tuple(share for share, kept in zip(said.shares, keep, strict=False) if kept)
    return replace(said, texts=texts, shares=shares)


def _denied(move: Move, known: Plate) -> Move:
    return replace(move, plate_denied=tuple(dict.fromkeys((*move.plate_denied, known.text))))


def _corrected(move: Move, known: Plate, said: Said, home: str) -> Move:
    """Apply what is said of a plate that was read back."""
    texts = [_tail_counted(text) for text in said.texts]
    heard = correct_heard(
        known, texts, home=home, before=move.plate_readings, denied=move.plate_denied, shares=said.shares,
    )
    return move if heard is None or heard.plate == known else _with_plate(move, heard, ask=True)


def _plate_again(move: Move, known: Plate, said: Said, home: str) -> Move:
    """The plate was read back alone: the same again confirms it."""
    if names_place(said.text):
        return move
    move = _denied(move, known) if denies(said.text) else move
    heard = hear_plate_again(
        said.texts, home=home, before=move.plate_readings, denied=move.plate_denied, shares=said.shares,
    )
    if heard.plate is None:
        return _corrected(move, known, _kept(said, [True]), home)
    if heard.plate == known:
        return replace(move, plate_checked=True)
    return _with_plate(move, heard, ask=True)


def _settled(move: Move, known: Plate, said: Said, home: str) -> Move:
    """Two readings sounded alike and one was asked for."""
    others = [other for other in map(_plate, move.plate_others) if other is not None]
    heard = settle_heard(known, others, said.texts, home=home, before=move.plate_readings, shares=said.shares)
    if heard is None:
        return move
    if heard.plate == known:
        return replace(move, plate_question=None, plate_answers=())
    return _with_plate(move, heard, ask=False)


def _with_plate(move: Move, heard: PlateHeard, *, ask: bool) -> Move:
    plate = heard.plate
    if plate is None:
        return move
    others = tuple(other.text for other in heard.candidates if other != plate)
    signs = tuple(at for at in heard.doubtful if at < len(plate.text) and not plate.text[at].isdigit())
    return replace(
        move, plate=plate.text, plate_fresh=True, plate_doubts=signs, plate_others=others if ask and heard.question else (),
        plate_question=heard.question if ask else None, plate_answers=heard.answers if ask else (),
        plate_readings=heard.readings, plate_checked=False, admitted=False,
    )


def _tail_counted(text: str) -> str:
    """尾号是三四六 as 后三位是三四六."""
    return _TAIL.sub(lambda match: f"后{_COUNT[len(match.group(1))]}位是{match.group(1)}", plain(text))


def _fold_place(move: Move, stage: Stage, said: Said, *, new_plate: bool) -> Move:
    if move.place is not None and stage is not Stage.PLACE:
        place = new_place(said.text, move.place) if not new_plate and _may_correct(stage, said.text) else None
    elif stage is Stage.PLACE and not new_plate:
        place = place_asked(said.text)
    else:
        place = hear_place(without_phone(plain(said.text)))
    if place is None or place.text is None or _short_answer(place.text):
        return move
    return replace(move, place=place.text, place_kind=place.kind, on_road=place.on_road)


def _may_correct(stage: Stage, text: str) -> bool:
    """Everywhere after 不对 or 错了; where all was read back, outright."""
    taken_back = any(word in text for word in ("不对", "错", "不是", "不在"))
    return stage in (Stage.CONFIRM, Stage.WRONG) or (taken_back and stage is not Stage.OPEN)


def _short_answer(place: str) -> bool:
    """好的, 没有 are no place."""
    return len(place) <= 4 and hear_yes_no([place]) is not None and not names_place(place)


def _fold_colour(move: Move, stage: Stage, said: Said) -> Move:
    text = said_instead(plain(said.text))
    colour = hear_colour(text)
    asked = stage is Stage.COLOUR
    if colour is None and asked and said.intent == "deny" and hear_yes_no(said.texts[:1]) is False:
        colour = "unknown"
    if colour is None or (colour == "unknown" and not asked):
        return move
    if move.colour is not None and not asked and "色" not in text and names_place(text):
        return move  # 黄大仙路 is a place
    return replace(move, colour=colour)


def _fold_keys(move: Move, stage: Stage, keys: str, home: str) -> Move:
    if stage is Stage.PLATE and move.plate_question is not None and move.plate_others and keys in ("1", "2"):
        chosen = move.plate if keys == "1" else move.plate_others[0]
        plate = _plate(chosen)
        return move if plate is None else _with_plate(move, PlateHeard(plate), ask=False)
    if stage in (Stage.PLATE, Stage.PLATE_AGAIN):
        plate = plate_from_keys(keys, home)
        return move if plate is None else _with_plate(move, PlateHeard(plate), ask=False)
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
