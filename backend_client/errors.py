"""The errors of the back door.

BackendError
├── BackendDown     no usable answer now: refused, too slow, 5xx, or the breaker is open; try later
├── BackendWrong    an answer that breaks the contract; trying again does not help
└── BackendRefused  the backend understood and says no; carries its `code`
    └── ContactGone the contact token is unknown, used up or stale

No error carries a plate, a number or a text of the backend: texts of errors reach logs.
"""


class BackendError(Exception):
    """Something at the core backend did not work."""

    code = "backend_error"


class BackendDown(BackendError):
    """No usable answer now; trying later may help."""

    code = "backend_down"


class BackendWrong(BackendError):
    """An answer that breaks the contract."""

    code = "backend_wrong"


class BackendRefused(BackendError):
    """The backend says no."""

    code = "backend_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the backend refused: {reason}")
        self.reason = reason
        """Machine word of the contract, e.g. `signature_wrong`."""


class ContactGone(BackendRefused):
    """Nobody can be reached by this contact token any more."""

    code = "contact_gone"

    def __init__(self) -> None:
        super().__init__("contact_gone")
