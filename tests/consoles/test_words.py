"""Every machine word that can be shown has a Chinese one."""

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from dialogs.actions.given import _SLOTS as GIVEN
from dialogs.actions.talk import Service, Stage
from ivr.consoles import errors, words, words_seat
from ivr.consoles.errors import ConsoleError
from ivr.domain.applications import Submission
from ivr.domain.car_move_desk import DeskAct, JoinKind
from ivr.domain.car_move_events import Event
from ivr.domain.car_moves import BackendTask, CaseState, Escalation, OwnerAnswer, OwnerCallResult
from ivr.domain.handovers import HandoverState, PhoneKind, Presence
from ivr.domain.orders import CallbackState, OwnerCallState, SmsState
from ivr.domain.work_orders import OrderAction, Refusal

INTENTS = Path(__file__).resolve().parents[2] / "nlu_data" / "intents"
KINDS = {
    "case_state": CaseState,
    "escalation": Escalation,
    "callback_state": CallbackState,
    "order_state": OwnerCallState,
    "sms_state": SmsState,
    "order_action": OrderAction,
    "order_event": OrderAction,
    "order_refusal": Refusal,
    "handover_state": HandoverState,
    "presence": Presence,
    "seat_phone": PhoneKind,
    "wish": Service,
    "stage": Stage,
}


@pytest.mark.parametrize("name", KINDS)
def test_every_state_has_a_chinese_word(name: str) -> None:
    for state in KINDS[name]:
        assert words.FILTERS[name](state.value) != state.value


def test_every_intent_and_everything_that_is_given_has_one() -> None:
    intents = {each["intent"] for path in INTENTS.glob("*.yml") for each in yaml.safe_load(path.read_text("utf-8"))["nlu"] if "intent" in each}
    assert len(intents) > 40
    for intent in (*intents, "dtmf"):
        assert words.FILTERS["intent"](intent) != intent
    for part, names in GIVEN.items():
        for name in names:
            assert words.FILTERS["slot"](f"{part}.{name}") != f"{part}.{name}"


SOURCES = Path(__file__).resolve().parents[2] / "ivr"
WRITTEN = re.compile(r"""(?:action=|\.note\(who, |desk\.audit\([^,]+, )"([a-z_.]+)\"""")


def test_every_act_that_is_written_down_has_one() -> None:
    files = [path for folder in ("consoles", "services", "storage") for path in (SOURCES / folder).rglob("*.py")]
    acts = {act for path in files for act in WRITTEN.findall(path.read_text("utf-8"))}
    acts |= {f"case_{act.value}" for act in DeskAct} | {f"order_{act.value}" for act in OrderAction} | {f"join_{kind.value}" for kind in JoinKind}
    acts |= {f"application_{state.value}" for state in Submission}
    acts |= {f"identity_{each}" for each in ("code_sent", "code_right", "code_wrong", "secret_right", "secret_wrong")}
    acts |= {f"review_{act}" for act in ("taken", "scored", "appealed", "decided")}
    assert len(acts) > 70
    assert {act for act in acts if words.FILTERS["audit_action"](act) == act} == set()


@pytest.mark.parametrize(
    ("actor", "shown"),
    [("caller:" + "ab" * 32, "来电人 abababababab"), ("visitor", "没有登录的人"), ("command line:root", "命令行:root"), ("wang", "wang")],
)
def test_who_did_it_is_told_in_words(actor: str, shown: str) -> None:
    assert words.FILTERS["audit_actor"](actor) == shown


def test_facts_of_the_audit_record_are_told_in_words() -> None:
    assert words.FILTERS["audit_fact"](("reason", "wrong")) == "原因：账号、密码或者口令不对"
    assert words.FILTERS["audit_fact"](("roles", "seat auditor")) == "岗位：座席、审计员"
    assert words.FILTERS["audit_fact"](("reference", "TS-17")) == "文号：TS-17"


def test_what_was_heard_badly_is_marked() -> None:
    low, sure = words_seat.given(
        {"given": [{"name": "exam.subject", "value": "3B", "sure": 0.59}, {"name": "move.place", "value": "清扬路", "sure": 0.6}]}
    )
    assert (low.word, low.value, low.percent, low.low) == ("科目", "科目四", 59, True)
    assert (sure.value, sure.low) == ("清扬路", False)
    assert words_seat.given({}) == []


def test_every_event_of_a_case_has_one() -> None:
    for event in get_args(Event):
        assert words.FILTERS["case_event"](event.__name__) != event.__name__


@pytest.mark.parametrize("kind", [BackendTask, OwnerAnswer, OwnerCallResult])
def test_every_note_of_a_case_has_one(kind) -> None:
    for word in kind:
        assert words.FILTERS["note"](word.value) != word.value


@pytest.mark.parametrize("result", ["asked", "talked", "time_up", "refused", "nobody", "left", "failed"])
def test_every_end_of_a_talk_of_owner_and_requester_has_one(result: str) -> None:
    assert words.FILTERS["join_note"](result) != result
    assert words.FILTERS["case_event"]("Join.talk") != "Join.talk"


def test_every_error_has_a_sentence() -> None:
    broken = words.error("broken")
    codes = {kind.code for kind in vars(errors).values() if isinstance(kind, type)}
    assert ConsoleError.code in codes
    for code in codes - {ConsoleError.code}:
        assert words.error(code) != broken, code
    assert words.error("no such") == broken


def test_an_unknown_word_is_shown_as_it_is_and_nothing_as_a_dash() -> None:
    assert words.FILTERS["outcome"]("brand_new") == "brand_new"
    assert words.FILTERS["outcome"]("") == "—"
    assert words.FILTERS["outcome"](None) == "—"


@pytest.mark.parametrize(("value", "word"), [(None, "不清楚"), (True, "是"), (False, "否")])
def test_what_is_not_known_is_not_a_no(value: bool | None, word: str) -> None:
    assert words.FILTERS["yes_no"](value) == word


def test_what_nobody_said_is_told_apart_from_what_was_said() -> None:
    assert words.happening("（来电）") == "接通"
    assert words.happening("（something_new）") == "something_new"
    for said in ("（已封存，尾号1111）", "［按键1］", "有辆车（白色）挡住我了", ""):
        assert words.happening(said) == ""
