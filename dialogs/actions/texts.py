"""Small pieces of speech that several businesses share."""

from ivr.domain.spoken import say_digits


def spoken_serial(serial: str) -> str:
    """V2611230001 as it is read: V，二六一一二三，零零零一."""
    return f"{serial[:1]}，{say_digits(serial[1:], yao=False, groups=(6,))}"
