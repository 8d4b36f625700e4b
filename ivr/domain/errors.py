"""The errors of this room.

DomainError
├── PlateWrong      a text that is no number plate
├── IdNumberWrong   a text that is no resident identity number
├── PhoneWrong      a text that is no phone number
├── RulesBroken     a rules file that cannot be used: names the file and the row
└── RuleMissing     no rule of that name is in force there on that day

None carries what a caller said: texts of errors reach logs.
"""


class DomainError(Exception):
    """A fact of the domain does not hold."""

    code = "domain"


class PlateWrong(DomainError):
    """A text is no number plate; the message says which part, never the text."""

    code = "plate_wrong"


class IdNumberWrong(DomainError):
    """A text is no resident identity number; `reason` is one of length, area, birth, check."""

    code = "id_number_wrong"

    def __init__(self, reason: str) -> None:
        super().__init__(f"identity number: {reason}")
        self.reason = reason


class PhoneWrong(DomainError):
    """A text is no phone number of mainland China."""

    code = "phone_wrong"


class RulesBroken(DomainError):
    """A rules file that cannot be used."""

    code = "rules_broken"

    def __init__(self, file: str, row: str, problem: str) -> None:
        super().__init__(f"{file}: {row}: {problem}" if row else f"{file}: {problem}")
        self.file = file
        self.row = row
        self.problem = problem


class RuleMissing(DomainError):
    """No rule of that name is in force in that region on that day."""

    code = "rule_missing"

    def __init__(self, name: str, region: str, on: str) -> None:
        super().__init__(f"no rule {name} for region {region} on {on}")
        self.name = name
        self.region = region
        self.on = on
