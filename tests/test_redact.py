import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.redact import configure_logging, mask_text, mask_value

PHONE = "13900002222"
ID = "11010519491231002X"


@pytest.fixture
def kept() -> Iterator[None]:
    """Logging is as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    factory = logging.getLogRecordFactory()
    hooks = (sys.excepthook, threading.excepthook)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.setLogRecordFactory(factory)
        sys.excepthook, threading.excepthook = hooks


@pytest.fixture
def log(kept: None) -> io.StringIO:
    """The log of a process that called `configure_logging`."""
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    return stream


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("来电 13900002222 已接通", "来电 ***2222 已接通"),
        ("to=+8613900002222;", "to=***2222;"),
        ("139 0000 2222", "***2222"),
        ("139-0000-2222", "***2222"),
        ("ref13900002222", "ref***2222"),
        ("sip:13900002222@trunk", "sip:***2222@trunk"),
        ("0510-81234567", "***4567"),
        ("身份证11010519491231002X。", "身份证***ID***。"),
        ("110105194912310021", "***ID***"),
        ("手机号一三九零零零零二二二二", "手机号***"),
        ("您的验证码是 482913，五分钟内有效", "您的验证码是 ***，五分钟内有效"),
        ("482913是您的验证码", "***是您的验证码"),
        ("验证码四八二九一三", "验证码***"),
        ('{"sms_code": "482913"}', '{"sms_code": "***"}'),
        ('/dtmf{"digits":"482913"}', '/dtmf{"digits":"***"}'),
        ("车牌苏B12345挡路", "车牌苏B****挡路"),
        ("苏b·12345", "苏b****"),
        ("苏BD12345", "苏B****"),
        ("苏A8888警 粤Z1234港", "苏A**** 粤Z****"),
        (r'{"plate": "\u82cfB12345"}', r'{"plate": "\u82cfB****"}'),
        ("GET /cars?plate=%E8%8B%8FB12345", "GET /cars?plate=%E8%8B%8FB****"),
        ("Authorization: HMAC key=ivr, signature=abcdef", "Authorization: ***"),
        ("{'authorization': 'Bearer abcdefgh1234'}", "{'authorization': '***'}"),
        ("header bearer eyJhbGciOi.J9", "header bearer ***"),
        (
            "POST http://rasa:5005/webhooks?token=s3cret&x=1",
            "POST http://rasa:5005/webhooks?token=***&x=1",
        ),
        ("postgresql+asyncpg://ivr:pa55@db/ivr", "postgresql+asyncpg://ivr:***@db/ivr"),
        ("password='hunter2'", "password='***'"),
    ],
)
def test_masks_what_names_a_person_or_opens_a_door(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "case M2611230001 for 苏B1**** is due",
        "call 1390000222213900002222abcdefabcd ended",
        "call 13900002-2221-4390-8000-022221390000 ended",
        "took 1234.5 ms of 3000",
        "12123 110 122 12122",
        "at 1795410116807-0",
        "第八十一条，二十分钟后再打",
    ],
)
def test_leaves_serials_ids_and_measures_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(alphabet="1390X苏Bbc验证码一二-: ", max_size=60), st.sampled_from([PHONE, ID]))
def test_no_phone_or_id_survives_whatever_stands_around_it(around: str, secret: str) -> None:
    assert secret not in mask_text(f"{around} {secret} {around}")


def test_a_code_is_known_by_the_name_of_its_attribute() -> None:
    value = {"digits": "482913", "turn": 482913, "list": [PHONE], "ok": True, "tail": "2222"}
    assert mask_value(value) == {
        "digits": "***",
        "turn": 482913,
        "list": ["***2222"],
        "ok": True,
        "tail": "2222",
    }


def test_arguments_are_masked_and_harmless_ones_kept(log: io.StringIO) -> None:
    logging.getLogger("ivr.call").info("caller %s turn %d", PHONE, 3)
    logging.getLogger("ivr.call").info("number %d", int(PHONE))
    text = log.getvalue()
    assert "INFO ivr.call caller ***2222 turn 3\n" in text
    assert PHONE not in text


def test_extras_stand_behind_the_message(log: io.StringIO) -> None:
    logging.getLogger("ivr").warning("lost", extra={"call_id": "ab12", "who": {"phone": PHONE}})
    assert "WARNING ivr lost call_id=ab12 who={'phone': '***2222'}\n" in log.getvalue()


def test_the_text_of_an_exception_and_of_its_cause_is_masked(log: io.StringIO) -> None:
    def fail() -> None:
        try:
            int(PHONE + "a")
        except ValueError as error:
            raise RuntimeError(f"no plate 苏B{12345}") from error

    try:
        fail()
    except RuntimeError:
        logging.getLogger("ivr").exception("failed")
    text = log.getvalue()
    assert "RuntimeError: no plate 苏B****" in text
    assert "invalid literal for int() with base 10: '***2222a'" in text


def test_arguments_that_do_not_fit_leak_nothing(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("ivr").info("caller", PHONE)
    assert PHONE not in log.getvalue() + "".join(capsys.readouterr())


def test_a_handler_brought_by_a_library_gets_masked_messages(log: io.StringIO) -> None:
    foreign = io.StringIO()
    library = logging.getLogger("some.library")
    handler = logging.StreamHandler(foreign)
    library.addHandler(handler)
    try:
        library.error("GET /%s", PHONE)
    finally:
        library.removeHandler(handler)
    assert foreign.getvalue() == "GET /***2222\n"


def test_handlers_that_were_there_before_are_gone(kept: None) -> None:
    early = logging.getLogger("early.library")
    early.addHandler(logging.StreamHandler(io.StringIO()))
    early.propagate = False
    configure_logging("error", stream=io.StringIO())
    assert early.handlers == []
    assert early.propagate


def test_json_lines_carry_extras_as_fields(kept: None) -> None:
    stream = io.StringIO()
    configure_logging("debug", json_lines=True, stream=stream)
    logging.getLogger("ivr").debug("转接 %s", PHONE, extra={"queue": "human", "ms": 12})
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert {**line, "at": ""} == {
        "at": "",
        "level": "debug",
        "logger": "ivr",
        "message": "转接 ***2222",
        "queue": "human",
        "ms": 12,
    }


def test_a_crash_of_the_process_a_thread_or_a_warning_is_masked(log: io.StringIO) -> None:
    error = RuntimeError(f"caller {PHONE}")
    sys.excepthook(RuntimeError, error, None)

    def crash() -> None:
        raise RuntimeError(f"thread of {PHONE}")

    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"old api for {PHONE}", stacklevel=1)
    text = log.getvalue()
    assert PHONE not in text
    assert text.count("***2222") >= 3
