"""What Asterisk's dialplan notes of a call that it carried on without the service."""

import pytest

from ivr.domain.fallback_calls import FallbackCall, call_id_of, read_fallback_call

CALL = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NOTES = """\
began 1790000000.250 lost x13800001111 x12123
asked 1790000031.000 xexams
ended 1790000055.125 nobody
"""


def test_a_call_with_a_message_is_read_whole() -> None:
    assert read_fallback_call(CALL, NOTES) == FallbackCall(
        CALL, "lost", 1790000000.25, "13800001111", "12123", asked_at=1790000031.0, queue="exams",
        ended_at=1790000055.125,
    )


def test_a_withheld_number_and_a_seat() -> None:
    call = read_fallback_call(CALL, "began 1.5 unreached x x12123\nended 2.5 seat\n")
    assert call is not None
    assert (call.caller, call.by_seat, call.asked_at) == (None, True, None)


def test_without_an_end_it_is_not_over() -> None:
    call = read_fallback_call(CALL, NOTES.split("ended")[0])
    assert call is not None
    assert call.ended_at is None


@pytest.mark.parametrize("text", ["", "ended 1.5 seat", "began 1.5 stolen x1 x2", "began x lost x1 x2", "\x00"])
def test_without_a_beginning_it_is_nothing(text: str) -> None:
    assert read_fallback_call(CALL, text) is None


def test_no_repr_shows_a_number() -> None:
    assert "13800001111" not in repr(read_fallback_call(CALL, NOTES))


def test_a_files_name_tells_the_call() -> None:
    assert call_id_of("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0") == CALL
    assert call_id_of("../../etc/passwd") is None
