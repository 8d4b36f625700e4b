"""Every fixed phrase of the dialogue, for rendering ahead and for the studio's list."""

from dialogs.actions import (
    places,
    rating,
    words,
    words_asides,
    words_exam,
    words_identity,
    words_paper,
)
from ivr.dialogue.replies import Say


def fixed_phrases() -> list[tuple[str, str]]:
    """Give (phrase id, text) of all sentences that never change."""
    modules = (words, words_identity, words_exam, words_paper, words_asides, places, rating)
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, dict)]
    says = [value for module in modules for value in vars(module).values() if isinstance(value, Say) and value.phrase_id]
    says += [value for table in tables for value in table.values() if isinstance(value, Say) and value.phrase_id]
    return list({say.phrase_id or "": (say.phrase_id or "", say.text) for say in says}.values())
