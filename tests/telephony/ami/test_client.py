"""Our connection to the manager interface: answers, events, silence, and coming back."""

import asyncio

import pytest

from telephony.ami.client import ChannelsNow, ConnectionLost, ManagerClient, ManagerTimes
from telephony.ami.protocol import ManagerEvent
from telephony.errors import AmiDown, AmiRefused, AmiUnsafe
from tests.telephony.ami.fake_asterisk import Answer, FakeAsterisk, good

QUICK = ManagerTimes(connect=1, answer=0.15, ping=0.05, retry=0.02, longest_retry=0.1)


def client(fake: FakeAsterisk, times: ManagerTimes = QUICK) -> ManagerClient:
    return ManagerClient("127.0.0.1", fake.port, login=("ivr", "secret"), times=times)


async def test_it_logs_in_and_sets_a_variable() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        await manager.set_variable("PJSIP/trunk-1", "IVR_NEXT", "human")
        login, setvar = (action for action in fake.actions if action["Action"] != "Ping")
        assert (login["Username"], login["Secret"], login["Events"]) == ("ivr", "secret", "call")
        assert (setvar["Channel"], setvar["Variable"], setvar["Value"]) == (
            "PJSIP/trunk-1",
            "IVR_NEXT",
            "human",
        )


async def test_redirect_and_hang_up_name_their_channel() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        await manager.redirect("PJSIP/trunk-1", context="ivr-after", extension="queue")
        await manager.hang_up("PJSIP/trunk-1")
        redirect, hangup = (a for a in fake.actions if a["Action"] in ("Redirect", "Hangup"))
        assert (redirect["Context"], redirect["Exten"], redirect["Priority"]) == (
            "ivr-after",
            "queue",
            "1",
        )
        assert hangup["Channel"] == "PJSIP/trunk-1"


async def test_answers_find_their_questions_whatever_the_order() -> None:
    held: list[str] = []

    def late(action: dict[str, str]) -> list[str] | None:
        if action["Action"] != "Setvar":
            return good(action)
        held.append(action["ActionID"])
        if len(held) < 3:
            return None
        return [
            f"Response: Success\r\nActionID: {name}\r\nMessage: {name}" for name in reversed(held)
        ]

    async with FakeAsterisk(late) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        asked = [manager.action("Setvar", {"Value": str(n)}) for n in range(3)]
        answers = await asyncio.gather(*asked)
        assert [answer.fields["Message"] for answer in answers] == held


async def test_a_refusal_names_the_action_only() -> None:
    def refuse(action: dict[str, str]) -> list[str] | None:
        if action["Action"] in ("Login", "Ping"):
            return good(action)
        return [f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: no 13800001111"]

    async with FakeAsterisk(refuse) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        with pytest.raises(AmiRefused) as refused:
            await manager.set_variable("13800001111", "A", "b")
        assert "13800001111" not in str(refused.value)


async def test_a_value_that_breaks_out_never_leaves() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        with pytest.raises(AmiUnsafe):
            await manager.set_variable("c", "A", "b\r\nAction: Originate")
        assert all(action["Action"] in ("Login", "Ping") for action in fake.actions)


async def test_without_asterisk_an_action_fails_at_once_and_waiting_ends() -> None:
    async with FakeAsterisk() as fake:
        pass
    async with client(fake) as manager:
        with pytest.raises(AmiDown):
            await manager.action("Ping")
        with pytest.raises(AmiDown):
            await manager.wait_ready(within=0.05)


async def test_a_wrong_password_is_never_ready() -> None:
    def refuse(action: dict[str, str]) -> list[str] | None:
        return [f"Response: Error\r\nActionID: {action['ActionID']}"]

    async with FakeAsterisk(refuse) as fake, client(fake) as manager:
        with pytest.raises(AmiDown):
            await manager.wait_ready(within=0.1)


async def test_events_reach_who_asked_for_them() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch(lambda event: event.name == "Hangup") as watch:
            fake.tell("Event: Newchannel\r\nUniqueid: 1", "Event: Hangup\r\nUniqueid: 1")
            event = await anext(watch)
            assert isinstance(event, ManagerEvent)
            assert (event.name, event.fields) == ("Hangup", {"Uniqueid": "1"})


async def test_of_too_many_events_the_oldest_go() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch(most=2) as watch:
            fake.tell(*(f"Event: E\r\nN: {n}" for n in range(5)))
            await asyncio.sleep(0.05)
            got = [await anext(watch), await anext(watch)]
            assert [e.fields["N"] for e in got if isinstance(e, ManagerEvent)] == ["3", "4"]
            assert watch.lost == 3


async def test_an_asterisk_that_hangs_is_noticed_by_the_ping_and_left() -> None:
    silent = False

    def answer(action: dict[str, str]) -> list[str] | None:
        return None if silent else good(action)

    async with FakeAsterisk(answer) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch() as watch, asyncio.timeout(2):
            silent = True
            assert isinstance(await anext(watch), ConnectionLost)
        assert not manager.up
        silent = False
        await manager.wait_ready(within=2)


async def test_after_a_crash_it_comes_back_and_open_questions_are_told() -> None:
    def mute(action: dict[str, str]) -> list[str] | None:
        return None if action["Action"] == "Setvar" else good(action)

    async with FakeAsterisk(mute) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)

        async def ask() -> None:
            with pytest.raises(AmiDown):
                await manager.set_variable("c", "A", "b")

        async with asyncio.TaskGroup() as group:
            group.create_task(ask())
            await asyncio.sleep(0.02)
            await fake.crash()
        async with fake:
            await manager.wait_ready(within=2)
            await manager.action("Ping")


async def test_a_peer_that_is_not_asterisk_is_left_again_and_again_without_harm() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(ssh, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ManagerClient("127.0.0.1", port, login=("a", "b"), times=QUICK) as manager:
        with pytest.raises(AmiDown):
            await manager.wait_ready(within=0.15)


async def test_an_error_in_the_block_flies_as_it_is() -> None:
    async with FakeAsterisk() as fake:
        with pytest.raises(ZeroDivisionError):
            async with client(fake):
                raise ZeroDivisionError


async def test_it_ends_whenever_it_is_told_to_even_while_a_connection_is_failing() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9\r\n")
        writer.close()

    server = await asyncio.start_server(ssh, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(10):
        for turn in range(60):
            async with ManagerClient("127.0.0.1", port, login=("a", "b"), times=QUICK):
                for _ in range(turn % 20):
                    await asyncio.sleep(0)


def lists(*channels: str) -> Answer:
    def answer(action: dict[str, str]) -> list[str] | None:
        if action["Action"] != "CoreShowChannels":
            return good(action)
        tag = f"ActionID: {action['ActionID']}"
        rows = [f"Event: CoreShowChannel\r\n{tag}\r\n{channel}" for channel in channels]
        done = f"Event: CoreShowChannelsComplete\r\n{tag}\r\nEventList: Complete"
        return [f"Response: Success\r\n{tag}\r\nEventList: start", *rows, done]

    return answer


RINGING = "Channel: PJSIP/trunk-1\r\nUniqueid: ivr-1\r\nChannelStateDesc: Ringing\r\nContext: ivr-owner\r\nCallerIDNum: 13900002222"


async def test_channels_are_listed_without_numbers() -> None:
    async with FakeAsterisk(lists(RINGING)) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        (channel,) = await manager.channels()
        assert (channel.name, channel.unique_id, channel.is_up) == ("PJSIP/trunk-1", "ivr-1", False)
        assert "13900002222" not in repr(channel)


async def test_after_a_gap_who_watches_learns_what_is_true_now() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch(lambda event: event.name == "Hangup") as watch:
            await fake.crash()
            fake.answer = lists(RINGING.replace("Ringing", "Up"))
            async with fake, asyncio.timeout(2):
                assert isinstance(await anext(watch), ConnectionLost)
                now = await anext(watch)
                assert isinstance(now, ChannelsNow)
                assert (found := now.find("ivr-1")) is not None
                assert found.is_up
                assert now.find("ivr-2") is None


async def test_at_the_first_connection_there_is_nothing_to_recover() -> None:
    async with FakeAsterisk(lists(RINGING)) as fake, client(fake) as manager:
        async with manager.watch() as watch:
            await manager.wait_ready(within=1)
            await manager.action("Ping")
            fake.tell("Event: Newchannel\r\nUniqueid: 1")
            assert isinstance(await anext(watch), ManagerEvent)
        assert all(action["Action"] != "CoreShowChannels" for action in fake.actions)


async def test_an_account_that_may_not_list_channels_stays_connected() -> None:
    def refuse(action: dict[str, str]) -> list[str] | None:
        if action["Action"] == "CoreShowChannels":
            return [f"Response: Error\r\nActionID: {action['ActionID']}"]
        return good(action)

    async with FakeAsterisk(refuse) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch() as watch:
            await fake.crash()
            assert isinstance(await anext(watch), ConnectionLost)
        async with fake:
            await manager.wait_ready(within=2)
            for _ in range(5):
                await manager.action("Ping")


async def test_a_slow_watcher_holds_up_nobody() -> None:
    async with FakeAsterisk() as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        async with manager.watch(most=10) as slow, manager.watch(most=5000) as quick:
            fake.tell(*(f"Event: E\r\nN: {n}" for n in range(3000)))
            for _ in range(3000):
                await anext(quick)
            await manager.action("Ping")
            assert slow.lost == 2990


async def test_asterisks_own_clock_is_told() -> None:
    def pong(action: dict[str, str]) -> list[str] | None:
        told = "\r\nPing: Pong\r\nTimestamp: 1790000000.250000" if action["Action"] == "Ping" else ""
        return [f"Response: Success\r\nActionID: {action['ActionID']}{told}"]

    async with FakeAsterisk(pong) as fake, client(fake) as manager:
        await manager.wait_ready(within=1)
        assert await manager.clock() == 1790000000.25
        await manager.set_global("IVR_DOWN_UNTIL", "5")
        assert "Channel" not in fake.actions[-1]
