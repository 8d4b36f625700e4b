"""Ringing people by Originate, against a manager interface that plays the outcomes."""

import asyncio

import pytest

from telephony.ami.client import ManagerClient, ManagerTimes
from telephony.ami.dialer import ManagerDialer
from telephony.outbound import OutboundCall, PlaceResult
from tests.telephony.ami.fake_asterisk import FakeAsterisk, good

CALL = OutboundCall("order-1", "13900002222", "a" * 32, ring_seconds=0.5)
TIMES = ManagerTimes(answer=0.5, retry=0.02)
MINE = "Uniqueid: ivr-" + "a" * 32


def outcome(response: str, reason: str) -> str:
    return f"Event: OriginateResponse\r\nActionID: x\r\nResponse: {response}\r\nReason: {reason}\r\n{MINE}"


def hangup(cause: str, channel_id: str = MINE) -> str:
    return f"Event: Hangup\r\n{channel_id}\r\nCause: {cause}"


async def place(
    *blocks: str, call: OutboundCall = CALL
) -> tuple[PlaceResult, list[dict[str, str]]]:
    def answer(action: dict[str, str]) -> list[str] | None:
        told = good(action) or []
        return [*told, *blocks] if action["Action"] == "Originate" else told

    async with (
        FakeAsterisk(answer) as fake,
        ManagerClient("127.0.0.1", fake.port, login=("a", "b"), times=TIMES) as manager,
    ):
        await manager.wait_ready(within=1)
        return await ManagerDialer(manager, trunk="carrier").place(call), fake.actions


async def test_the_call_shows_the_hotline_and_carries_its_order() -> None:
    result, actions = await place(outcome("Success", "4"))
    assert result is PlaceResult.ANSWERED
    asked = actions[-1]
    assert asked["Channel"] == "PJSIP/13900002222@carrier"
    assert asked["CallerID"] == '"12123" <12123>'
    assert (asked["Context"], asked["Exten"], asked["Async"]) == ("ivr-owner", "s", "true")
    assert asked["Timeout"] == "500"
    assert (asked["$__IVR_ORDER"], asked["$__IVR_DIRECTION"]) == ("order-1", "out")
    assert asked["$__IVR_CALL"] == "a" * 32


@pytest.mark.parametrize(
    ("blocks", "result"),
    [
        ([outcome("Failure", "0"), hangup("17")], PlaceResult.BUSY),
        ([outcome("Failure", "0"), hangup("21")], PlaceResult.REJECTED),
        ([outcome("Failure", "0"), hangup("19")], PlaceResult.NO_ANSWER),
        ([outcome("Failure", "0"), hangup("1")], PlaceResult.UNREACHABLE),
        ([outcome("Failure", "0"), hangup("20")], PlaceResult.UNREACHABLE),
        ([outcome("Failure", "0"), hangup("34")], PlaceResult.FAILED),
        ([outcome("Failure", "3")], PlaceResult.NO_ANSWER),
        ([outcome("Failure", "5")], PlaceResult.BUSY),
        ([hangup("17")], PlaceResult.BUSY),
        ([hangup("17", "Uniqueid: another"), outcome("Success", "4")], PlaceResult.ANSWERED),
        ([outcome("Failure", "0")], PlaceResult.FAILED),
    ],
)
async def test_each_outcome_is_told_apart(blocks: list[str], result: PlaceResult) -> None:
    assert (await place(*blocks))[0] is result


@pytest.mark.parametrize("number", ["", "139&PJSIP/x", "139@other", "139\r\nAction: X", "anna"])
async def test_what_is_not_a_number_is_not_dialled(number: str) -> None:
    result, actions = await place(call=OutboundCall("o", number, "a" * 32))
    assert result is PlaceResult.FAILED
    assert not any(action["Action"] == "Originate" for action in actions)


async def test_without_asterisk_nobody_is_rung() -> None:
    async with FakeAsterisk() as fake:
        pass
    async with ManagerClient("127.0.0.1", fake.port, login=("a", "b"), times=TIMES) as manager:
        assert await ManagerDialer(manager).place(CALL) is PlaceResult.NOT_PLACED


class Gap:
    """The connection breaks while it rings; afterwards the channel is in a state, or gone."""

    def __init__(self, state: str | None, *, answers_originate: bool = True) -> None:
        self.state = state
        self.answers_originate = answers_originate
        self.fake = FakeAsterisk(self._answer)

    def _answer(self, action: dict[str, str]) -> list[str] | None:
        match action["Action"]:
            case "Originate" if not self.answers_originate:
                return None
            case "Getvar" if self.state is None:
                return [f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: No such channel"]
            case "Getvar":
                assert action["Channel"] == "ivr-" + "a" * 32
                return [f"Response: Success\r\nActionID: {action['ActionID']}\r\nVariable: x\r\nValue: {self.state}"]
            case _:
                return good(action)

    async def place(self, ring_seconds: float = 5, *, later: str | None = None) -> PlaceResult:
        call = OutboundCall("order-1", "13900002222", "a" * 32, ring_seconds=ring_seconds)
        async with (
            self.fake,
            ManagerClient("127.0.0.1", self.fake.port, login=("a", "b"), times=TIMES) as manager,
            asyncio.TaskGroup() as group,
        ):
            await manager.wait_ready(within=1)
            placing = group.create_task(ManagerDialer(manager).place(call))
            await self.seen("Originate")
            await self.fake.crash()
            await self.fake.__aenter__()
            await self.seen("Getvar")
            if later is not None:
                self.fake.tell(later)
        return placing.result()

    async def seen(self, action: str) -> None:
        async with asyncio.timeout(3):
            while not any(each["Action"] == action for each in self.fake.actions):  # noqa: ASYNC110 - the far end can only look
                await asyncio.sleep(0.01)

    @property
    def rings(self) -> int:
        return sum(each["Action"] == "Originate" for each in self.fake.actions)


async def test_who_picked_up_in_a_gap_of_the_connection_has_answered() -> None:
    gap = Gap("Up")
    assert await gap.place() is PlaceResult.ANSWERED
    assert gap.rings == 1


@pytest.mark.parametrize(
    ("later", "result"),
    [(outcome("Success", "4"), PlaceResult.ANSWERED), (hangup("17"), PlaceResult.BUSY)],
)
async def test_after_a_gap_it_rings_on_and_its_end_is_heard(later: str, result: PlaceResult) -> None:
    gap = Gap("Ringing")
    assert await gap.place(later=later) is result
    assert gap.rings == 1


async def test_a_channel_that_ended_in_the_gap_is_not_rung_again() -> None:
    gap = Gap(None)
    assert await gap.place() is PlaceResult.NO_ANSWER
    assert gap.rings == 1


async def test_an_originate_that_was_not_answered_may_have_rung_all_the_same() -> None:
    gap = Gap("Ringing", answers_originate=False)
    assert await gap.place(later=outcome("Success", "4")) is PlaceResult.ANSWERED
    assert gap.rings == 1


async def test_a_seat_is_rung_as_an_extension_and_may_talk_as_long_as_a_caller() -> None:
    seat = OutboundCall("S1.seat", "8001", "a" * 32, ring_seconds=0.5, inside=True)
    result, actions = await place(outcome("Success", "4"), call=seat)
    assert result is PlaceResult.ANSWERED
    assert (actions[-1]["Channel"], actions[-1]["Context"]) == ("PJSIP/seat-8001", "ivr-desk")


async def test_who_is_not_wanted_any_more_stops_ringing() -> None:
    async with (
        FakeAsterisk(good) as fake,
        ManagerClient("127.0.0.1", fake.port, login=("a", "b"), times=TIMES) as manager,
    ):
        await manager.wait_ready(within=1)
        ringing = asyncio.create_task(ManagerDialer(manager).place(CALL))
        while not any(action["Action"] == "Originate" for action in fake.actions):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        ringing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ringing
        assert (fake.actions[-1]["Action"], fake.actions[-1]["Channel"]) == ("Hangup", "ivr-" + "a" * 32)
