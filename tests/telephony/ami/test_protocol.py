"""The manager interface without a socket."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.ami.protocol import (
    ActionAnswered,
    Greeted,
    ManagerEvent,
    ManagerGone,
    ManagerProtocol,
)
from telephony.errors import AmiGarbled, AmiUnsafe

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
HANGUP = (
    b"Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/trunk-00000001\r\nCallerIDNum: 12123\r\n"
    b"ConnectedLineName: \r\nUniqueid: ivr-1\r\nChanVariable: A=1\r\nCause: 17\r\nCause-txt: User busy\r\n\r\n"
)
GOOD = b"Response: Success\r\nActionID: ivr-1\r\nMessage: Authentication accepted\r\n\r\n"
BAD = b"Response: Error\r\nActionID: ivr-2\r\nMessage: Permission denied\r\n\r\n"


def greeted() -> ManagerProtocol:
    manager = ManagerProtocol()
    manager.receive_data(BANNER)
    assert manager.events_received() == [Greeted()]
    return manager


def test_an_action_is_written_with_its_id_fields_and_variables() -> None:
    manager = greeted()
    assert (
        manager.send_action("Originate", {"Exten": "s"}, {"_IVR_CALL": "a", "B": "x=y"}) == "ivr-1"
    )
    assert manager.data_to_send() == (
        b"Action: Originate\r\nExten: s\r\nActionID: ivr-1\r\n"
        b"Variable: _IVR_CALL=a\r\nVariable: B=x=y\r\n\r\n"
    )
    assert manager.data_to_send() == b""
    assert manager.send_action("Ping") == "ivr-2"


def test_responses_and_events_are_told_apart() -> None:
    manager = greeted()
    manager.receive_data(GOOD + HANGUP + BAD)
    manager.receive_eof()
    manager.receive_eof()
    good, hangup, bad, gone = manager.events_received()
    assert isinstance(good, ActionAnswered)
    assert (good.action_id, good.good) == ("ivr-1", True)
    assert isinstance(hangup, ManagerEvent)
    assert (hangup.name, hangup.fields["Cause"], hangup.fields["ConnectedLineName"]) == (
        "Hangup",
        "17",
        "",
    )
    assert "ChanVariable" not in hangup.fields
    assert hangup.action_id == ""
    assert isinstance(bad, ActionAnswered)
    assert not bad.good
    assert gone == ManagerGone()


def test_fields_are_not_shown() -> None:
    assert "13800001111" not in repr(ManagerEvent("Hangup", {"CallerIDNum": "13800001111"}))


@given(st.lists(st.integers(1, len(BANNER + GOOD + HANGUP)), max_size=8))
def test_any_cut_of_the_stream_reads_the_same(cuts: list[int]) -> None:
    stream = BANNER + GOOD + HANGUP
    manager = ManagerProtocol()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for begin, end in itertools.pairwise(edges):
        manager.receive_data(stream[begin:end])
    assert [type(item) for item in manager.events_received()] == [
        Greeted,
        ActionAnswered,
        ManagerEvent,
    ]


@pytest.mark.parametrize(
    ("name", "fields", "variables"),
    [
        ("Ping\r\nAction: Originate", {}, {}),
        ("Setvar", {"Value": "a\r\nAction: Originate"}, {}),
        ("Setvar", {"Value": "a\nb"}, {}),
        ("Setvar", {"Value": "a\x00"}, {}),
        ("Setvar", {"Value": "a\u2028b"}, {}),
        ("Setvar", {"Va: lue": "a"}, {}),
        ("Originate", {}, {"A": "x\r\ny"}),
        ("Originate", {}, {"A\r\nB": "x"}),
        ("Originate", {}, {"A=B": "x"}),
        ("Setvar", {"Value": "a" * 2000}, {}),
    ],
)
def test_nothing_that_breaks_out_of_a_header_leaves(
    name: str, fields: dict[str, str], variables: dict[str, str]
) -> None:
    manager = greeted()
    with pytest.raises(AmiUnsafe):
        manager.send_action(name, fields, variables)
    assert manager.data_to_send() == b""


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"x" * 300,
        BANNER + b"Nonsense\r\n\r\n",
        BANNER + b"a" * 70_000,
        BANNER + b"Event: X\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_ami_is_refused(data: bytes) -> None:
    with pytest.raises(AmiGarbled):
        ManagerProtocol().receive_data(data)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    manager = greeted()
    try:
        manager.receive_data(data)
        manager.receive_data(b"Event: " + data + b"\r\n\r\n")
        manager.receive_data(b"Response: " + data + b"\r\n\r\n")
    except AmiGarbled:
        pass
