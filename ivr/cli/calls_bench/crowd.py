"""The I/O of the callers and the owners: one socket for SIP, one for all their sound, one beat for all.

A thread of its own: 100 phones send and hear 5000 packets a second each way, and the beat must not wait for anything else.
"""

import random
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.cli.calls_bench.caller import FRAME_SECONDS, Person
from ivr.cli.calls_bench.leg import Address, Leg, Stage
from ivr.cli.calls_bench.sip import SipMessage, read_sip, write_sip

_GROUPS = 4
"""Phones do not send in the same instant: the beat of 20 ms has so many parts."""
_BUFFER_BYTES = 8 << 20
_ANSWER_SECONDS = 10.0
"""Who is not answered for so long hangs up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the crowd calls."""

    lines: int
    """So many callers at once."""
    ramp_seconds: float
    """In which they come one after another."""
    hold_seconds: float
    """So long a caller who is done is followed by another, from the end of the ramp."""
    drain_seconds: float = 150.0
    """The last may talk so long."""


@dataclass
class Crowd:
    """Places calls through one PBX and picks up where owners are rung.

    Args:
        host: address of the phones.
        sip_port: where owners are rung, and callers call from.
        pbx: address of the PBX.
        callers: (number, person), in the order in which they call.
        owner: who picks up under a number; None: nobody there.
        dialled: the hotline.
    """

    host: str
    sip_port: int
    pbx: tuple[str, int]
    callers: Sequence[tuple[str, Callable[[], Person]]]
    owner: Callable[[str], Person | None]
    dialled: str = "12123"
    extra: deque[tuple[str, Person]] = field(default_factory=deque)
    """Filled while it runs: (number, person) who call at once, beside the lines."""
    enough: bool = False
    """Set while it runs: nobody follows who is done, and it ends with the last call."""
    placed: list[Leg] = field(default_factory=list)
    rung: list[Leg] = field(default_factory=list)
    slowest_beat_seconds: float = 0.0
    """The longest the crowd itself was late: beyond some frames its own measurements mean nothing."""
    cpu_seconds: float = 0.0

    def run(self, plan: Plan, *, began: Callable[[], object] = lambda: None, held: Callable[[], object] = lambda: None) -> None:
        """Call until the plan is over. In a thread; `began` and `held` mark the time in which all lines are taken."""
        _Beat(self, plan, began, held).run()


class _Beat:
    def __init__(self, crowd: Crowd, plan: Plan, began: Callable[[], object], held: Callable[[], object]) -> None:
        self._crowd, self._plan = crowd, plan
        self._moments = [(plan.ramp_seconds, began), (plan.ramp_seconds + plan.hold_seconds, held)]
        self._sip = _bound(crowd.host, crowd.sip_port)
        self._rtp = _bound(crowd.host, 0)
        self._legs: dict[str, Leg] = {}
        self._by_source: dict[tuple[str, int], Leg] = {}
        self._groups: list[list[Leg]] = [[] for _ in range(_GROUPS)]
        self._answers: dict[str, SipMessage] = {}
        self._gap = random.Random(12123)  # noqa: S311 - pauses between calls, no secret
        starts = [index * plan.ramp_seconds / plan.lines for index in range(plan.lines)]
        self._due = starts
        """When each free line is used, in seconds from the beginning."""
        self._next_caller = 0
        self._beside: set[str] = set()
        """Calls that take none of the lines."""

    def run(self) -> None:
        origin, beats = time.monotonic(), 0
        end = self._plan.ramp_seconds + self._plan.hold_seconds
        with self._sip, self._rtp:
            while True:
                beats += 1
                due = origin + beats * FRAME_SECONDS / _GROUPS
                pause = due - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                self._crowd.slowest_beat_seconds = max(self._crowd.slowest_beat_seconds, -pause)
                now = time.monotonic()
                self._take_sip(now)
                self._take_sound(now)
                self._send(self._groups[beats % _GROUPS], now)
                if beats % _GROUPS == 0:
                    self._turn_over(now, now - origin, end)
                    end = min(end, now - origin) if self._crowd.enough else end
                    if (now - origin > end and not self._legs) or now - origin > end + self._plan.drain_seconds:
                        break
            self._hang_up_all(time.monotonic())
        self._crowd.cpu_seconds = time.thread_time()

    def _turn_over(self, now: float, since: float, end: float) -> None:
        """Let callers in and out."""
        while self._moments and since >= self._moments[0][0]:
            self._moments.pop(0)[1]()
        for leg in [leg for leg in self._legs.values() if leg.stage is Stage.OVER or _weary(leg, now)]:
            self._leave(leg, now, since)
        ready = [at for at in self._due if at <= since]
        self._due = [at for at in self._due if at > since]
        for _ in ready:
            if since < end and self._next_caller < len(self._crowd.callers):
                number, person = self._crowd.callers[self._next_caller]
                self._next_caller += 1
                self._call(number, person(), now)
        while self._crowd.extra:
            self._beside.add(self._call(*self._crowd.extra.popleft(), now))

    def _call(self, number: str, person: Person, now: float) -> str:
        host, port = self._crowd.pbx
        target = f"sip:{self._crowd.dialled}@{host}:{port}"
        address = self._address(number)
        local = f"<sip:{number}@{address.host}>;tag={uuid.uuid4().hex[:8]}"
        leg = Leg(person, address, uuid.uuid4().hex, local, f"<{target}>", target, now)
        self._legs[leg.call_id] = leg
        self._crowd.placed.append(leg)
        self._say(leg.invite())
        return leg.call_id

    def _leave(self, leg: Leg, now: float, since: float) -> None:
        if leg.stage is not Stage.OVER:
            self._say(leg.bye())
            leg.over("gave_up", now)
        del self._legs[leg.call_id]
        if leg.rtp_to is not None:
            self._by_source.pop(leg.rtp_to, None)
        for group in self._groups:
            if leg in group:
                group.remove(leg)
        if not leg.rung and leg.call_id not in self._beside:
            self._due.append(since + self._gap.uniform(0.5, 1.5))

    def _hang_up_all(self, now: float) -> None:
        for leg in list(self._legs.values()):
            self._say(leg.bye())
            leg.over("gave_up", now)

    def _send(self, group: list[Leg], now: float) -> None:
        for leg in group:
            if leg.stage is Stage.TALKING and leg.rtp_to is not None:
                self._rtp.sendto(leg.packet(now), leg.rtp_to)

    def _take_sound(self, now: float) -> None:
        while True:
            try:
                packet, source = self._rtp.recvfrom(2048)
            except BlockingIOError:
                return
            leg = self._by_source.get(source)
            if leg is not None:
                leg.took(packet, now)

    def _take_sip(self, now: float) -> None:
        while True:
            try:
                data = self._sip.recv(16_384)
            except BlockingIOError:
                return
            message = read_sip(data)
            if message.status:
                self._answered(message, now)
            else:
                self._asked(message, now)

    def _answered(self, answer: SipMessage, now: float) -> None:
        leg = self._legs.get(answer.get("Call-ID"))
        if leg is None or answer.status < 200 or answer.cseq[1] != "INVITE":
            return
        if leg.stage is Stage.CALLING:
            self._say(leg.answered(answer, now))
            self._sound(leg)
        else:
            self._say(leg.request("ACK", 1))

    def _asked(self, message: SipMessage, now: float) -> None:
        leg = self._legs.get(message.get("Call-ID"))
        match message.method:
            case "INVITE" if leg is None:
                self._ring(message, now)
            case "INVITE":
                self._say(self._answers[message.get("Call-ID")])
            case "BYE":
                self._reply(message, 200, "OK")
                if leg is not None:
                    leg.over("service", now)
            case "ACK":
                pass
            case _:
                self._reply(message, 200, "OK", tag="other")

    def _ring(self, invite: SipMessage, now: float) -> None:
        number = invite.first.split(" ")[1].removeprefix("sip:").partition("@")[0]
        person = self._crowd.owner(number)
        if person is None:
            self._reply(invite, 480, "Not there", tag="nobody")
            return
        call_id, tag = invite.get("Call-ID"), uuid.uuid4().hex[:8]
        leg = Leg(
            person, self._address(number), call_id, f"{invite.get('To')};tag={tag}", invite.get("From"),
            _contact(invite), now, rung=True,
        )  # fmt: skip
        self._legs[call_id] = leg
        self._crowd.rung.append(leg)
        self._answers[call_id] = self._reply(invite, 200, "OK", tag=tag, leg=leg)
        leg.talk(invite.body, now)
        self._sound(leg)

    def _sound(self, leg: Leg) -> None:
        if leg.rtp_to is not None:
            self._by_source[leg.rtp_to] = leg
            min(self._groups, key=len).append(leg)

    def _address(self, number: str) -> Address:
        return Address(number, self._crowd.host, self._crowd.sip_port, int(self._rtp.getsockname()[1]))

    def _reply(self, asked: SipMessage, status: int, words: str, *, tag: str = "", leg: Leg | None = None) -> SipMessage:
        same = [(name, value) for name in ("Via", "From", "Call-ID", "CSeq") for value in asked.all(name)]
        to = asked.get("To")
        headers = [*same, ("To", f"{to};tag={tag}" if tag and ";tag=" not in to else to)]
        body = ""
        if leg is not None:
            headers += [("Contact", f"<{leg.address.uri}>"), ("Content-Type", "application/sdp")]
            body = leg.invite().body
        answer = SipMessage(f"SIP/2.0 {status} {words}", headers, body)
        self._say(answer)
        return answer

    def _say(self, message: SipMessage) -> None:
        self._sip.sendto(write_sip(message), self._crowd.pbx)


def _weary(leg: Leg, now: float) -> bool:
    return leg.person.gave_up or (leg.stage is Stage.CALLING and now - leg.began_at > _ANSWER_SECONDS)


def _contact(invite: SipMessage) -> str:
    return invite.get("Contact").partition("<")[2].partition(">")[0]


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    bound.bind((host, port))
    bound.setblocking(False)
    return bound


def in_thread(crowd: Crowd, plan: Plan, began: Callable[[], object], held: Callable[[], object]) -> threading.Thread:
    """Let the crowd call."""
    thread = threading.Thread(target=crowd.run, args=(plan,), kwargs={"began": began, "held": held}, name="crowd", daemon=True)
    thread.start()
    return thread
