"""A leg's requests and packets, and what a stream of the service tells."""

import pytest

from ivr.cli.calls_bench.caller import Manner, Person
from ivr.cli.calls_bench.leg import Address, Leg, Stage, Stream
from ivr.cli.calls_bench.marks import numbered
from ivr.cli.calls_bench.sip import PCMA, TELEPHONE_EVENT, SipMessage, read_rtp, write_sdp

ADDRESS = Address("13700000000", "127.0.0.2", 5070, 4000)


def leg():
    person = Person(Manner({}, None, {}))
    return Leg(person, ADDRESS, "call-1", "<sip:13700000000@127.0.0.2>;tag=a", "<sip:12123@127.0.0.1>", "sip:12123@127.0.0.1:5060", 0.0)


def picked_up(status=200):
    headers = [("To", "<sip:12123@127.0.0.1>;tag=b"), ("Contact", "<sip:asterisk@127.0.0.1:5060>"), ("Via", "v"), ("CSeq", "1 INVITE")]
    return SipMessage(f"SIP/2.0 {status} Said", headers, write_sdp("127.0.0.1", 20_000) if status == 200 else "")


def test_a_call_that_is_picked_up_is_acknowledged_and_has_sound():
    call = leg()
    assert call.invite().method == "INVITE"
    assert f"m=audio {ADDRESS.rtp_port} " in call.invite().body
    assert call.answered(picked_up(), 1.0).first == "ACK sip:asterisk@127.0.0.1:5060 SIP/2.0"
    assert (call.stage, call.rtp_to, call.answered_at) == (Stage.TALKING, ("127.0.0.1", 20_000), 1.0)
    assert call.bye().get("CSeq") == "2 BYE"


def test_a_refused_call_is_over():
    call = leg()
    assert call.answered(picked_up(503), 1.0).method == "ACK"
    assert (call.stage, call.status, call.ended_by) == (Stage.OVER, 503, "refused")


def test_silence_goes_out_numbered_and_a_key_in_its_place():
    call = leg()
    assert read_rtp(call.packet(0.02)) == (PCMA, numbered(1))
    call.person.pressed.append("1")
    kinds = [read_rtp(call.packet(0.04 + at * 0.02))[0] for at in range(9)]
    assert kinds == [TELEPHONE_EVENT] * 7 + [PCMA] * 2


def test_a_turn_of_keys_ends_when_the_last_is_let_go():
    person = Person(Manner({"number": "110"}, None, {"number": b"\x12" * 160}), think=(0.0,))
    call = Leg(person, ADDRESS, "call-1", "a", "b", "c", 0.0)
    now = 0.0
    person.hear(b"\x12" * 160, now)
    kinds = []
    while kinds.count(TELEPHONE_EVENT) < 21 or kinds[-1] == TELEPHONE_EVENT:
        now += 0.02
        kinds.append(read_rtp(call.packet(now))[0])
        assert now < 5.0
    let_go = now - 0.02
    person.hear(b"\x12" * 160, now + 0.5)
    assert [(turn.said, round(turn.waited, 2)) for turn in person.turns] == [("110", pytest.approx(now + 0.5 - let_go, abs=0.03))]


@pytest.mark.parametrize(
    ("packets", "lost", "late"),
    [
        ([(1, 0.0), (2, 0.02), (3, 0.04)], 0, 0),
        ([(1, 0.0), (4, 0.06)], 2, 0),
        ([(65_535, 0.0), (0, 0.02)], 0, 0),
        ([(1, 0.0), (2, 0.15)], 0, 1),
    ],
)
def test_a_stream_counts_what_is_missing_and_what_is_late(packets, lost, late):
    stream = Stream()
    for sequence, at in packets:
        stream.took(sequence, at)
    assert (stream.packets, stream.lost, stream.late) == (len(packets), lost, late)
