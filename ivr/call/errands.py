"""What a call has done for it elsewhere while it goes on: dialogue, vault, desk. Each ends in an event."""

import logging
from collections.abc import Callable
from typing import Any

from ivr.call import announcements
from ivr.call.commands import Ask, LeaveCallback, Meet, Seal, TransferTo, Utter
from ivr.call.company import Company
from ivr.call.events import (
    Answered,
    CallbackLeft,
    DialogueFailed,
    Parted,
    SealFailed,
    TransferEnded,
    ValueSealed,
)
from ivr.call.meeting import Invitation
from ivr.call.ports import CallFacts, HandoverRequest
from ivr.call.safekeeping import Safekeeping
from ivr.call.tools import CallTools
from ivr.call.transcript import Transcript
from ivr.dialogue.errors import DialogueError
from ivr.dialogue.replies import Transfer
from ivr.domain.calls import NUMBER_OF_RECORD
from ivr.domain.checks import ENTRY_USES

_log = logging.getLogger(__name__)
_CALLER_SECONDS, _CALLER_USES = 7200, 1000
_USES = {"phone": 20}
"""A number to call back is looked at several times in a call."""

_HANDED_OVER = "/seat_wanted"
"""Asks the dialogue who is to take the caller over and what he must know."""

_ANY_QUEUE = "general"

Outcome = Answered | DialogueFailed | ValueSealed | SealFailed | TransferEnded | Parted | CallbackLeft


class Errands:
    """Runs the errands of one call.

    Args:
        facts: whose call.
        tools: of this process.
        kept: where events are written down.
        transcript: goes with a caller who is handed over.
        tell: takes what came of each errand.
        company: joins the caller with people.
    """

    def __init__(
        self, facts: CallFacts, tools: CallTools, kept: Safekeeping, transcript: Transcript,
        tell: Callable[[Outcome], None], company: Company,
    ) -> None:
        self._facts = facts
        self._tools = tools
        self._kept = kept
        self._transcript = transcript
        self._tell = tell
        self._company = company
        self._dialogue_down = False
        self._told: dict[str, Any] = {}
        """What goes with every question to the dialogue."""

    async def introduce(self) -> None:
        """Seal the caller's number; the dialogue gets a reference.

        While the vault is away that is a reference to the call's record, in which nobody has an owner's number.
        """
        self._told = {**self._tools.dialogue_facts, "call_id": self._facts.call_id, "order_id": self._facts.order_id}
        if self._facts.caller is None:
            return
        try:
            sealed = await self._tools.vault.seal(
                call_id=self._facts.call_id, kind="caller", value=self._facts.caller,
                ttl_seconds=_CALLER_SECONDS, uses=_CALLER_USES,
            )
        except Exception as error:  # noqa: BLE001 - a call without a sealed number is still a call
            await self._vault_failed(error)
            if self._facts.direction == "in":
                self._told |= {"caller_ref": NUMBER_OF_RECORD, "caller_tail": self._facts.caller[-4:]}
            return
        self._told |= {"caller_ref": sealed.ref, "caller_tail": sealed.tail}

    async def belong(self) -> None:
        """Let the PBX know the caller's region from the first moment; his business it learns when he is handed over."""
        if self._facts.direction == "in":
            region = str(self._tools.dialogue_facts.get("region", ""))
            await self._tools.desk.bound_for(self._facts, queue=_ANY_QUEUE, region=region)

    async def ask(self, ask: Ask) -> None:
        """Put a question to the dialogue."""
        metadata = {**self._told, **ask.metadata, "turn": ask.turn}
        try:
            replies = await self._tools.dialogue.ask(self._facts.call_id, ask.message, metadata)
        except DialogueError:
            self._dialogue_down = True
            await self._kept.event(self._facts, "dialogue_failed")
            self._tell(DialogueFailed(ask.turn))
            return
        self._dialogue_down = False
        self._tell(Answered(ask.turn, tuple(replies)))

    async def run(self, command: Seal | TransferTo | LeaveCallback) -> None:
        """Have one thing done that needs no answer of the dialogue."""
        match command:
            case Seal():
                await self.seal(command)
            case TransferTo():
                await self.transfer(command)
            case LeaveCallback():
                await self.leave_callback(command)

    async def seal(self, command: Seal) -> None:
        """Put a sensitive value into the vault."""
        try:
            sealed = await self._tools.vault.seal(
                call_id=self._facts.call_id, kind=command.kind, value=command.value, uses=_USES.get(command.kind, ENTRY_USES)
            )
        except Exception as error:  # noqa: BLE001 - the caller is handed to a human instead
            await self._vault_failed(error)
            self._tell(SealFailed())
            return
        self._tell(ValueSealed(command.kind, sealed.ref, sealed.tail))

    async def transfer(self, command: TransferTo) -> None:
        """Hand the caller over: to a number outside, or to a seat."""
        if self._tools.desk.leads_out(command.queue):
            queue = (await self._request(command)).queue if command.queue == _ANY_QUEUE else command.queue
            joined = await self._tools.desk.transfer(self._facts, queue=queue, region=self._region, reason=command.reason)
            await self._kept.event(self._facts, "transferred" if joined else "no_seat", command.reason)
            self._tell(TransferEnded(joined, queue))
            return
        request = await self._request(command)
        await self._tools.desk.bound_for(self._facts, queue=request.queue, region=request.region)
        end = await self._tools.seats.hand_over(request, self._company)
        await self._kept.event(self._facts, "handed_over" if end.joined else "no_seat", request.queue)
        self._tell(Parted("seat_left", end.payload) if end.joined else TransferEnded(joined=False, queue=request.queue))

    async def _request(self, command: TransferTo) -> HandoverRequest:
        """Who should take him and what he must know; of that the dialogue knows most."""
        queue, context = command.queue, dict(command.context)
        if "given" not in context and not self._dialogue_down:
            try:
                replies = await self._tools.dialogue.ask(self._facts.call_id, _HANDED_OVER, {**self._told, "expect": "event"})
            except DialogueError:
                replies = ()
            if replies and isinstance(replies[-1], Transfer):
                queue = replies[-1].queue if queue == _ANY_QUEUE else queue
                context = {**replies[-1].context, **context}
        told = {**context, "transcript": self._transcript.recent(), "caller_tail": self._told.get("caller_tail", "")}
        return HandoverRequest(self._facts, self._region, queue, command.reason, told)

    @property
    def _region(self) -> str:
        return str(self._told.get("region", ""))

    async def meet(self, command: Meet) -> None:
        """Let him talk with the other party of a case."""
        invited = Invitation.read(command.invitation)
        if invited is None:
            return
        if not command.willing:
            self._tools.meetings.refuse(invited)
            return
        how = await self._tools.meetings.meet(invited, self._company)
        await self._kept.event(self._facts, "met", how.value)
        self._tell(Parted("case_update", {"case_id": invited.case_id, "kind": how.value}))

    async def leave_callback(self, command: LeaveCallback) -> None:
        """Order a callback with everything that was said."""
        self._tell(CallbackLeft(await self._order_callback(command.reason, command.said)))

    async def part(self) -> None:
        """Our leg is about to end on purpose."""
        try:
            await self._tools.desk.leave(self._facts)
        except Exception:  # noqa: BLE001 - the line is hung up whoever could be told
            _log.exception("the end of a call could not be told", extra={"call_id": self._facts.call_id})

    async def way_out(self) -> Utter:
        """The call itself failed: order a callback, and give the words that say so.

        Where even that fails the PBX is told nothing, so that it offers a human by its own means.
        """
        if self._facts.direction == "out":
            await self.part()
            return announcements.CALL_AGAIN_LATER
        try:
            serial = await self._order_callback("call_failed", "")
        except Exception:  # noqa: BLE001 - the caller is told that it failed
            _log.exception("a failed call left no callback", extra={"call_id": self._facts.call_id})
            serial = None
        if serial is None:
            return announcements.CALLBACK_FAILED
        await self.part()
        return announcements.CALLBACK_LEFT

    async def _order_callback(self, reason: str, more: str) -> str | None:
        said = "；".join(filter(None, (*self._transcript.recent(), more)))
        serial = await self._tools.desk.callback(
            self._facts, caller_ref=self._told.get("caller_ref"), reason=reason, said=said
        )
        await self._kept.event(self._facts, "callback_left" if serial else "callback_failed", reason)
        return serial

    async def _vault_failed(self, error: Exception) -> None:
        """Log the kind of failure only: its text may carry the value."""
        _log.error("the vault failed: %s", type(error).__name__, extra={"call_id": self._facts.call_id})
        await self._kept.event(self._facts, "vault_failed")
