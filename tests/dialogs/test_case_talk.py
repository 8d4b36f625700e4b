"""A request already filed."""

import pytest

from dialogs.actions.talk import Stage
from dialogs.actions.words import CASE_STATES, CASE_STATUS, TALKS
from ivr.dialogue.replies import Expect, Hold, Transfer
from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CaseState, Escalation
from ivr.services.car_moving_views import MAY_TALK, NO_TALK, RemindOutcome
from tests.dialogs.office import WHOLE, Caller, Office, escalated, view


@pytest.fixture
def waiting(office: Office) -> Caller:
    """A caller whose request is open."""
    office.car_moving.open = view()
    return Caller(office)


async def test_an_open_request_is_told_of_instead_of_a_second_one(waiting: Caller, office: Office):
    office.car_moving.refuses = Refusal.OPEN_CASE
    said = await waiting.talks(WHOLE)
    assert "还在办理" in said
    assert "催一下" in said
    assert waiting.talk.stage is Stage.OWN_CASE
    assert "再次提醒" in await waiting.says("那催一下吧")
    assert waiting.did == ["remind"]


@pytest.mark.parametrize(
    ("text", "did"),
    [("挪走了", ("moved", True)), ("还没来呢", ("moved", False)), ("他不挪", ("moved", False)), ("不用挪了取消吧", "cancel"), ("催他一下", "remind")],
)
async def test_what_the_caller_says_of_his_request_is_done(waiting: Caller, office: Office, text: str, did: object):
    office.car_moving.refuses = Refusal.OPEN_CASE
    await waiting.talks(WHOLE)
    await waiting.says(text)
    assert waiting.did == [did]
    assert waiting.talk.stage is Stage.MORE


async def test_nothing_of_it_understood_three_times_ends_with_a_human(waiting: Caller, office: Office):
    office.car_moving.refuses = Refusal.OPEN_CASE
    await waiting.talks(WHOLE)
    for _ in range(3):
        await waiting.says("天上的云")
    assert isinstance(waiting.end, Transfer)
    assert waiting.did == []


@pytest.mark.parametrize("state", list(CASE_STATUS))
async def test_the_status_is_told(waiting: Caller, office: Office, state: CaseState):
    office.car_moving.open = view(state)
    assert CASE_STATUS[state] in await waiting.says("我那个挪车怎么样了", intent="case_status", sure=0.9)


@pytest.mark.parametrize("intent", ["resolved", "cancel_case", "not_resolved", "remind"])
async def test_rasas_doubtful_guess_closes_nothing(waiting: Caller, intent: str):
    await waiting.says("那个嘛", intent=intent, sure=0.45)
    assert waiting.did == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (RemindOutcome("too_early", view(), 7), "再过七分钟"),
        (RemindOutcome("too_early", view(), 12), "再过十二分钟"),
        (RemindOutcome("already", view()), "已经催过"),
        (RemindOutcome("closed", view(CaseState.ESCALATED)), "有关部门"),
    ],
)
async def test_a_reminder_that_is_not_sent_is_explained(waiting: Caller, office: Office, outcome: RemindOutcome, words: str):
    office.car_moving.reminds = outcome
    assert words in await waiting.says("催一下", intent="remind", sure=0.9)


@pytest.mark.parametrize(("where", "words"), [(Escalation.POLICE, "辖区大队"), (Escalation.PROPERTY, "物业"), (Escalation.DISPATCHER, "调度")])
async def test_a_car_not_moved_goes_to_who_is_responsible(waiting: Caller, office: Office, where: Escalation, words: str):
    office.car_moving.not_moved = escalated(where)
    assert words in await waiting.says("还没来", intent="not_resolved", sure=0.9)


async def test_too_early_to_escalate_is_said(waiting: Caller):
    assert "二十分钟" in await waiting.says("还没来", intent="not_resolved", sure=0.9)


@pytest.mark.parametrize(("text", "intent"), [("车已经挪走了", "resolved"), ("取消我的挪车", "cancel_case")])
async def test_without_an_open_request_nothing_is_begun(caller: Caller, text: str, intent: str):
    assert "没有查到" in await caller.says(text, intent=intent, sure=0.9)


async def test_without_an_open_request_one_who_complains_makes_one(caller: Caller):
    assert "车牌号" in await caller.says("他还没来堵着我呢", intent="not_resolved", sure=0.9)


@pytest.mark.parametrize("state", [*CaseState, "nonsense"])
async def test_news_while_holding_are_always_words(caller: Caller, state: str):
    await caller.talks(WHOLE)
    await caller.says("对")
    said = await caller.event("case_update", case_id="M1", state=state)
    assert CASE_STATES.get(state, "已尝试通知车主") in said
    assert isinstance(caller.end, Expect)


async def test_news_in_the_middle_of_another_question_do_not_lose_it(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对")
    await caller.event("hold_timeout")
    await caller.says("我要查违章", intent="violation", sure=0.9)
    said = await caller.event("case_update", case_id="M1", state="ack_coming")
    assert "马上来" in said
    assert said.endswith("要为您转人工吗？")
    assert caller.talk.stage is Stage.OFFER_HUMAN


async def test_nobody_answers_in_time(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对")
    assert "接着联系" in await caller.event("hold_timeout")
    assert caller.talk.stage is Stage.MORE


async def test_what_is_said_while_holding_reaches_the_request(caller: Caller, office: Office):
    await caller.talks(WHOLE)
    await caller.says("对")
    assert isinstance(caller.end, Hold)
    office.car_moving.open = view()
    assert "已办结" in await caller.says("不用了他已经开走了", intent="resolved", sure=0.9)
    assert caller.did == [("moved", True)]


async def test_cancelling_while_holding_cancels_the_request_itself(caller: Caller, office: Office):
    await caller.talks(WHOLE)
    await caller.says("对")
    office.car_moving.open = view()
    assert "已经取消" in await caller.says("取消")
    assert caller.did == ["cancel"]


async def holding(office: Office) -> Caller:
    caller = Caller(office)
    await caller.talks(WHOLE)
    await caller.says("对")
    return caller


async def told_that_the_owner_may_talk(office: Office) -> Caller:
    caller = await holding(office)
    said = await caller.event("case_update", case_id="M1", state="ack_coming", kind=MAY_TALK)
    assert "车主已答复马上来" in said
    assert "不要挂机" in said
    return caller


async def test_a_caller_whose_owner_may_want_to_talk_keeps_the_line(office: Office):
    caller = await told_that_the_owner_may_talk(office)
    assert isinstance(caller.end, Hold)
    assert caller.talk.stage is Stage.CONNECTING
    await caller.says("好的")
    assert isinstance(caller.end, Hold)


@pytest.mark.parametrize("kind", TALKS)
async def test_after_the_talk_he_is_told_what_came_of_it_and_how_it_goes_on(office: Office, kind: str):
    caller = await told_that_the_owner_may_talk(office)
    said = await caller.event("case_update", case_id="M1", kind=kind)
    assert said.startswith(TALKS[kind].text)
    assert "没来的话再打12123" in said
    assert caller.talk.stage is Stage.MORE
    assert isinstance(caller.end, Expect)


@pytest.mark.parametrize("event", [("case_update", NO_TALK), ("hold_timeout", "")])
async def test_an_owner_who_does_not_want_to_talk_lets_the_caller_go(office: Office, event: tuple[str, str]):
    caller = await told_that_the_owner_may_talk(office)
    said = await caller.event(event[0], kind=event[1])
    assert "没有要求通话" in said
    assert caller.talk.stage is Stage.MORE


async def test_a_caller_who_holds_no_longer_only_hears_the_news(office: Office):
    caller = await holding(office)
    await caller.event("hold_timeout")
    said = await caller.event("case_update", case_id="M1", state="ack_coming", kind=MAY_TALK)
    assert CASE_STATES[CaseState.ACK_COMING] in said
    assert isinstance(caller.end, Expect)


async def test_who_does_not_want_to_wait_for_a_talk_with_the_owner_may_go(caller: Caller):
    await caller.talks(WHOLE)
    await caller.says("对", intent="affirm", sure=0.9)
    await caller.event("case_update", kind="may_talk")
    assert "再见" in await caller.says("没有了", intent="deny", sure=0.9)
