"""Plates, papers and licences, decided: what a message adds to the wish, and what is asked next. Pure."""

from dataclasses import replace
from enum import StrEnum

from dialogs.actions import plan, words_paper
from dialogs.actions.said import Said
from dialogs.actions.talk import Move, Paper, Stage, Talk
from ivr.domain.sounds import plain
from ivr.domain.spoken_exams import hear_licence_class
from ivr.domain.spoken_papers import (
    hear_address,
    hear_cause,
    hear_delivery,
    hear_paper,
    hear_pieces,
)
from ivr.domain.spoken_places import hear_place

WISHES: dict[str, tuple[str, str | None]] = {
    "plate_replace": ("plate", None), "vl_replace": ("vehicle_licence", None), "insp_mark": ("inspection_mark", None),
    "dl_renew": ("driving_licence", "expiring"), "dl_lost": ("driving_licence", "lost"), "dl_damaged": ("driving_licence", "damaged"),
    "dl_change": ("driving_licence", "changed"), "dl_transfer": ("driving_licence", "moved_in"), "dl_age": ("driving_licence", "age"),
    "dl_downgrade": ("driving_licence", "downgrade"),
}  # fmt: skip
"""Paper and cause that an intent means; the caller's own words come before the cause."""
_OF_A_PLATE = ("plate_question", "plate_others", "plate_answers", "plate_readings", "plate_denied")
"""What is remembered of a plate between two messages, under the same names where a car is moved."""
_ABOUT_DELIVERY = frozenset({Stage.PAPER_DELIVERY, Stage.PAPER_ADDRESS, Stage.PAPER_CONFIRM})


class Next(StrEnum):
    """What has to be known or done before anything else."""

    PAPER = "paper"
    CAUSE = "cause"
    PLATE = "plate"
    PLATE_QUESTION = "plate_question"
    PIECES = "pieces"
    CLASS = "class"
    CHECK = "check"
    """Proof of who he is, and the rules."""
    DELIVERY = "delivery"
    ADDRESS = "address"
    CONFIRM = "confirm"


def next_step(paper: Paper) -> Next:
    """Say what comes next for this wish."""
    vehicle = paper.paper != "driving_licence"
    missing = (
        (Next.PAPER, paper.paper is None),
        (Next.CAUSE, paper.cause is None),
        (Next.PLATE_QUESTION, vehicle and paper.plate_question is not None),
        (Next.PLATE, vehicle and paper.plate is None),
        (Next.PIECES, paper.paper == "plate" and paper.pieces is None),
        (Next.CLASS, paper.cause == "downgrade" and paper.target_class is None),
        (Next.CHECK, not paper.checked),
        (Next.DELIVERY, paper.delivery is None),
        (Next.ADDRESS, paper.delivery == "other" and paper.address is None),
    )
    return next((step for step, lacks in missing if lacks), Next.CONFIRM)


def wish_of(said: Said, intent: str) -> Paper:
    """Read a first sentence: which paper, and why."""
    paper, cause = WISHES[intent]
    own = hear_cause(said.text, paper) if said.texts else None
    if own is not None and (cause is None or own in ("lost", "damaged")):
        cause = own
    return Paper(paper=paper, cause=cause)


def fold(talk: Talk, said: Said, home: str) -> Paper:
    """Add what a message holds; nothing already known is lost."""
    paper = talk.paper
    if said.keys:
        return _fold_keys(paper, talk.stage, said.keys, home)
    if not said.texts:
        return paper
    paper = _fold_kind(paper, talk.stage, said.text)
    paper = _fold_plate(paper, talk.stage, said, home)
    if paper.paper == "plate" and (pieces := hear_pieces(said.text)) is not None:
        paper = replace(paper, pieces=pieces, checked=paper.checked and pieces == paper.pieces)
    if talk.stage is Stage.PAPER_CLASS and (wanted := hear_licence_class(said.text)) is not None:
        paper = replace(paper, target_class=wanted)
    return _fold_delivery(paper, talk.stage, said.text)


def _fold_keys(paper: Paper, stage: Stage, keys: str, home: str) -> Paper:
    match stage:
        case Stage.PAPER_KIND if keys in words_paper.PAPER_KEYS:
            return replace(paper, paper=words_paper.PAPER_KEYS[keys])
        case Stage.PAPER_CAUSE if paper.paper is not None:
            return replace(paper, cause=words_paper.CAUSES[paper.paper].get(keys, paper.cause))
        case Stage.PAPER_PLATE:
            return _with_plate(paper, plan.fold(_asking_plate(paper, Stage.PLATE), Said("dtmf", 1.0, keys=keys), home))
        case Stage.PAPER_PIECES if keys in words_paper.PIECES_KEYS:
            return replace(paper, pieces=words_paper.PIECES_KEYS[keys])
        case Stage.PAPER_DELIVERY if keys in words_paper.DELIVERY_KEYS:
            return replace(paper, delivery=words_paper.DELIVERY_KEYS[keys])
        case _:
            return paper


def _fold_kind(paper: Paper, stage: Stage, text: str) -> Paper:
    """Which paper and why; once both are known only a correction changes them."""
    known = paper.paper is not None and paper.cause is not None
    if known and not (stage in (Stage.PAPER_CONFIRM, Stage.PAPER_DELIVERY) and "不是" in plain(text)):
        return paper
    named = hear_paper(text)
    if named is not None and (paper.paper is None or named != paper.paper) and not known:
        paper = replace(paper, paper=named, checked=False)
    cause = hear_cause(text, paper.paper)
    return paper if cause is None or cause == paper.cause else replace(paper, cause=cause, checked=False)


def _fold_plate(paper: Paper, stage: Stage, said: Said, home: str) -> Paper:
    if paper.paper == "driving_licence" or stage is Stage.PAPER_ADDRESS:
        return paper
    asked = stage is Stage.PAPER_PLATE or paper.plate is not None
    return _with_plate(paper, plan.fold(_asking_plate(paper, Stage.PLATE if asked else Stage.OPEN), said, home))


def _asking_plate(paper: Paper, stage: Stage) -> Talk:
    """The question for a plate, as the part that moves cars asks it."""
    return Talk(stage=stage, move=Move(plate=paper.plate, **{name: getattr(paper, name) for name in _OF_A_PLATE}))


def _with_plate(paper: Paper, heard: Move) -> Paper:
    same = heard.plate == paper.plate
    known = {name: getattr(heard, name) for name in _OF_A_PLATE}
    return replace(paper, plate=heard.plate, checked=paper.checked and same, plate_fresh=not same, **known)


def _fold_delivery(paper: Paper, stage: Stage, text: str) -> Paper:
    if stage is Stage.PAPER_ADDRESS:
        address = hear_address(text) or hear_place(text, asked=True).text
        return paper if address is None else replace(paper, address=address, delivery="other")
    if stage not in _ABOUT_DELIVERY and not any(word in text for word in ("寄", "自取", "快递")):
        return paper
    how = hear_delivery(text)
    if how is None:
        return paper
    return replace(paper, delivery=how, address=hear_address(text) if how == "other" else None)
