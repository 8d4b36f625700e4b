"""A SIP phone in plain Python: A-law, RFC 4733 keys, one socket for SIP and one a call for sound.

It speaks when told, presses keys in mid-call, remembers all it heard with times (`Handset`), and hangs
up or notices that the other side did. Loopback only: no retransmission, no authentication.

    async with SipPhone("127.0.0.2", number="13800001111") as phone:
        async with phone.dial("12123", port=asterisk.sip_port) as call:
            await call.speak(alaw)
            heard_at = await call.next_voice(after=...)
            await call.press("1#")

A phone that is rung: `async with phone.picked_up(within=5) as call`, or `await phone.refuse(486)`.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from telephony.media.codecs import ALAW, FRAME_SECONDS
from telephony.media.handset import Handset
from tests.asterisk.sip_sockets import bind, bind_pair
from tests.asterisk.sip_wire import (
    PCMA,
    RtpSender,
    SipMessage,
    read_rtp,
    read_sdp,
    read_sip,
    uri_of,
    write_sdp,
    write_sip,
)

_MOST_JITTER_FRAMES = 4


class Refused(Exception):
    """The call was not answered."""

    def __init__(self, status: int) -> None:
        super().__init__(f"SIP {status}")
        self.status = status


class SipCall(Handset):
    """One answered call."""

    def __init__(self, phone: "SipPhone", *, local: str, remote: str, call_id: str) -> None:
        super().__init__(ALAW)
        self.phone = phone
        self.local, self.remote, self.call_id = local, remote, call_id
        self.target = ""
        self.ended_by: str | None = None
        self.key_gaps: deque[bytes] = deque()
        self.received: list[bytes] = []
        """Payloads as they came, before this phone put them in time."""
        self.kinds: set[int] = set()
        """RTP payload types that came."""
        self.invite: SipMessage | None = None
        """The INVITE, where this phone was rung."""
        self._cseq = 1
        self._rtp_to: tuple[str, int] | None = None
        self._rtp = RtpSender(uuid.uuid4().int & 0xFFFFFFFF)
        self._arrived: deque[bytes] = deque()
        self._sockets: tuple[asyncio.DatagramTransport, ...] = ()
        """RTP and RTCP, once opened."""
        self.rtp_port = 0

    async def open_sound(self) -> None:
        self._sockets, self.rtp_port = await bind_pair(
            self.phone.host, self._hear, lambda packet, _: self.phone.packets.append(packet)
        )

    def start_sound(self, sdp: str) -> None:
        self._rtp_to = read_sdp(sdp)

    async def press(
        self, digits: str, *, gap_seconds: float = 0.1, milliseconds: int = 100
    ) -> None:
        for digit in digits:
            self.key_gaps.extend(self._rtp.key(digit, milliseconds=milliseconds))
            await self._until(lambda: not self.key_gaps)
            await self.wait(gap_seconds)

    async def hang_up(self) -> None:
        if not self._over:
            self.finish("here")
            self._cseq += 1
            answer = await self.phone.ask(self.request("BYE", self._cseq))
            assert answer.status in (200, 481)

    def request(self, method: str, cseq: int) -> SipMessage:
        return SipMessage(
            f"{method} {self.target} SIP/2.0",
            [
                ("Via", self.phone.via()),
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.call_id),
                ("CSeq", f"{cseq} {method}"),
                ("Contact", f"<{self.phone.uri}>"),
                ("Max-Forwards", "70"),
            ],
        )

    def finish(self, who: str) -> None:
        if not self._over:
            self._over = True
            self.ended_by = who

    async def talk(self) -> None:
        """Send and hear a frame every 20 ms until the call ends."""
        loop = asyncio.get_running_loop()
        began, beats = loop.time(), 0
        while not self._over:
            beats += 1
            await asyncio.sleep(began + beats * FRAME_SECONDS - loop.time())
            while len(self._arrived) > _MOST_JITTER_FRAMES:
                self._arrived.popleft()
            heard = self._arrived.popleft() if self._arrived else None
            if self.key_gaps:  # a phone is silent while a key is pressed
                self._send(self.key_gaps.popleft())
                self._mouth.appendleft(b"\xd5" * 160)
                self.tick(heard=heard, now=loop.time())
            else:
                self._send(self._rtp.audio(self.tick(heard=heard, now=loop.time())))
            await self.ticked()
        await self.ticked()
        for socket in self._sockets:
            socket.close()

    def _send(self, packet: bytes) -> None:
        if self._sockets and self._rtp_to is not None:
            self._sockets[0].sendto(packet, self._rtp_to)

    def _hear(self, packet: bytes, _: tuple[str, int]) -> None:
        self.phone.packets.append(packet)
        kind, payload = read_rtp(packet)
        self.kinds.add(kind)
        if kind == PCMA:
            self._arrived.append(payload)
            self.received.append(payload)


class SipPhone:
    """One phone; see the module."""

    def __init__(self, host: str, *, number: str, port: int = 0) -> None:
        self.host, self.number, self.port = host, number, port
        self.rings: asyncio.Queue[SipMessage] = asyncio.Queue()
        self.cancelled = asyncio.Event()
        self.sent_to: tuple[str, int] | None = None
        self.packets: list[bytes] = []
        """Everything that ever came to this phone, SIP, RTP and RTCP, byte for byte."""
        self._waiting: dict[tuple[str, str], asyncio.Queue[SipMessage]] = {}
        self._calls: dict[str, SipCall] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        self._transport, self.port = await bind(self.host, self.port, self._take)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport is not None
        self._transport.close()

    @property
    def uri(self) -> str:
        return f"sip:{self.number}@{self.host}:{self.port}"

    def via(self) -> str:
        return f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{uuid.uuid4().hex}"

    @asynccontextmanager
    async def dial(
        self, number: str, *, port: int, host: str = "127.0.0.1"
    ) -> AsyncIterator[SipCall]:
        """Call; the block begins when it is answered and hangs up at its end.

        Raises:
            Refused: with the SIP status.
        """
        self.sent_to = (host, port)
        target = f"sip:{number}@{host}:{port}"
        local = f"<sip:{self.number}@{self.host}>;tag={uuid.uuid4().hex[:8]}"
        call = SipCall(self, local=local, remote=f"<{target}>", call_id=uuid.uuid4().hex)
        call.target = target
        await call.open_sound()
        asked = call.request("INVITE", 1)
        offer = SipMessage(
            asked.first,
            [*asked.headers, ("Content-Type", "application/sdp")],
            write_sdp(self.host, call.rtp_port),
        )
        self._calls[call.call_id] = call
        answer = await self.ask(offer)
        call.remote = answer.get("To")
        if answer.status >= 300:
            via = [("Via", offer.get("Via"))]
            plain = call.request("ACK", 1)
            self.send(SipMessage(plain.first, via + plain.headers[1:]))
            raise Refused(answer.status)
        call.target = uri_of(answer.get("Contact"))
        self.send(call.request("ACK", 1))
        async with self._talking(call, answer.body):
            yield call

    @asynccontextmanager
    async def picked_up(self, *, within: float = 5.0, after: float = 0.0) -> AsyncIterator[SipCall]:
        """Wait until this phone is rung, and pick up; the block hangs up at its end."""
        invite = await self.rung(within=within)
        await asyncio.sleep(after)
        tag = uuid.uuid4().hex[:8]
        call = SipCall(
            self,
            local=f"{invite.get('To')};tag={tag}",
            remote=invite.get("From"),
            call_id=invite.get("Call-ID"),
        )
        call.invite = invite
        call.target = uri_of(invite.get("Contact"))
        await call.open_sound()
        self._calls[call.call_id] = call
        self._answer(invite, 200, "OK", tag=tag, body=write_sdp(self.host, call.rtp_port))
        async with self._talking(call, invite.body):
            yield call

    async def rung(self, *, within: float = 5.0) -> SipMessage:
        """Wait until this phone rings."""
        async with asyncio.timeout(within):
            return await self.rings.get()

    async def refuse(self, status: int, *, within: float = 5.0) -> SipMessage:
        """Wait until this phone rings and refuse: 486 busy, 603 declined, 480 not there."""
        invite = await self.rung(within=within)
        self._answer(invite, status, "Refused", tag="refused")
        return invite

    async def ask(self, request: SipMessage) -> SipMessage:
        """Send a request; returns its final answer."""
        key = (request.get("Call-ID"), request.cseq[1])
        answers = self._waiting[key] = asyncio.Queue()
        self.send(request)
        async with asyncio.timeout(10):
            while (answer := await answers.get()).status < 200:
                pass
        return answer

    def send(self, message: SipMessage) -> None:
        assert self._transport is not None
        assert self.sent_to is not None
        self._transport.sendto(write_sip(message), self.sent_to)

    @asynccontextmanager
    async def _talking(self, call: SipCall, sdp: str) -> AsyncIterator[SipCall]:
        call.start_sound(sdp)
        async with asyncio.TaskGroup() as group:
            group.create_task(call.talk())
            try:
                yield call
            finally:
                await call.hang_up()

    def _take(self, data: bytes, addr: tuple[str, int]) -> None:
        self.packets.append(data)
        message = read_sip(data)
        call = self._calls.get(message.get("Call-ID"))
        if message.status:
            waiting = self._waiting.get((message.get("Call-ID"), message.cseq[1]))
            if waiting is not None:
                waiting.put_nowait(message)
            return
        self.sent_to = addr
        if message.method == "INVITE" and call is None:
            self._answer(message, 180, "Ringing", tag="ringing")
            self.rings.put_nowait(message)
        elif message.method == "BYE" and call is not None:
            self._answer(message, 200, "OK")
            call.finish("there")
        elif message.method == "CANCEL":
            self._answer(message, 200, "OK")
            self.cancelled.set()
        elif message.method in ("OPTIONS", "NOTIFY"):
            self._answer(message, 200, "OK", tag="options")

    def _answer(
        self, asked: SipMessage, status: int, words: str, *, tag: str = "", body: str = ""
    ) -> None:
        same = [
            (name, value)
            for name in ("Via", "From", "Call-ID", "CSeq")
            for value in asked.all(name)
        ]
        to = asked.get("To")
        to = f"{to};tag={tag}" if tag and ";tag=" not in to else to
        kind = [("Content-Type", "application/sdp")] if body else []
        contact = ("Contact", f"<{self.uri}>")
        self.send(
            SipMessage(f"SIP/2.0 {status} {words}", [*same, ("To", to), contact, *kind], body)
        )
