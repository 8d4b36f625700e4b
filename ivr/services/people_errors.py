"""What can be wrong with an account or a sign-in.

PeopleError
├── SignInRefused    wrong name, password or one-time password, locked, or switched off
├── PasswordTooWeak  too short, too common, or has the account's name in it
├── AccountUnknown   no such account
├── AccountExists    the name is taken
└── AccountWrong     a name, role or region that cannot be; the last administrator
"""


class PeopleError(Exception):
    """Something about an account."""

    code = "people"


class SignInRefused(PeopleError):
    """Not let in.

    Attributes:
        reason: `wrong`, `locked`, `off` or `code_needed`: the password is right, the second factor is missing.
    """

    code = "sign_in_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"not let in: {reason}")
        self.reason = reason


class PasswordTooWeak(PeopleError):
    """A password that is guessed too soon.

    Attributes:
        reason: `short`, `long`, `common` or `name`.
    """

    code = "password_too_weak"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the password is too weak: {reason}")
        self.reason = reason


class AccountUnknown(PeopleError):
    """No such account."""

    code = "account_unknown"


class AccountExists(PeopleError):
    """The name is taken."""

    code = "account_exists"


class AccountWrong(PeopleError):
    """What was asked for cannot be.

    Attributes:
        reason: `name`, `roles`, `regions` or `last_administrator`.
    """

    code = "account_wrong"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the account cannot be like that: {reason}")
        self.reason = reason
