"""The house's telephone lines: who rings people, who answers, and the rooms in which people are joined."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from ivr.bootstrap import Services
from ivr.call.ports import CallFacts
from ivr.call.seat_line import LineTools
from ivr.call.seat_room import SeatRoom
from ivr.call.seat_talk import SeatTools
from ivr.call.session import CallSession
from ivr.call.switchboard import JoinOrder, Switchboard, SwitchboardTools
from ivr.call.tools import CallTools, Codec
from ivr.cli.crew import Crew
from ivr.cli.keeping import AsteriskPbx, NoPbx, Pbx
from ivr.cli.watchdog_post import POST, vacate
from ivr.settings import Settings, SettingsWrong
from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw
from ivr.speech.phrases import PhraseBook
from ivr.storage.errors import StorageError
from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.exchange import Exchange
from telephony.media.call import MediaCall
from telephony.outbound import CallMaker

_log = logging.getLogger(__name__)
CODECS = {"alaw": Codec(alaw_to_pcm, pcm_to_alaw), "slin": Codec(bytes, bytes)}


async def open_pbx(stack: AsyncExitStack, settings: Settings, exchange: Exchange) -> tuple[CallMaker, Pbx]:
    """Open the way to the PBX: who rings people, and who has a caller that leaves us.

    Raises:
        SettingsWrong: Asterisk without a password for its manager interface.
    """
    if settings.outbound == "embedded":
        return exchange, NoPbx()
    if settings.ami_password is None:
        raise SettingsWrong("IVR_OUTBOUND=asterisk needs IVR_AMI_PASSWORD")
    await asyncio.to_thread(vacate, settings.data_dir / POST)
    login = (settings.ami_user, settings.ami_password.get_secret_value())
    manager = await stack.enter_async_context(ManagerClient(settings.ami_host, settings.ami_port, login=login))
    return ManagerDialer(manager, trunk=settings.outbound_trunk), AsteriskPbx(manager, queues=settings.people == "pbx")


async def open_seats(
    stack: AsyncExitStack, settings: Settings, services: Services, mouth: PhraseBook, makers: tuple[CallMaker, Exchange]
) -> SeatRoom:
    """Hand callers to people; what an earlier process left open is ended first."""
    await services.seating.clear()
    maker, exchange = makers
    tools = SeatTools(
        book=services.seating, maker=maker, browsers=exchange, lines=LineTools(mouth, CODECS), shown=settings.hotline,
        wait_seconds=settings.seat_wait_seconds,
    )
    return await stack.enter_async_context(SeatRoom(tools))


async def open_switchboard(
    stack: AsyncExitStack, crew: Crew, settings: Settings, tools: CallTools, maker: CallMaker, services: Services
) -> Switchboard:
    """Join people whom dispatchers want joined."""
    joined = SwitchboardTools(
        maker=maker, book=services.joins, mouth=tools.mouth, records=tools.records, recording=tools.recording, codecs=CODECS,
        shown=settings.hotline,
    )
    switchboard = await stack.enter_async_context(Switchboard(joined))

    async def take_plans() -> None:
        async for plan in services.joins.plans():
            switchboard.start(JoinOrder(plan.join_id, plan.case_id))

    crew.hire(take_plans(), "switchboard")
    return switchboard


def answerer(
    tools: CallTools, services: Services, rooms: tuple[Switchboard, SeatRoom], pbx: Pbx
) -> Callable[[MediaCall], Awaitable[None]]:
    """Say what is done with a line that comes in: a room's, or a call of its own."""

    async def on_call(call: MediaCall) -> None:
        start = call.start
        for room in rooms:
            if room.awaits(start.order_id):
                await room.arrived(call)
                return
        facts = CallFacts(start.call_id, start.direction, start.caller, start.dialled, start.order_id, start.channel)
        session = CallSession(call, facts, CODECS[start.codec], tools)
        end = ""
        try:
            async with asyncio.TaskGroup() as group:
                if facts.order_id is not None:
                    group.create_task(_noted(services.order_book.answered(facts.order_id), facts))
                end = await session.run()
            if end == "line_lost":
                await pbx.lost(facts)
        finally:
            if facts.order_id is not None:
                result = "voicemail" if end == "voicemail" else "answered_no_key"
                await _noted(services.order_book.ended(facts.order_id, result), facts)
                await _noted(services.connecting.owner_left(facts.order_id), facts)

    return on_call


async def _noted(noting: Awaitable[None], facts: CallFacts) -> None:
    """Tell an order what became of it; the person on the line waits for no database."""
    try:
        await noting
    except StorageError as error:
        _log.warning("an order was not told of its call", extra={"call_id": facts.call_id, "error": error.code})
