"""The errors of this room.

SmsError
├── CarrierDown   no usable answer now; try later
└── SmsRefused    the carrier will not send this one; carries its `reason`

No error carries a number or a text.
"""


class SmsError(Exception):
    """A text was not handed over."""

    code = "sms_error"


class CarrierDown(SmsError):
    """No usable answer now; trying later may help."""

    code = "carrier_down"


class SmsRefused(SmsError):
    """The carrier will not send this text to this number."""

    code = "sms_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the carrier refused: {reason}")
        self.reason = reason
        """Machine word, e.g. `twilio_21211`."""
