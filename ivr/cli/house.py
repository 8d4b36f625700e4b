"""The whole house in one process: doors, ear, mouth, dialogue, services, clock, consoles."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from typing import Any

from pydantic import SecretStr

from ivr.bootstrap import Services, open_backend, open_services
from ivr.call import announcements, handing, joining, meeting
from ivr.call.beat import Beat
from ivr.call.meeting_room import MeetingRoom
from ivr.call.outbound import Dialler
from ivr.call.ports import CallFacts, TranscriptLine
from ivr.call.tools import CallTools
from ivr.cli.crew import Crew
from ivr.cli.door_port import opened_when_free
from ivr.cli.duties import hire_duties
from ivr.cli.keeping import CallRecords, Desk, carrier_door, sign_on_of
from ivr.cli.lines import answerer, open_pbx, open_seats, open_switchboard
from ivr.cli.passwords import open_first, password
from ivr.cli.rasa_child import RasaChild, RasaCommand
from ivr.cli.settled import settled_heap
from ivr.clock import Bell
from ivr.consoles.app import ConsoleOptions, DeskServices, MediaAddress, create_app
from ivr.consoles.app import serve as serve_console
from ivr.consoles.guard import LOOPBACK_NAMES
from ivr.dialogue.client import RasaDialogue
from ivr.dialogue.process import DEFAULT_PYTHON, RasaPlace, rasa_argv, rasa_env
from ivr.settings import Settings, SettingsWrong
from ivr.speech.phrases import PhraseBook
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.recognizer import Ear
from ivr.speech.silero import SileroVoices
from ivr.speech.vosk import VoskEar
from ivr.storage.room import StorageRoom, open_storage
from ivr.storage.unit_of_work import Clock, utc_now
from telephony.exchange import Exchange
from telephony.media.call import MediaCall
from telephony.media.server import PATH, MediaDoor
from telephony.outbound import CallMaker

_log = logging.getLogger(__name__)
Watch = Callable[[CallFacts, TranscriptLine], None]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class House:
    """What runs."""

    settings: Settings
    storage: StorageRoom
    services: Services
    door: MediaDoor
    exchange: Exchange
    mouth: PhraseBook
    rasa: RasaChild | None
    media_login: tuple[str, str]
    console_port: int

    @property
    def console_url(self) -> str:
        """Where a browser connects."""
        return f"http://{self.settings.console_host}:{self.console_port}"

    @property
    def media_url(self) -> str:
        """Where phones connect."""
        return f"ws://{self.settings.media_host}:{self.door.port}{PATH}"


@asynccontextmanager
async def open_house(
    settings: Settings, *, tell: Tell, watch: Watch = lambda _f, _l: None, clock: Clock = utc_now, ear: Ear | None = None
) -> AsyncIterator[House]:
    """Open everything and answer calls while the block runs.

    Args:
        settings: of the site.
        tell: takes one line of progress at a time.
        watch: takes every line of every transcript.
        clock: aware wall-clock time.
        ear: hears; None: Vosk with the site's model.
    """
    async with AsyncExitStack() as stack:
        ear = ear or VoskEar(settings.speech_model, threads=settings.recognizer_threads)
        stack.callback(ear.close)
        tell("speech model loaded")
        storage = await _open_storage(stack, settings, clock)
        tell("database and recordings ready")
        bell = Bell()
        wakers: list[Callable[[], None]] = [bell.ring]
        backend_at = await stack.enter_async_context(open_backend(settings))
        services = await stack.enter_async_context(
            open_services(settings, storage, backend_at, wake=partial(_wake, wakers))
        )
        tell(f"core backend at {'the sandbox' if settings.backend_url is None else 'the site'}")
        crew = await stack.enter_async_context(Crew())
        rasa, dialogue = await _open_dialogue(stack, crew, settings, services)
        mouth = await _open_mouth(stack, settings, tell)
        exchange = await stack.enter_async_context(Exchange())
        maker, pbx = await open_pbx(stack, settings, exchange)
        seats = await open_seats(stack, settings, services, mouth, (maker, exchange))
        tools = CallTools(
            ear=ear, mouth=mouth, dialogue=dialogue, records=CallRecords(storage, settings.region, storage.clock, watch),
            recording=storage.recording, vault=storage.vault, orders=storage.live_calls,
            desk=Desk(services.callbacks, pbx, storage.clock), seats=seats,
            meetings=await stack.enter_async_context(MeetingRoom(mouth, services.connecting)), voices=(voices := SileroVoices()).open,
            beat=Beat(voices),
            dialogue_facts={"region": settings.region, "home_plate": settings.home_plate},
        )
        login = (settings.media_user, password(settings.media_password, settings.keys_dir, "media-password"))
        switchboard = await open_switchboard(stack, crew, settings, tools, maker, services)
        on_call = answerer(tools, services, (switchboard, seats), pbx)
        door = await _open_door(stack, settings, login, on_call)
        console_port = await _open_console(crew, settings, (storage, services), (exchange, door, login))
        wakers.append(_open_dialler(crew, settings, services, maker))
        await hire_duties(stack, settings, (storage, services), bell, (door, login[1]))
        await _wait_for_dialogue(rasa, dialogue, tell)
        stack.enter_context(settled_heap())
        tell(f"media door open on port {door.port}")
        yield House(settings, storage, services, door, exchange, mouth, rasa, login, console_port)


async def _open_storage(stack: AsyncExitStack, settings: Settings, clock: Clock) -> StorageRoom:
    """Open what is kept; what this house had on the line when it was killed is so no longer."""
    storage = await stack.enter_async_context(open_storage(settings, clock=clock))
    await storage.live_calls.forget_earlier()
    return storage


async def _open_door(
    stack: AsyncExitStack, settings: Settings, login: tuple[str, str], on_call: Callable[[MediaCall], Awaitable[None]]
) -> MediaDoor:
    """Let calls in."""
    door = MediaDoor(
        host=settings.media_host, port=settings.media_port, login=login, max_calls=settings.max_calls, on_call=on_call
    )
    return await opened_when_free(lambda: stack.enter_async_context(door), port=settings.media_port)


def _open_dialler(crew: Crew, settings: Settings, services: Services, maker: CallMaker) -> Callable[[], None]:
    """Ring owners; gives what makes the dialler look at once."""
    dialler = Dialler(services.order_book, maker, shown=settings.hotline)
    crew.hire(dialler.run(), "dialler")
    return dialler.wake


def _wake(wakers: Sequence[Callable[[], None]]) -> None:
    for wake in wakers:
        wake()


def _hook(name: str) -> Callable[..., Any]:
    """Find what the rooms above the house give it to run."""
    found = entry_points(group="ivr.dialogs", name=name)
    if not found:
        raise SettingsWrong("the dialogue's actions are not installed: run `make setup`")
    hook: Callable[..., Any] = next(iter(found)).load()
    return hook


async def _open_dialogue(
    stack: AsyncExitStack, crew: Crew, settings: Settings, services: Services
) -> tuple[RasaChild | None, RasaDialogue]:
    crew.hire(_hook("serve")(services, host="127.0.0.1", port=settings.actions_port), "actions")
    if settings.rasa_url is not None:
        token = settings.rasa_token.get_secret_value() if settings.rasa_token else None
        remote = RasaDialogue(settings.rasa_url, token=token, timeout_seconds=settings.dialogue_timeout_seconds)
        return None, await stack.enter_async_context(remote)
    python = settings.rasa_python or DEFAULT_PYTHON
    if not python.exists():
        raise SettingsWrong("Rasa's environment is missing: run `make setup`, or set IVR_RASA_URL to a running Rasa")
    place = RasaPlace(
        python=python, port=settings.rasa_port, actions_port=settings.actions_port, token=secrets.token_hex(16),
        work_dir=settings.data_dir / "rasa",
    )
    dialogue = await stack.enter_async_context(
        RasaDialogue(f"http://127.0.0.1:{place.port}", token=place.token, timeout_seconds=settings.dialogue_timeout_seconds)
    )
    env = rasa_env(place, os.environ)  # noqa: TID251 - PATH and HOME for the child, no setting of ours
    child = RasaChild(RasaCommand(rasa_argv(place), env, settings.data_dir / "rasa" / "rasa.log"), dialogue.ready)
    crew.hire(child.run(), "rasa")
    return child, dialogue


async def _wait_for_dialogue(rasa: RasaChild | None, dialogue: RasaDialogue, tell: Tell) -> None:
    if rasa is None:
        tell("dialogue engine answers" if await dialogue.ready() else "dialogue engine does not answer yet")
        return
    tell("waiting for Rasa (about 20 s)")
    await rasa.is_ready.wait()
    tell("Rasa answers")


def fixed_phrases() -> dict[str, str]:
    """Give the text of every phrase that never changes, by its id."""
    own = {each.phrase_id: each.text for each in (*announcements.FIXED, *joining.FIXED, *handing.FIXED, *meeting.FIXED) if each.phrase_id is not None}
    return own | dict(_hook("phrases")())


async def _open_mouth(stack: AsyncExitStack, settings: Settings, tell: Tell) -> PhraseBook:
    """Make the mouth and render every fixed phrase before the first call."""
    synthesizer = PyttsxSynthesizer(spare=True)
    stack.push_async_callback(synthesizer.close)
    mouth = PhraseBook(
        synthesizer, cache_dir=settings.data_dir / "phrases", recordings_dir=settings.recordings_of_phrases
    )
    def progress(done: int, total: int) -> None:
        if done == total:
            tell(f"{total} phrases ready")

    await mouth.prerender(fixed_phrases().items(), progress)
    await synthesizer.warm()
    return mouth


async def _open_console(
    crew: Crew, settings: Settings, kept: tuple[StorageRoom, Services], line: tuple[Exchange, MediaDoor, tuple[str, str]]
) -> int:
    storage, services = kept
    exchange, door, (user, media_password) = line
    local = settings.console_host in LOOPBACK_NAMES
    await open_first(services.people, settings)
    app = create_app(
        storage=storage, phones=exchange,
        media=MediaAddress(settings.media_host, door.port, user, SecretStr(media_password)),
        services=DeskServices(
            services.work_orders, services.people, services.signing_in, services.dispatching, services.joins, services.reviewing, services.seating
        ),
        options=ConsoleOptions(
            hotline=settings.hotline, phone_rings=settings.outbound == "embedded", phone_open=local,
            names=LOOPBACK_NAMES if local else (), carrier=carrier_door(settings, services), sign_on=sign_on_of(settings),
        ),
    )
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    crew.hire(serve_console(app, settings.console_host, settings.console_port, listening=port.set_result), "console")
    return await port
