"""Storage, services and PBX behind what a call needs."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ivr.call.ports import CallFacts, TranscriptLine
from ivr.cli.keeping import AsteriskPbx, CallRecords, Desk, NoPbx
from ivr.dialogue.replies import Given, Understood
from telephony.errors import AmiError

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def facts(channel="PJSIP/trunk-1"):
    return CallFacts("c" * 32, "in", "13800001111", "12123", None, channel)


class Manager:
    def __init__(self, failing=None):
        self.set, self.failing = [], failing

    async def set_variable(self, channel, name, value):
        if self.failing:
            raise self.failing
        self.set.append((channel, name, value))


class Callbacks:
    def __init__(self, failing=None):
        self.orders, self.failing = [], failing

    async def order(self, **order):
        if self.failing:
            raise self.failing
        self.orders.append(order)
        return SimpleNamespace(serial="H2611230001")


async def test_a_queue_is_where_the_dialplan_goes_on():
    manager = Manager()
    assert await AsteriskPbx(manager, queues=True).transfer(facts(), queue="general", region="320200")
    assert manager.set == [("PJSIP/trunk-1", "IVR_REGION", "320200"), ("PJSIP/trunk-1", "IVR_NEXT", "general")]


async def test_what_was_understood_is_kept_without_the_plate_or_a_number():
    turns = []

    async def nothing(*_):
        """Shown to nobody."""

    async def turn(record):
        turns.append(record)

    room = SimpleNamespace(call_log=SimpleNamespace(turn=turn), live_calls=SimpleNamespace(publish=nothing, update=nothing))
    given = (Given(name="move.plate", value="苏B12345", sure=0.9), Given(name="move.place", value="清扬路，电话13800001111", sure=0.5))
    line = TranscriptLine(1, False, "对吗？", 2.0, understood=Understood(intent="move_car", confidence=0.97, given=given))
    await CallRecords(room, "320200", lambda: NOW).line(facts(), line)
    kept = turns[0].understood
    assert (kept.intent, kept.confidence) == ("move_car", 0.97)
    assert [(each.name, each.sure) for each in kept.given] == [("move.plate", 0.9), ("move.place", 0.5)]
    assert kept.given[0].value == "苏B1****"
    assert "13800001111" not in kept.given[1].value


@pytest.mark.parametrize(("queue", "number"), [("emergency_110", "110"), ("emergency_122", "122")])
async def test_an_emergency_is_dialled(queue, number):
    manager = Manager()
    await AsteriskPbx(manager, queues=True).transfer(facts(), queue=queue, region="320200")
    assert ("PJSIP/trunk-1", "IVR_NUMBER", number) in manager.set
    assert manager.set[-1] == ("PJSIP/trunk-1", "IVR_NEXT", "number")


async def test_a_phone_that_is_not_behind_the_pbx_has_no_seat():
    assert not await NoPbx().transfer(facts(), queue="general", region="320200")
    assert not await AsteriskPbx(Manager(), queues=True).transfer(facts(channel=None), queue="general", region="320200")


async def test_a_pbx_that_does_not_answer_is_a_seat_that_is_not_free():
    pbx = AsteriskPbx(Manager(AmiError("away")), queues=True)
    desk = Desk(Callbacks(), pbx, lambda: NOW)
    assert not await desk.transfer(facts(), queue="general", region="320200", reason="caller_asked")
    await desk.leave(facts())


async def test_a_callback_gives_its_serial():
    callbacks = Callbacks()
    desk = Desk(callbacks, NoPbx(), lambda: NOW)
    assert await desk.callback(facts(), caller_ref="sv_1", reason="dialogue_down", said="挪车") == "H2611230001"
    assert callbacks.orders[0]["now"] == NOW
    assert callbacks.orders[0]["caller_ref"] == "sv_1"


async def test_a_callback_that_could_not_be_kept_is_none_and_not_an_end_of_the_call():
    desk = Desk(Callbacks(OSError("disk full")), NoPbx(), lambda: NOW)
    assert await desk.callback(facts(), caller_ref=None, reason="dialogue_down", said="") is None


async def test_asterisk_knows_where_a_caller_belongs_and_a_call_without_it_goes_on():
    manager = Manager()
    await AsteriskPbx(manager, queues=False).bound_for(facts(), queue="exam", region="320200")
    assert manager.set == [("PJSIP/trunk-1", "IVR_QUEUE", "exam"), ("PJSIP/trunk-1", "IVR_REGION", "320200")]
    await AsteriskPbx(Manager(AmiError("away")), queues=False).bound_for(facts(), queue="exam", region="320200")
    await NoPbx().bound_for(facts(), queue="exam", region="320200")


def test_desks_take_all_but_emergencies_unless_the_pbx_has_queues_of_its_own():
    desks, queues = AsteriskPbx(Manager(), queues=False), AsteriskPbx(Manager(), queues=True)
    assert [desks.leads_out(each) for each in ("general", "car_move", "emergency_110")] == [False, False, True]
    assert queues.leads_out("general")
    assert not NoPbx().leads_out("emergency_110")
