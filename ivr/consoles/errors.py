"""What can be wrong about a request.

ConsoleError
├── SignInNeeded     a page with personal data, and nobody signed in
├── NotYours         the account's roles do not go so far
├── StepNeeded       something is to be done first: a password, a second factor, the agreement
├── FormForged       a change that does not come from one of our own pages
├── NotFound         no such page, call or case
├── RequestWrong     a form or address filled in wrongly
├── NumberUnusable   a number that cannot be dialled or registered
├── TicketSpent      a ticket for the media door that was used, ran out of time, or never was
├── RingOver         the phone does not ring any more
├── HandoverNotYours another seat's caller, or none that is on the line
├── HandoverNotNow   the hand-over is not in a state for it
├── NoteUnusable     nothing was written of a talk, or too much
└── TooManyTries     wrong passwords, one after the other

Texts are constant; what the reader sees is in `words`.
"""


class ConsoleError(Exception):
    """Something is wrong about a request."""

    code = "console"
    status = 400


class SignInNeeded(ConsoleError):
    """Nobody is signed in."""

    code = "sign_in_needed"
    status = 401


class NotYours(ConsoleError):
    """The roles of the account do not go so far."""

    code = "not_yours"
    status = 403


class StepNeeded(ConsoleError):
    """Something is to be done before anything else.

    Attributes:
        path: the page where it is done.
    """

    code = "step_needed"
    status = 403

    def __init__(self, path: str) -> None:
        super().__init__("something is to be done first")
        self.path = path


class FormForged(ConsoleError):
    """The request was not made by one of our pages."""

    code = "form_forged"
    status = 403


class NotFound(ConsoleError):
    """There is no such thing, or it is somebody else's."""

    code = "not_found"
    status = 404


class RequestWrong(ConsoleError):
    """What was filled in cannot be used."""

    code = "request_wrong"
    status = 422


class NumberUnusable(ConsoleError):
    """No telephone number."""

    code = "number_unusable"
    status = 422


class TicketSpent(ConsoleError):
    """The ticket opens nothing."""

    code = "ticket_spent"
    status = 403


class RingOver(ConsoleError):
    """The ringing ended before the phone was picked up."""

    code = "ring_over"
    status = 410


class HandoverNotYours(ConsoleError):
    """The caller is with another seat, or with nobody any more."""

    code = "handover_not_yours"
    status = 403


class HandoverNotNow(ConsoleError):
    """The hand-over is not in a state for it."""

    code = "handover_not_now"
    status = 409


class NoteUnusable(ConsoleError):
    """Nothing was written of a talk, or too much."""

    code = "note_unusable"
    status = 422


class TooManyTries(ConsoleError):
    """The password may not be tried for a while."""

    code = "too_many_tries"
    status = 429
