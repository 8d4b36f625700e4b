"""What can go wrong at the front door.

* `TelephonyError`
    * `MediaError`
        * `MediaGarbled` - a message that breaks the media protocol
        * `MediaOutOfPlace` - a sound message that the state of the line does not allow
        * `MediaFlood` - more than a live line can send
        * `MediaClosed` - the line is gone
    * `AmiError`
        * `AmiGarbled` - bytes that are not AMI
        * `AmiUnsafe` - a name or value that would break out of its header
        * `AmiRefused` - Asterisk answered `Error`
        * `AmiDown` - no connection, or none in time
    * `ExchangeError`
        * `NumberTaken` - a phone is already registered under this number

Texts are constant: no number, digit or word of a caller is ever part of one.
"""


class TelephonyError(Exception):
    """Base of all errors of the front door."""

    code = "telephony"


class MediaError(TelephonyError):
    """Base of the media line's errors."""

    code = "media"
    close_code = 1011
    """WebSocket close code that tells the other side."""


class MediaGarbled(MediaError):
    """A message that cannot be read."""

    code = "media_garbled"
    close_code = 1007


class MediaOutOfPlace(MediaError):
    """A message that can be read but has no place here."""

    code = "media_out_of_place"
    close_code = 1002


class MediaFlood(MediaError):
    """The other side sends faster than a live line can."""

    code = "media_flood"
    close_code = 1008


class MediaClosed(MediaError):
    """The line is gone; nothing can be sent any more."""

    code = "media_closed"
    close_code = 1000


class AmiError(TelephonyError):
    """Base of the manager interface's errors."""

    code = "ami"


class AmiGarbled(AmiError):
    """The peer does not speak AMI, or sends more than a message may hold."""

    code = "ami_garbled"


class AmiUnsafe(AmiError):
    """A header name or value that could start a header of its own."""

    code = "ami_unsafe"


class AmiRefused(AmiError):
    """Asterisk understood the action and said no."""

    code = "ami_refused"

    def __init__(self, action: str) -> None:
        super().__init__(f"Asterisk refused the action {action}")
        self.action = action


class AmiDown(AmiError):
    """Asterisk cannot be reached, or did not answer in time."""

    code = "ami_down"


class ExchangeError(TelephonyError):
    """Base of the embedded exchange's errors."""

    code = "exchange"


class NumberTaken(ExchangeError):
    """Another phone is registered under the number."""

    code = "number_taken"
