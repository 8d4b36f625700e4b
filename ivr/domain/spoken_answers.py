"""Short answers: yes or no, colour, reason, and whether a life is at stake."""

from collections.abc import Sequence


def hear_yes_no(texts: Sequence[str]) -> bool | None:
    """True yes, False no, None neither; `texts` are the recogniser's guesses, best first."""
    raise NotImplementedError


def hear_colour(text: str) -> str | None:
    """One of 白 黑 灰 银 红 蓝 绿 黄 棕 金 紫 橙 粉; `unknown` when he says that he does not know; None unheard."""
    raise NotImplementedError


def hear_reason(text: str) -> str | None:
    """One of blocked_exit, taken_space, blocked_road, fire_lane, window_open, engine_running, other."""
    raise NotImplementedError


def hear_urgency(text: str) -> str | None:
    """One of child_locked, pet_locked, fire, ambulance, injury, accident; None when nobody is in danger."""
    raise NotImplementedError
