"""Whole requests, from filing to the end, against the sandbox backend on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CaseState, Escalation, OwnerAnswer
from ivr.domain.orders import OwnerCallState, SmsState
from ivr.domain.plates import Plate
from ivr.domain.rules import Rules
from ivr.services.car_moving import CarMoving
from ivr.services.car_moving_keeping import CaseKeeper
from ivr.services.car_moving_views import CaseUnknown, CaseView, MoveRefused, MoveRequest
from tests.fakes.memory import MemoryStorage
from tests.fakes.sandbox import RunningSandbox, running_sandbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 10:00 in China."""
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""23:00 in China."""
REQUESTER = "13800001111"
RULES = Rules.load()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass
class Desk:
    """A service with everything behind it, and short words for what tests do."""

    service: CarMoving
    storage: MemoryStorage
    sandbox: RunningSandbox
    woken: list[int]

    def caller(self, call_id: str = "c1", number: str = REQUESTER) -> str:
        return self.storage.vault.put(number, call_id=call_id)

    def request(self, plate: str = "苏B12345", **more: Any) -> MoveRequest:
        call_id = more.pop("call_id", "c1")
        number = more.pop("number", REQUESTER)
        found = Plate(plate)
        values: dict[str, Any] = {
            "call_id": call_id,
            "caller_ref": self.caller(call_id, number),
            "plate": found,
            "plate_type": found.plate_type,
            "place": "清扬路68号门口",
            "place_kind": "road",
            "reason": "taken_space",
            "colour": "白",
            "urgent": False,
            "region": "320200",
            "idempotency_key": f"{call_id}:{plate}",
        }
        return MoveRequest(**{**values, **more})

    async def file(self, plate: str = "苏B12345", *, now: datetime = NOW, **more: Any) -> CaseView:
        return await self.service.file(self.request(plate, **more), now=now)

    def sms(self, kind: str) -> list[str]:
        return [m.text for m in self.storage.tables.sms.values() if m.kind == kind]

    def kinds(self) -> list[str]:
        return [m.kind for m in self.storage.tables.sms.values() if m.state is not SmsState.FAILED]

    def state(self, case_id: str) -> CaseState:
        return self.storage.tables.cases[case_id].state

    async def ring_in_vain(self, case_id: str, *, now: datetime) -> None:
        for attempt, later in ((1, 0.5), (2, 2.0)):
            await self.service.owner_call_ended(
                f"{case_id}-{attempt}", "no_answer", now=now + minutes(later)
            )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_sandbox() as sandbox:
        storage = MemoryStorage()
        woken: list[int] = []
        keeper = CaseKeeper(storage.open_uow, storage.live, RULES, lambda: woken.append(1))
        service = CarMoving(
            open_uow=storage.open_uow,
            vault=storage.vault,
            cipher=storage.cipher,
            backend=sandbox.backend,
            keeper=keeper,
            clock=lambda: NOW,
        )
        yield Desk(service, storage, sandbox, woken)


async def test_a_request_is_filed_with_texts_and_a_call_to_the_owner(desk: Desk) -> None:
    view = await desk.file()
    assert view.case_id == "M2611230001"
    assert view.state is CaseState.NOTIFYING
    assert view.rings_now
    assert view.colour_matches is True
    assert desk.kinds() == ["requester_filed", "owner_notice"]
    (order,) = desk.storage.tables.orders.values()
    assert (order.order_id, order.attempt, order.not_before) == ("M2611230001-1", 1, NOW)
    assert [e.to_state for e in desk.storage.tables.history] == [
        CaseState.NEW,
        CaseState.VALIDATED,
        CaseState.NOTIFYING,
    ]
    assert desk.woken


async def test_no_text_names_the_other_side(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.COMING, now=NOW)
    for message in desk.storage.tables.sms.values():
        assert "苏B12345" not in message.text
        assert REQUESTER not in message.text
        assert "13900002222" not in message.text
        assert message.text.startswith("【公安交管12123】")


async def test_filing_twice_with_one_key_is_one_case(desk: Desk) -> None:
    request = desk.request()
    first, again = await asyncio.gather(
        desk.service.file(request, now=NOW), desk.service.file(request, now=NOW)
    )
    assert first == again
    assert len(desk.storage.tables.cases) == 1
    assert len(desk.storage.tables.orders) == 1


async def test_a_plate_that_does_not_exist_looks_the_same_to_the_requester(desk: Desk) -> None:
    known = await desk.file("苏B12345", call_id="c1", number="13800000001")
    unknown = await desk.file("苏B99999", call_id="c2", number="13800000002")
    no_contact = await desk.file("苏B00001", call_id="c3", number="13800000003")
    texts = [
        text.replace(v.case_id, "")
        for v in (known, unknown, no_contact)
        for text in desk.sms("requester_filed")
        if v.case_id in text
    ]
    assert len(set(texts)) == 1
    for view in (unknown, no_contact):
        assert (
            replace(
                view,
                case_id=known.case_id,
                plate_mask=known.plate_mask,
                colour_matches=known.colour_matches,
            )
            == known
        )
    assert [o.reason for o in desk.storage.tables.callbacks.values()] == ["owner_unknown"] * 2
    assert len(desk.storage.tables.orders) == 1
    for later in (3.1, 10, 20):
        await desk.service.due(NOW + minutes(later))
    assert {desk.state(v.case_id) for v in (unknown, no_contact)} == {CaseState.FOLLOW_UP}
    assert len(desk.sms("requester_follow_up")) == 3


async def test_the_owner_comes_and_the_caller_on_the_line_hears_it(desk: Desk) -> None:
    view = await desk.file()
    after = await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.COMING, now=NOW)
    assert after.state is CaseState.ACK_COMING
    assert desk.storage.live.given == [
        (
            "c1",
            {
                "order": "resume",
                "event": "case_update",
                "payload": {"case_id": view.case_id, "state": "ack_coming", "kind": "may_talk"},
            },
        )
    ]
    await desk.service.owner_call_ended(f"{view.case_id}-1", "answered_no_key", now=NOW)
    assert desk.state(view.case_id) is CaseState.ACK_COMING
    assert len(desk.storage.tables.orders) == 1


async def test_two_calls_in_vain_a_reminder_the_question_and_the_police(desk: Desk) -> None:
    view = await desk.file()
    await desk.ring_in_vain(view.case_id, now=NOW)
    assert desk.state(view.case_id) is CaseState.NO_ANSWER
    first, second = desk.storage.tables.orders.values()
    assert second.not_before - NOW == timedelta(seconds=30 + 60)
    assert first.state is OwnerCallState.FAILED
    await desk.service.due(NOW + minutes(10))
    assert desk.state(view.case_id) is CaseState.REMINDED
    await desk.service.due(NOW + minutes(20))
    assert desk.state(view.case_id) is CaseState.FOLLOW_UP
    assert "回复1" in desk.sms("requester_follow_up")[0]
    after = await desk.service.reply_by_sms(REQUESTER, " 2 ", now=NOW + minutes(25))
    assert after is not None
    assert after.state is CaseState.ESCALATED
    assert after.escalated_to is Escalation.POLICE
    (order,) = await desk.sandbox.journal("police_order")
    assert order["body"]["requester"] == REQUESTER
    assert order["serial"] in desk.sms("requester_police")[0]
    assert len(desk.sms("owner_reminder")) == 1


async def test_moved_closes_the_case(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.due(NOW + minutes(20))
    after = await desk.service.reply_by_sms(REQUESTER, "1", now=NOW + minutes(21))
    assert after is not None
    assert after.state is CaseState.RESOLVED
    assert await desk.service.reply_by_sms(REQUESTER, "2", now=NOW + minutes(22)) is None
    assert await desk.service.open_case(caller_ref=desk.caller(), call_id="c1") is None
    assert view.case_id == after.case_id


@pytest.mark.parametrize(
    ("place_kind", "to"),
    [
        ("road", Escalation.POLICE),
        ("compound", Escalation.PROPERTY),
        ("unit", Escalation.PROPERTY),
        ("car_park", Escalation.DISPATCHER),
        (None, Escalation.DISPATCHER),
    ],
)
async def test_who_takes_over_depends_on_the_place(
    desk: Desk, place_kind: str | None, to: Escalation
) -> None:
    view = await desk.file(place_kind=place_kind)
    early = await desk.service.requester_says(view.case_id, moved=False, now=NOW + minutes(5))
    assert early.state is CaseState.NOTIFYING
    after = await desk.service.requester_says(view.case_id, moved=False, now=NOW + minutes(20))
    assert (after.state, after.escalated_to) == (CaseState.ESCALATED, to)


async def test_a_cloned_plate_becomes_a_clue_and_nobody_is_blamed(desk: Desk) -> None:
    view = await desk.file("苏B66666")
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.NOT_HERE, now=NOW)
    assert desk.state(view.case_id) is CaseState.NOT_HERE
    assert len(await desk.sandbox.journal("clue")) == 1
    assert "122" in desk.sms("requester_not_here")[0]
    assert "线索" in desk.sms("owner_clue")[0]
    assert (await desk.service.remind(view.case_id, now=NOW + minutes(12))).kind == "closed"


async def test_a_sold_car_ends_the_contact(desk: Desk) -> None:
    view = await desk.file("苏B77777")
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.SOLD, now=NOW)
    assert len(await desk.sandbox.journal("stale")) == 1
    assert [o.reason for o in desk.storage.tables.callbacks.values()] == ["contact_stale"]
    found = await desk.sandbox.backend.find_vehicle("苏B77777", "02")
    assert found is not None
    assert found.contact_token is None


async def test_an_objection_is_flagged_for_review(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.OBJECTS, now=NOW)
    assert desk.storage.tables.cases[view.case_id].review == "owner_objects"
    assert "尝试通知" in desk.sms("requester_tried")[0]


async def test_only_the_first_answer_of_a_call_counts(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.COMING, now=NOW)
    again = await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.SOLD, now=NOW)
    assert again.state is CaseState.ACK_COMING


async def test_the_backend_is_down_and_nothing_is_lost_or_doubled(desk: Desk) -> None:
    await desk.sandbox.fault("down")
    view = await desk.file()
    assert view.kept_only
    assert not view.rings_now
    assert view.state is CaseState.NEW
    assert desk.kinds() == ["requester_kept"]
    later = NOW + timedelta(seconds=20)
    await desk.service.due(later)
    assert desk.state(view.case_id) is CaseState.NEW
    await desk.sandbox.fault("none")
    await desk.service.due(later + timedelta(seconds=60))
    await desk.service.due(later + timedelta(seconds=60))
    assert desk.state(view.case_id) is CaseState.NOTIFYING
    assert desk.kinds() == ["requester_kept", "requester_filed", "owner_notice"]
    assert len(desk.storage.tables.orders) == 1


async def test_a_clue_is_reported_once_the_backend_answers_again(desk: Desk) -> None:
    view = await desk.file("苏B66666")
    await desk.sandbox.fault("lost_answer")
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.NOT_HERE, now=NOW)
    assert desk.storage.tables.cases[view.case_id].pending
    await desk.sandbox.fault("none")
    await desk.service.due(NOW + minutes(5))
    assert not desk.storage.tables.cases[view.case_id].pending
    assert len(await desk.sandbox.journal("clue")) == 1


async def test_a_failed_commit_leaves_nothing_behind(desk: Desk) -> None:
    desk.storage.fail_next_commit = True
    with pytest.raises(OSError, match="disk full"):
        await desk.file()
    assert not desk.storage.tables.cases
    assert not desk.storage.tables.sms
    assert not desk.storage.tables.orders
    assert not desk.storage.live.given
    assert (await desk.file()).case_id == "M2611230001"


async def test_a_second_request_waits_for_the_first(desk: Desk) -> None:
    view = await desk.file()
    admission = await desk.service.admit(
        caller_ref=desk.caller(), call_id="c1", plate=Plate("苏A88888"), now=NOW
    )
    assert admission.refusal is Refusal.OPEN_CASE
    assert admission.open_case is not None
    assert admission.open_case.case_id == view.case_id
    with pytest.raises(MoveRefused) as refused:
        await desk.file("苏A88888", call_id="c2")
    assert refused.value.refusal is Refusal.OPEN_CASE


async def test_two_a_day_and_no_more(desk: Desk) -> None:
    for number, plate in enumerate(("苏B12345", "苏A88888")):
        view = await desk.file(plate, call_id=f"c{number}")
        await desk.service.cancel(view.case_id, now=NOW)
    admission = await desk.service.admit(
        caller_ref=desk.caller(), call_id="c1", plate=Plate("苏E5K678"), now=NOW + minutes(9)
    )
    assert admission.refusal is Refusal.TOO_MANY_DAY
    noted = desk.storage.tables.audit[-1]
    assert (noted["action"], noted["subject"]) == ("refused", "car_moving")
    assert noted["facts"]["reason"] == "too_many_day"
    assert "car_moving.max_per_day=2019-06-01/*" in noted["facts"]["rules"].split()
    tomorrow = await desk.service.admit(
        caller_ref=desk.caller(), call_id="c1", plate=Plate("苏E5K678"), now=NOW + minutes(24 * 60)
    )
    assert tomorrow.allowed


async def test_three_times_the_same_plate_goes_to_a_person(desk: Desk) -> None:
    for day in range(3):
        now = NOW + timedelta(days=day)
        view = await desk.file(call_id=f"c{day}", now=now)
        await desk.service.cancel(view.case_id, now=now)
    admission = await desk.service.admit(
        caller_ref=desk.caller(),
        call_id="c1",
        plate=Plate("苏B12345"),
        now=NOW + timedelta(days=4),
    )
    assert admission.refusal is Refusal.STALKING


async def test_three_confirmed_misuses_bar_for_a_year(desk: Desk) -> None:
    for day in range(3):
        now = NOW + timedelta(days=day)
        view = await desk.file(
            ("苏B12345", "苏A88888", "苏E5K678")[day], call_id=f"c{day}", now=now
        )
        after = await desk.service.confirm_misuse(view.case_id, by="admin", now=now)
        assert after.state is CaseState.MISUSE
    for days, expected in ((30, Refusal.BARRED), (368, None)):
        admission = await desk.service.admit(
            caller_ref=desk.caller(),
            call_id="c1",
            plate=Plate("京N8P8F8"),
            now=NOW + timedelta(days=days),
        )
        assert admission.refusal is expected


async def test_a_withheld_number_and_a_coach_go_to_a_person(desk: Desk) -> None:
    withheld = await desk.service.admit(
        caller_ref="", call_id="c1", plate=Plate("苏B12345"), now=NOW
    )
    assert withheld.refusal is Refusal.NO_NUMBER
    coach = await desk.service.admit(
        caller_ref=desk.caller(), call_id="c1", plate=Plate("苏B1234学"), now=NOW
    )
    assert coach.refusal is Refusal.PLATE_TYPE


async def test_a_reminder_comes_once_and_not_too_early(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.owner_says(f"{view.case_id}-1", OwnerAnswer.COMING, now=NOW)
    early = await desk.service.remind(view.case_id, now=NOW + minutes(3.5))
    assert (early.kind, early.minutes_left) == ("too_early", 7)
    assert (await desk.service.remind(view.case_id, now=NOW + minutes(11))).kind == "sent"
    assert (await desk.service.remind(view.case_id, now=NOW + minutes(12))).kind == "already"
    await desk.service.cancel(view.case_id, now=NOW + minutes(13))
    assert (await desk.service.remind(view.case_id, now=NOW + minutes(14))).kind == "closed"


async def test_at_night_only_a_blocked_exit_rings_the_owner(desk: Desk) -> None:
    quiet = await desk.file(now=NIGHT)
    assert not quiet.rings_now
    assert not desk.storage.tables.orders
    assert desk.kinds() == ["requester_filed_quiet", "owner_notice_quiet"]
    loud = await desk.file(
        "苏A88888", now=NIGHT, call_id="c2", number="13800000002", reason="blocked_exit"
    )
    assert loud.rings_now
    assert len(desk.storage.tables.orders) == 1


async def test_just_before_morning_the_call_waits_for_the_end_of_the_quiet_hours(
    desk: Desk,
) -> None:
    now = datetime(2026, 11, 22, 21, 45, tzinfo=UTC)  # 05:45 in China
    view = await desk.file(now=now)
    assert not view.rings_now
    (order,) = desk.storage.tables.orders.values()
    assert order.not_before == datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


async def test_closing_a_case_withdraws_what_was_still_to_come(desk: Desk) -> None:
    view = await desk.file()
    await desk.service.cancel(view.case_id, now=NOW)
    (order,) = desk.storage.tables.orders.values()
    assert order.state is OwnerCallState.WITHDRAWN
    assert desk.kinds() == ["requester_filed"]


async def test_after_two_hours_a_case_ends_by_itself(desk: Desk) -> None:
    view = await desk.file()
    for later in range(1, 30):
        await desk.service.due(NOW + minutes(5 * later))
    assert desk.state(view.case_id) is CaseState.EXPIRED
    assert await desk.service.due(NOW + timedelta(days=3)) == 0


async def test_a_call_lost_with_its_process_counts_as_failed(desk: Desk) -> None:
    view = await desk.file()
    (order,) = desk.storage.tables.orders.values()
    lost = replace(order, state=OwnerCallState.RINGING, claimed_until=NOW + minutes(2))
    desk.storage.tables.orders[order.order_id] = lost
    await desk.service.due(NOW + minutes(3))
    assert desk.storage.tables.orders[order.order_id].state is OwnerCallState.FAILED
    assert f"{view.case_id}-2" in desk.storage.tables.orders


async def test_the_owner_is_told_little(desk: Desk) -> None:
    view = await desk.file()
    notice = await desk.service.owner_notice(f"{view.case_id}-1")
    assert (notice.plate_tail, notice.plate_type_name) == ("345", "小型汽车")
    assert notice.place == "清扬路68号门口"
    assert "清扬路" not in repr(notice)


async def test_an_emergency_leaves_one_note_with_a_serial(desk: Desk) -> None:
    ref = desk.caller()
    serial = await desk.service.report_emergency("c1", ref, "child_locked", now=NOW)
    assert serial == "H2611230001"
    assert await desk.service.report_emergency("c1", ref, "child_locked") == serial
    assert desk.storage.tables.callbacks[serial].queue == "emergency"


async def test_a_draft_is_kept_until_it_is_filed(desk: Desk) -> None:
    await desk.service.save_draft("c1", {"plate": "苏B12345"})
    assert desk.storage.tables.drafts["c1"] == {"plate": "苏B12345"}
    await desk.file()
    assert not desk.storage.tables.drafts


@pytest.mark.parametrize(
    ("plate", "colour", "fits"),
    [
        ("苏B12345", "白", True),
        ("苏B12345", "黑", False),
        ("苏B77777", "灰", True),
        ("苏B99999", "白", None),
        ("苏B12345", "其他", None),
    ],
)
async def test_the_colour_said_is_compared_with_the_one_on_file(
    desk: Desk, plate: str, colour: str, fits: bool | None
) -> None:
    assert await desk.service.colour_hint(plate=Plate(plate), colour=colour) is fits


async def test_an_unknown_case_is_said_to_be_unknown(desk: Desk) -> None:
    with pytest.raises(CaseUnknown):
        await desk.service.cancel("M0000000000", now=NOW)


async def test_a_case_that_cannot_be_looked_after_holds_up_no_other(desk: Desk) -> None:
    broken = await desk.file("苏B12345", call_id="c1", number="13800000001")
    good = await desk.file("苏A88888", call_id="c2", number="13800000002")
    case = desk.storage.tables.cases[broken.case_id]
    desk.storage.tables.cases[broken.case_id] = replace(case, plate="no plate")
    await desk.service.due(NOW + minutes(10))
    assert desk.state(broken.case_id) is CaseState.NOTIFYING
    assert desk.state(good.case_id) is CaseState.REMINDED
