"""What the house has texted, read as its receiver reads it."""

import re

_CODE = re.compile("验证码([0-9]{6})，")


def code_in(text: str) -> str | None:
    """Give the code that a text brings; None where it brings none."""
    found = _CODE.search(text)
    return found[1] if found else None
