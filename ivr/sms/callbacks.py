"""Is a carrier's report really the carrier's? Twilio signs address and form, the gateway its body."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from twilio.request_validator import RequestValidator

from ivr.sms.gateway import signature

_MOST_SKEW_SECONDS = 300


def twilio_signed(auth_token: str, url: str, form: Mapping[str, str], given: str) -> bool:
    """Check `X-Twilio-Signature` of a form sent to `url`, as the carrier knows it."""
    validator = RequestValidator(auth_token)  # type: ignore[no-untyped-call]
    return bool(validator.validate(url, dict(form), given))  # type: ignore[no-untyped-call]


def gateway_signed(key: bytes, stamp: str, body: bytes, given: str, *, now: datetime) -> bool:
    """Check `X-Signature` of a body, and that `X-Timestamp` is of these minutes."""
    if not stamp.isascii() or not stamp.isdigit() or abs(int(stamp) - now.timestamp()) > _MOST_SKEW_SECONDS:
        return False
    return hmac.compare_digest(signature(key, stamp, body), given)
