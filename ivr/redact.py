"""Nothing that names a person reaches a log: masks messages, arguments, extras and exceptions.

`configure_logging` is called once, before anything logs. It masks twice: where a record is made,
so that a handler which a library brings along gets nothing else, and in our own handler, which also
sees the attributes given as `extra`. Call ids, digests and the tokens of callers stay readable.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import quote

_NUMERALS: Final = "零〇一二三四五六七八九幺两洞拐勾"
_PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PROVINCE: Final = "(?:[{}]|{}|{})".format(
    _PROVINCES,
    "|".join(f"\\\\u{ord(char):04x}" for char in _PROVINCES),
    "|".join(quote(char) for char in _PROVINCES),
)
"""As it is, as JSON escapes it, and as a URL carries it."""

Rules = Sequence[tuple[re.Pattern[str], str]]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((re.compile(pattern, re.IGNORECASE), mask) for pattern, mask in pairs)


_SECRETS: Final = _rules(
    (r"(authorization['\"]?\s*[:=,]\s*b?['\"]?)[^'\"\r\n]+", r"\1***"),
    (r"\b(bearer|basic|digest)\s+[A-Z0-9+/=._~-]{8,}", r"\1 ***"),
    (r"(://[^\s:/@]*:)[^\s@/]+@", r"\1***@"),
    (r"([?&](?:token|key|sig|signature|secret)=)[^&\s'\"]+", r"\1***"),
    (
        r"((?:password|passwd|auth_token|api_key|secret_key|secret)['\"]?\s*[:=]\s*['\"]?)"
        r"[^\s'\",}]+",
        r"\1***",
    ),
)
_PERSONAL: Final = _rules(
    (r"((?:验证码|校验码|动态码)\D{0,8})\d{4,8}(?!\d)", r"\1***"),
    (rf"((?:验证码|校验码|动态码)\D{{0,8}}?)[{_NUMERALS}]{{4,}}", r"\1***"),
    (r"(?<!\d)\d{4,8}(?=\D{0,6}(?:验证码|校验码|动态码))", "***"),
    (r"((?:sms_code|verification_code|dtmf|digits|keys)\W{1,5})\d{4,}", r"\1***"),
    (r"(?<!\d)\d{17}[\dX](?!\d)", "***ID***"),
    (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d([- ]?)\d{4}\1(\d{4})(?!\d)", r"***\2"),
    (r"(?<!\d)(?:\+?86[- ]?)?0\d{2,3}-?\d{3,4}(\d{4})(?!\d)", r"***\1"),
    (rf"[{_NUMERALS}]{{7,}}", "***"),
    (
        rf"({_PROVINCE} ?[A-Z])[·. -]?[0-9A-Z]{{4}}(?:[0-9A-Z]{{1,2}}|[学警港澳挂领])(?![0-9A-Z])",
        r"\1****",
    ),
)
_IDS: Final = re.compile(
    r"\b((?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))\b"
)
"""Call ids, digests, tokens: digits in them are no phone number."""

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_DEPTH: Final = 4
_QUIET: Final = ("httpx", "httpcore", "alembic", "aiosqlite", "asyncio", "websockets")
"""Libraries that would log every request."""


def mask_text(text: str) -> str:
    """Mask what names a person or opens a door; masking twice changes nothing more."""
    parts = _IDS.split(_masked(text, _SECRETS))
    return "".join(
        part if place % 2 else _masked(part, _PERSONAL) for place, part in enumerate(parts)
    )


def mask_value(value: Any, *, name: str = "", depth: int = 0) -> Any:
    """Mask an attribute of a record: texts and numbers, also within maps and lists.

    Args:
        value: anything.
        name: what it is called; a code is known by it.
        depth: how deep it lies in other values.
    """
    if value is None or isinstance(value, bool | float):
        return value
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {
            mask_text(str(key)): mask_value(item, name=str(key), depth=depth + 1)
            for key, item in value.items()
        }
    if depth < _MAX_DEPTH and isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item, name=name, depth=depth + 1) for item in value]
    text = str(value)
    masked = mask_text(f"{name}: {text}").partition(": ")[2] if name else mask_text(text)
    return value if masked == text and isinstance(value, int) else masked


def mask_record(record: logging.LogRecord) -> logging.LogRecord:
    """Mask message, exception and stack in place; a harmless message keeps its arguments."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message, record.args = f"{record.msg} (its arguments do not fit)", ()
        record.msg = mask_text(message)
    else:
        masked = mask_text(message)
        if masked != message:
            record.msg, record.args = masked, ()
    if record.exc_info and record.exc_info[1] is not None:
        lines = traceback.format_exception(record.exc_info[1])
        record.exc_text, record.exc_info = mask_text("".join(lines).rstrip()), None
    if record.stack_info:
        record.stack_info = mask_text(record.stack_info)
    return record


class RedactingFilter(logging.Filter):
    """On a handler: masks the whole record, extras included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, masked."""
        mask_record(record)
        for name, value in _extras(record).items():
            setattr(record, name, mask_value(value, name=name))
        return True


class LineFormatter(logging.Formatter):
    """`2026-11-23T05:14:03.997Z INFO ivr.call.session message call_id=... reason=...`."""

    def format(self, record: logging.LogRecord) -> str:
        """Give one line, and the exception below it."""
        extras = "".join(f" {name}={value}" for name, value in _extras(record).items())
        head = f"{_moment(record)} {record.levelname} {record.name} {record.getMessage()}{extras}"
        return "\n".join(part for part in (head, record.exc_text, record.stack_info) if part)


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for a log collector."""

    def format(self, record: logging.LogRecord) -> str:
        """Give one line."""
        facts = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_text:
            facts["exception"] = record.exc_text
        return json.dumps(facts, ensure_ascii=False, default=str)


def configure_logging(
    level: str = "info", *, json_lines: bool = False, stream: TextIO | None = None
) -> None:
    """Send all logs of the process, masked, to one place; libraries lose their own handlers.

    Args:
        level: debug, info, warning or error.
        json_lines: JSON for a collector instead of text for people.
        stream: where to; standard error when not given.
    """
    logging.setLogRecordFactory(_masked_record)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(JsonFormatter() if json_lines else LineFormatter())
    root = logging.getLogger()
    for name in (*root.manager.loggerDict, "root"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


def _masked_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    return mask_record(logging.LogRecord(*args, **kwargs))


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("the process ends", exc_info=(kind, error, trace))


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None:
        info = (crash.exc_type, crash.exc_value, crash.exc_traceback)
        logging.getLogger(__name__).critical("a thread ends", exc_info=info)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _masked(text: str, rules: Rules) -> str:
    for pattern, mask in rules:
        text = pattern.sub(mask, text)
    return text
