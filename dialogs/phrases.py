"""Every fixed phrase of the dialogue, for rendering ahead and for the studio's list."""

from dialogs.actions import words, words_exam, words_identity
from ivr.dialogue.replies import Say


def fixed_phrases() -> list[tuple[str, str]]:
    """Give (phrase id, text) of all sentences that never change."""
    modules = (words, words_identity, words_exam)
    says = [value for module in modules for value in vars(module).values() if isinstance(value, Say) and value.phrase_id]
    return [(say.phrase_id or "", say.text) for say in says]
