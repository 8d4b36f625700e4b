"""One leg of a person's call: its SIP requests and the RTP packets that go and come. Pure."""

import struct
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from ivr.cli.calls_bench.caller import FRAME_SECONDS, Person
from ivr.cli.calls_bench.sip import (
    PCMA,
    RtpSender,
    SipMessage,
    read_rtp,
    read_sdp,
    uri_of,
    write_sdp,
)

_KEY_MILLISECONDS = 100
_LATE_SECONDS = 0.06
"""A packet that comes so long after the one before is late: a phone's jitter buffer is empty by then."""


class Stage(Enum):
    """How far a call is."""

    CALLING = "calling"
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person's phone is."""

    number: str
    host: str
    sip_port: int
    rtp_port: int

    @property
    def uri(self) -> str:
        """As SIP names it."""
        return f"sip:{self.number}@{self.host}:{self.sip_port}"


@dataclass
class Stream:
    """What came in of the service's sound."""

    packets: int = 0
    lost: int = 0
    late: int = 0
    _sequence: int | None = None
    _at: float = 0.0

    def took(self, sequence: int, now: float) -> None:
        """Note one packet."""
        self.packets += 1
        if self._sequence is not None:
            step = (sequence - self._sequence) & 0xFFFF
            self.lost += step - 1 if 0 < step < 0x8000 else 0
            self.late += step == 1 and now - self._at > FRAME_SECONDS + _LATE_SECONDS
        self._sequence, self._at = sequence, now


@dataclass
class Leg:
    """One call of one person."""

    person: Person
    address: Address
    call_id: str
    local: str
    remote: str
    target: str
    began_at: float
    rung: bool = False
    """We were called; else we call."""
    stage: Stage = Stage.CALLING
    status: int = 0
    """Of a call that was not answered."""
    answered_at: float | None = None
    ended_at: float | None = None
    ended_by: str = ""
    stream: Stream = field(default_factory=Stream)
    rtp_to: tuple[str, int] | None = None
    _keys: deque[bytes] = field(default_factory=deque, repr=False)
    _rtp: RtpSender = field(default_factory=lambda: RtpSender(0), repr=False)
    _cseq: int = 1

    def __post_init__(self) -> None:
        """Streams of one socket are told apart by their source."""
        self._rtp.ssrc = hash(self.call_id) & 0xFFFFFFFF

    def invite(self) -> SipMessage:
        """Call."""
        asked = self.request("INVITE", 1)
        body = write_sdp(self.address.host, self.address.rtp_port)
        return SipMessage(asked.first, [*asked.headers, ("Content-Type", "application/sdp")], body)

    def answered(self, answer: SipMessage, now: float) -> SipMessage:
        """The call was picked up or refused; what acknowledges it."""
        self.remote = answer.get("To")
        if answer.status >= 300:
            self.status = answer.status
            self.over("refused", now)
            plain = self.request("ACK", 1)
            return SipMessage(plain.first, [("Via", answer.get("Via")), *plain.headers[1:]])
        self.target = uri_of(answer.get("Contact"))
        self.talk(answer.body, now)
        return self.request("ACK", 1)

    def talk(self, sdp: str, now: float) -> None:
        """Sound flows from now on."""
        self.rtp_to = read_sdp(sdp)
        self.answered_at, self.stage = now, Stage.TALKING

    def bye(self) -> SipMessage:
        """Hang up."""
        self._cseq += 1
        return self.request("BYE", self._cseq)

    def over(self, who: str, now: float) -> None:
        """Nothing follows."""
        if self.stage is not Stage.OVER:
            self.stage, self.ended_by, self.ended_at = Stage.OVER, who, now
            self.person.close()

    def request(self, method: str, cseq: int) -> SipMessage:
        """One request of this call."""
        via = f"SIP/2.0/UDP {self.address.host}:{self.address.sip_port};branch=z9hG4bK{self.call_id}{method}{cseq}"
        return SipMessage(
            f"{method} {self.target} SIP/2.0",
            [
                ("Via", via), ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
                ("CSeq", f"{cseq} {method}"), ("Contact", f"<{self.address.uri}>"), ("Max-Forwards", "70"),
            ],
        )  # fmt: skip

    def packet(self, now: float) -> bytes:
        """What is sent in the next 20 ms."""
        if not self._keys and self.person.pressed:
            self._keys.extend(self._rtp.key(self.person.pressed.popleft(), milliseconds=_KEY_MILLISECONDS))
        if self._keys:  # a phone is silent while a key is pressed
            self.person.presses(now)
            return self._keys.popleft()
        return self._rtp.audio(self.person.frame(now))

    def took(self, packet: bytes, now: float) -> None:
        """A packet came."""
        kind, payload = read_rtp(packet)
        self.stream.took(struct.unpack_from("!H", packet, 2)[0], now)
        if kind == PCMA:
            self.person.hear(payload, now)
