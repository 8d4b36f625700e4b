"""Plugs storage and services into what a call needs (`ivr.call.ports`)."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from ivr.bootstrap import Services
from ivr.call.ports import CallFacts, TranscriptLine
from ivr.cli.watchdog import take_callers_out
from ivr.consoles.carrier_door import CarrierDoor
from ivr.consoles.oidc import SignOnPlace, SiteSignOn
from ivr.dialogue.replies import Understood
from ivr.domain.calls import (
    CallBegan,
    CallEnded,
    CallEvent,
    Direction,
    Given,
    Speaker,
    TurnRecord,
    Understanding,
)
from ivr.domain.spoken import mask_personal
from ivr.services.call_outcomes import came_of, is_kept_long
from ivr.services.callbacks import Callbacks
from ivr.settings import Settings, SettingsWrong
from ivr.storage.errors import StorageError
from ivr.storage.recording_writer import RecordingInfo
from ivr.storage.room import StorageRoom
from telephony.ami.client import ManagerClient
from telephony.errors import AmiError, TelephonyError

_log = logging.getLogger(__name__)


class CallRecords:
    """Call log, live board and captions behind `Records`.

    Args:
        storage: where they are kept.
        region: of the site.
        clock: aware wall-clock time.
        watch: hears every line too (the demo prints them).
    """

    def __init__(
        self, storage: StorageRoom, region: str, clock: Callable[[], datetime],
        watch: Callable[[CallFacts, TranscriptLine], None] = lambda _facts, _line: None,
    ) -> None:
        self._storage = storage
        self._region = region
        self._clock = clock
        self._watch = watch
        self._outcomes: dict[str, str] = {}

    async def began(self, facts: CallFacts) -> None:
        """A call is on the line."""
        outbound = facts.direction == "out"
        await self._storage.call_log.began(
            CallBegan(
                call_id=facts.call_id, direction=Direction(facts.direction), dialled="" if outbound else facts.dialled,
                began_at=self._clock(), caller=None if outbound else facts.caller, region=self._region, order_id=facts.order_id,
            )
        )
        tail = "" if outbound or not facts.caller else facts.caller[-4:]
        shown = {"direction": facts.direction, "tail": tail, "state": "began", "region": self._region}
        await self._storage.live_calls.register(facts.call_id, shown)

    async def line(self, facts: CallFacts, line: TranscriptLine) -> None:
        """Somebody said something."""
        await self._storage.call_log.turn(
            TurnRecord(
                call_id=facts.call_id, number=line.number, who=Speaker.CALLER if line.by_caller else Speaker.SERVICE,
                text=line.text, at=self._clock(), at_seconds=round(line.at_seconds, 3), confidence=line.confidence,
                understood=_understanding(line.understood), keys=line.keys, timings=line.timings, state=line.state,
            )
        )
        who = "caller" if line.by_caller else "service"
        caption = {"who": who, "text": line.text, "state": line.state}
        await self._storage.live_calls.publish(f"call:{facts.call_id}", caption)
        await self._storage.live_calls.update(facts.call_id, {"state": line.state, "last": line.text})
        self._watch(facts, line)

    async def event(self, facts: CallFacts, event: str, detail: str = "") -> None:
        """Something befell the call."""
        if event in _OUTCOMES:
            self._outcomes[facts.call_id] = _OUTCOMES[event]
        await self._storage.call_log.event(CallEvent(facts.call_id, self._clock(), event, detail))

    async def ended(self, facts: CallFacts, *, reason: str, seconds: float, recording: Any | None) -> None:
        """The line is free again."""
        info = recording if isinstance(recording, RecordingInfo) else None
        outcome, service = await self._outcome(facts)
        await self._storage.call_log.ended(
            CallEnded(
                call_id=facts.call_id, ended_at=self._clock(), reason=reason, seconds=round(seconds, 2),
                recording_path=info.path if info else None, recording_sha256=info.sha256 if info else None,
                outcome=outcome, service=service, keep_long=is_kept_long(service),
            )
        )
        await self._storage.live_calls.publish(f"call:{facts.call_id}", {"who": "end", "text": "", "state": reason})
        await self._storage.live_calls.remove(facts.call_id)

    async def _outcome(self, facts: CallFacts) -> tuple[str, str]:
        """What came of the call, and the service it used; unknown while the database is away."""
        outcome = self._outcomes.pop(facts.call_id, "")
        if facts.direction == "out":
            return outcome, "car_moving"
        try:
            async with self._storage.reading() as uow:
                came, service = await came_of(uow, facts.call_id)
        except StorageError:
            return outcome, ""
        return outcome or came, service


_OUTCOMES = {"transferred": "transferred", "callback_left": "callback_ordered", "no_seat": "callback_ordered"}


class Pbx(Protocol):
    """What the PBX does with a caller whose media leg ends."""

    def leads_out(self, queue: str) -> bool:
        """Does it take callers of this queue itself?"""
        ...

    async def transfer(self, facts: CallFacts, *, queue: str, region: str) -> bool:
        """Send him to a queue of humans."""
        ...

    async def bound_for(self, facts: CallFacts, *, queue: str, region: str) -> None:
        """Know where he belongs, should the service be lost; failures are logged, never raised."""
        ...

    async def leave(self, facts: CallFacts) -> None:
        """Let him go."""
        ...

    async def lost(self, facts: CallFacts) -> None:
        """His line is dead and the PBX may not know it: let it go its own way with him."""
        ...


class NoPbx:
    """Browser and simulated phones: nobody is there to take a call."""

    def leads_out(self, queue: str) -> bool:
        """Nothing leads out of here."""
        return False

    async def transfer(self, facts: CallFacts, *, queue: str, region: str) -> bool:
        """Nobody is free."""
        return False

    async def bound_for(self, facts: CallFacts, *, queue: str, region: str) -> None:
        """Nothing to tell."""

    async def leave(self, facts: CallFacts) -> None:
        """Nothing to tell."""

    async def lost(self, facts: CallFacts) -> None:
        """Nobody else has him."""


class AsteriskPbx:
    """Asterisk: the dialplan goes on where IVR_NEXT says, once our leg has ended.

    Args:
        manager: the way to Asterisk.
        queues: its own queues take all who want a person, and not the desks.
    """

    def __init__(self, manager: ManagerClient, *, queues: bool) -> None:
        self._manager = manager
        self._queues = queues

    def leads_out(self, queue: str) -> bool:
        """An emergency does; with the PBX's own queues everybody does."""
        return self._queues or queue in _EMERGENCY_NUMBERS

    async def transfer(self, facts: CallFacts, *, queue: str, region: str) -> bool:
        """Send him to a queue, of his region where there is one, or to an emergency number."""
        if facts.channel is None:
            return False
        if queue in _EMERGENCY_NUMBERS:
            await self._manager.set_variable(facts.channel, "IVR_NUMBER", _EMERGENCY_NUMBERS[queue])
            await self._manager.set_variable(facts.channel, "IVR_NEXT", "number")
        else:
            await self._manager.set_variable(facts.channel, "IVR_REGION", region)
            await self._manager.set_variable(facts.channel, "IVR_NEXT", queue)
        return True

    async def bound_for(self, facts: CallFacts, *, queue: str, region: str) -> None:
        """Set the queue to which the dialplan's fallback sends him."""
        if facts.channel is None:
            return
        try:
            await self._manager.set_variable(facts.channel, "IVR_QUEUE", queue)
            await self._manager.set_variable(facts.channel, "IVR_REGION", region)
        except AmiError:
            _log.warning("Asterisk does not know where a caller belongs", extra={"call_id": facts.call_id})

    async def leave(self, facts: CallFacts) -> None:
        """Let the dialplan hang up; where Asterisk does not answer it offers a human instead."""
        if facts.channel is None:
            return
        try:
            await self._manager.set_variable(facts.channel, "IVR_NEXT", "hangup")
        except AmiError:
            _log.warning("the end of a call could not be told to Asterisk", extra={"call_id": facts.call_id})

    async def lost(self, facts: CallFacts) -> None:
        """A network that swallows packets: Asterisk still holds him to a line that is dead."""
        if facts.channel is None:
            return
        try:
            await take_callers_out(self._manager, only=facts.channel)
        except AmiError:
            _log.warning("Asterisk could not be told of a dead line", extra={"call_id": facts.call_id})


_EMERGENCY_NUMBERS = {"emergency_110": "110", "emergency_122": "122"}


class Desk:
    """Humans: the PBX's queues, and callback orders where nobody is free."""

    def __init__(self, callbacks: Callbacks, pbx: Pbx, clock: Callable[[], datetime]) -> None:
        self._callbacks = callbacks
        self._pbx = pbx
        self._clock = clock

    async def leave(self, facts: CallFacts) -> None:
        """Our leg is about to end on purpose."""
        await self._pbx.leave(facts)

    def leads_out(self, queue: str) -> bool:
        """Does the PBX take callers of this queue, and not a seat of ours?"""
        return self._pbx.leads_out(queue)

    async def bound_for(self, facts: CallFacts, *, queue: str, region: str) -> None:
        """Let the PBX know where a caller belongs, should the service be lost while he waits or talks."""
        await self._pbx.bound_for(facts, queue=queue, region=region)

    async def transfer(self, facts: CallFacts, *, queue: str, region: str, reason: str) -> bool:
        """Let the PBX have the caller; False when it does not answer."""
        try:
            return await self._pbx.transfer(facts, queue=queue, region=region)
        except TelephonyError:
            _log.warning("transfer failed", extra={"call_id": facts.call_id, "queue": queue, "reason": reason})
            return False

    async def callback(self, facts: CallFacts, *, caller_ref: str | None, reason: str, said: str) -> str | None:
        """Order a callback; None when even that failed."""
        try:
            order = await self._callbacks.order(
                call_id=facts.call_id, caller_ref=caller_ref, queue="general", reason=reason, said=said, now=self._clock()
            )
        except Exception:  # noqa: BLE001 - the caller is told that it failed; the call log has his words
            _log.exception("a callback order could not be kept", extra={"call_id": facts.call_id})
            return None
        return order.serial


def _understanding(said: Understood | None) -> Understanding | None:
    if said is None:
        return None
    given = tuple(Given(each.name, _masked(each.name, each.value), each.sure, each.corrects) for each in said.given)
    return Understanding(said.intent, said.confidence, given)


def _masked(name: str, value: str) -> str:
    """What is kept of something given: of a plate its mask, for plate, place and time locate a person."""
    if name.endswith(".plate"):
        return value[:3] + "*" * (len(value) - 3)
    masked, _ = mask_personal(value)
    return masked


def carrier_door(settings: Settings, services: Services) -> CarrierDoor | None:
    """Where carriers report; None where a site has set no public address."""
    if settings.public_url is None:
        return None
    token, key = settings.twilio_auth_token, settings.sms_gateway_key
    return CarrierDoor(
        services.sms_inbox, settings.public_url, None if token is None else token.get_secret_value(),
        None if key is None else key.get_secret_value().encode(),
    )


def sign_on_of(settings: Settings) -> SiteSignOn | None:
    """Give the site's own sign-on; None where it has none.

    Raises:
        SettingsWrong: it is named in part, or at an address over which others could answer.
    """
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None:
        raise SettingsWrong("IVR_OIDC_ISSUER needs IVR_OIDC_CLIENT_ID, under which the sign-on knows this service")
    secret = settings.oidc_client_secret
    try:
        place = SignOnPlace(
            settings.oidc_issuer, settings.oidc_client_id, None if secret is None else secret.get_secret_value(), settings.oidc_scope,
            settings.oidc_claim, trusts_second_factor=settings.oidc_second_factor == "theirs",
        )
    except ValueError:
        raise SettingsWrong("IVR_OIDC_ISSUER: an address with https") from None
    return SiteSignOn(place, label=settings.oidc_label, return_url=settings.oidc_return_url)
