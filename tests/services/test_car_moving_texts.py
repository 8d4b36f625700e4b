"""Every SMS that a decision can ask for exists, and says no more than it may."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.domain import car_move_desk, car_move_steps
from ivr.services.car_moving_texts import (
    OWNER_KINDS,
    REQUESTER_KINDS,
    owner_text,
    requester_text,
)
from tests.domain.test_car_moves import CASE

NAMED = replace(CASE, police_serial="P00000001")


def asked_for(effect: str) -> set[str]:
    """The kinds that stand in the decisions, read from their source."""
    return {
        str(node.args[0].value)
        for module in (car_move_steps, car_move_desk)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == effect
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_text_that_can_be_asked_for_is_written_and_none_in_vain() -> None:
    assert asked_for("TextOwner") | {"notice_quiet"} == OWNER_KINDS
    assert asked_for("TextRequester") | {"filed_quiet", "kept"} == REQUESTER_KINDS


@pytest.mark.parametrize("kind", sorted(REQUESTER_KINDS))
def test_the_requester_reads_his_serial_and_nothing_of_the_owner(kind: str) -> None:
    text = requester_text(kind, NAMED)
    assert text.startswith("【公安交管12123】")
    assert CASE.case_id in text
    for secret in ("苏B", "12345", "白", "清扬路", CASE.requester):
        assert secret not in text
    assert len(text) <= 134  # two parts of a long SMS


@pytest.mark.parametrize("kind", sorted(OWNER_KINDS))
def test_the_owner_reads_the_tail_of_his_plate_and_nothing_of_the_requester(kind: str) -> None:
    text = owner_text(kind, NAMED)
    assert "345" in text
    for secret in ("苏B", "12345", CASE.requester, CASE.case_id):
        assert secret not in text
    assert len(text) <= 134
