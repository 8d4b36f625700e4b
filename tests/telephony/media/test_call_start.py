"""Who calls, from the variables of the line's start."""

import pytest

from telephony.errors import MediaOutOfPlace
from telephony.media.call_start import CallStart, new_call_id, read_call_start, write_call_start
from telephony.media.messages import MediaStart

CALL = "616a9be490584a76a4c0364d956e633f"


def read(**variables: str) -> CallStart:
    return read_call_start(MediaStart("alaw", 160, variables=variables))


def test_asterisks_uuid_becomes_the_call_id() -> None:
    assert read(IVR_CALL="616A9BE4-9058-4a76-a4c0-364d956e633f").call_id == CALL


def test_a_call_in_is_read_whole() -> None:
    start = read(
        IVR_CALL=CALL,
        IVR_CALLER="13800001111",
        IVR_DIALLED="12123",
        IVR_CHANNEL="PJSIP/trunk-00000001",
        IVR_DIRECTION="in",
    )
    assert start == CallStart(
        CALL, "in", "13800001111", "12123", None, "alaw", "PJSIP/trunk-00000001", "asterisk"
    )


def test_the_callers_number_is_not_shown() -> None:
    assert "13800001111" not in repr(read(IVR_CALL=CALL, IVR_CALLER="13800001111"))


@pytest.mark.parametrize("withheld", ["", "anonymous", "1" * 40, "138;DROP", "１３８"])
def test_a_number_that_is_none_is_a_withheld_number(withheld: str) -> None:
    assert read(IVR_CALL=CALL, IVR_CALLER=withheld).caller is None


@pytest.mark.parametrize("call_id", ["", "abc", CALL + "00", "z" * 32])
def test_a_call_needs_an_id(call_id: str) -> None:
    with pytest.raises(MediaOutOfPlace):
        read(IVR_CALL=call_id)


def test_a_call_out_needs_its_order() -> None:
    with pytest.raises(MediaOutOfPlace):
        read(IVR_CALL=CALL, IVR_DIRECTION="out")
    assert read(IVR_CALL=CALL, IVR_DIRECTION="out", IVR_ORDER="o-1").order_id == "o-1"


def test_a_channel_name_that_could_break_a_header_is_dropped() -> None:
    assert read(IVR_CALL=CALL, IVR_CHANNEL="PJSIP/x\r\nAction: Originate").channel is None


def test_what_a_phone_tells_is_what_is_read() -> None:
    start = CallStart(new_call_id(), "out", "13900002222", "12123", "o-1", "slin", None, "phone")
    assert read_call_start(MediaStart("slin", 320, variables=write_call_start(start))) == start
