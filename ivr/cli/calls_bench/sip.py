"""As much SIP, SDP and RTP as a phone on loopback needs; pure."""

import re
import struct
from dataclasses import dataclass, field

KEYS = "0123456789*#ABCD"
PCMA, TELEPHONE_EVENT = 8, 101
FRAME = 160


@dataclass(frozen=True)
class SipMessage:
    """One request or answer."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def method(self) -> str:
        """Of a request; empty for an answer."""
        return "" if self.status else self.first.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.first.split(" ")[1]) if self.first.startswith("SIP/2.0 ") else 0

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next(iter(self.all(name)), "")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method."""
        number, method = self.get("CSeq").split()
        return int(number), method


def read_sip(data: bytes) -> SipMessage:
    """Read one datagram."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return SipMessage(first, [(name.strip(), value.strip()) for name, _, value in pairs], body)


def write_sip(message: SipMessage) -> bytes:
    """Write one datagram."""
    headers = [*message.headers, ("Content-Length", str(len(message.body.encode())))]
    lines = [message.first, *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n" + message.body).encode()


def uri_of(value: str) -> str:
    """The address inside a header."""
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def write_sdp(host: str, port: int) -> str:
    """Offer or take A-law with keys."""
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA} {TELEPHONE_EVENT}",
        f"a=rtpmap:{PCMA} PCMA/8000",
        f"a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000",
        f"a=fmtp:{TELEPHONE_EVENT} 0-15",
        "a=ptime:20",
        "a=sendrecv",
    ]
    return "\r\n".join(lines) + "\r\n"


def read_sdp(body: str) -> tuple[str, int]:
    """Where the other side wants the sound.

    Raises:
        ValueError: it does not say.
    """
    host = re.search(r"c=IN IP4 ([\d.]+)", body)
    port = re.search(r"m=audio (\d+)", body)
    if host is None or port is None:
        raise ValueError("a description without an address")
    return host.group(1), int(port.group(1))


@dataclass
class RtpSender:
    """Numbers the packets of one stream; audio and keys share it, as RFC 4733 wants."""

    ssrc: int
    sequence: int = 0
    timestamp: int = 0

    def audio(self, frame: bytes) -> bytes:
        """A packet of 20 ms."""
        packet = self._header(PCMA, marker=self.sequence == 0) + frame
        self.timestamp += FRAME
        return packet

    def key(self, digit: str, *, milliseconds: int) -> list[bytes]:
        """Every packet of one key press; 20 ms apart, the end three times."""
        steps = milliseconds // 20
        packets = []
        for step in range(1, steps + 3):
            end = step >= steps
            duration = min(step, steps) * FRAME
            event = struct.pack("!BBH", KEYS.index(digit), (0x80 if end else 0) | 10, duration)
            packets.append(self._header(TELEPHONE_EVENT, marker=step == 1) + event)
        self.timestamp += steps * FRAME
        return packets

    def _header(self, kind: int, *, marker: bool) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        second = kind | (0x80 if marker else 0)
        return struct.pack("!BBHII", 0x80, second, self.sequence, self.timestamp, self.ssrc)


def read_rtp(packet: bytes) -> tuple[int, bytes]:
    """Payload type and payload."""
    skip = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        skip += 4 + 4 * struct.unpack_from("!H", packet, skip + 2)[0]
    return packet[1] & 0x7F, packet[skip:]
