"""SIP, SDP and RTP of the test phones: those of `ivr bench calls`."""

from ivr.cli.calls_bench.sip import (
    FRAME,
    KEYS,
    PCMA,
    TELEPHONE_EVENT,
    RtpSender,
    SipMessage,
    read_rtp,
    read_sdp,
    read_sip,
    uri_of,
    write_sdp,
    write_sip,
)

__all__ = [
    "FRAME", "KEYS", "PCMA", "TELEPHONE_EVENT", "RtpSender", "SipMessage", "read_rtp", "read_sdp", "read_sip", "uri_of",
    "write_sdp", "write_sip",
]  # fmt: skip
