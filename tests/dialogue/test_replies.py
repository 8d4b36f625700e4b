import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.dialogue.replies import (
    Expect,
    ExpectKind,
    HangUp,
    Hold,
    Reply,
    ReplyBroken,
    Say,
    Transfer,
    from_wire,
    to_wire,
)

NAME = st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True)
TEXT = st.text(min_size=1, max_size=50)
EVERY = {
    Say: st.builds(Say, text=TEXT, interruptible=st.booleans(), phrase_id=st.none() | NAME),
    Expect: st.builds(
        Expect, kind=st.sampled_from(ExpectKind), count=st.integers(0, 32), sensitive=st.booleans(), retries_left=st.integers(0, 9),
        hints=st.lists(TEXT, max_size=3).map(tuple), example=st.none() | TEXT,
    ),
    Transfer: st.builds(Transfer, queue=NAME, reason=NAME, context=st.dictionaries(NAME, TEXT | st.booleans(), max_size=3)),
    Hold: st.builds(Hold, reason=NAME, seconds=st.floats(1, 600)),
    HangUp: st.builds(HangUp, reason=NAME),
}


def test_every_reply_is_tried():
    assert set(get_args(get_args(Reply)[0])) == set(EVERY)


@given(st.lists(st.one_of(*EVERY.values()), min_size=1, max_size=5))
def test_what_is_sent_is_what_arrives(replies: list[Any]):
    wire = json.loads(json.dumps([{"recipient_id": "c1", "custom": to_wire(reply)} for reply in replies]))
    arrived = from_wire(wire)
    assert arrived[: len(replies)] == replies
    assert arrived[len(replies) :] == ([Expect()] if isinstance(replies[-1], Say) else [])


def test_plain_text_is_said_and_something_is_expected_after_it():
    assert from_wire([{"text": "您好。"}]) == [Say(text="您好。"), Expect()]


@pytest.mark.parametrize(
    "wire",
    [
        [],
        [{}],
        [{"text": ""}],
        [{"custom": None}],
        [{"custom": {"reply": "sing", "text": "啦"}}],
        [{"custom": {"reply": "say"}}],
        [{"custom": {"reply": "hold", "reason": "x", "seconds": 0}}],
        [{"custom": {"reply": "transfer", "queue": "Car Move", "reason": "x"}}],
        [{"custom": {"reply": "say", "text": "好", "colour": "red"}}],
    ],
)
def test_what_breaks_the_contract_is_refused(wire: list[dict[str, Any]]):
    with pytest.raises(ReplyBroken):
        from_wire(wire)


def test_a_broken_reply_names_fields_and_no_values():
    with pytest.raises(ReplyBroken, match="seconds") as caught:
        from_wire([{"custom": {"reply": "hold", "reason": "x", "seconds": "13800001111"}}])
    assert "1380000" not in str(caught.value)


def test_a_reply_cannot_be_changed():
    with pytest.raises(ValidationError):
        Say(text="好").text = "不好"  # type: ignore[misc]
