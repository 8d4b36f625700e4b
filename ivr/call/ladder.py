"""Helping a caller who is silent or not understood: repeat, rephrase with an example, a human.

The two are counted apart; whatever is understood starts both anew.
"""

from dataclasses import dataclass

from ivr.call import announcements as words
from ivr.call.commands import Utter
from ivr.dialogue.replies import Expect, ExpectKind


@dataclass(frozen=True, slots=True)
class Help:
    """What is said next; `gives_up` names why the machine can help no further."""

    sentences: tuple[Utter, ...]
    gives_up: str | None = None


@dataclass(slots=True)
class Ladder:
    """How often in a row."""

    owner: bool = False
    """We rang this person: the keys of the hotline mean nothing to him."""
    silences: int = 0
    misses: int = 0

    def understood(self) -> None:
        """The caller was understood."""
        self.silences = self.misses = 0

    def silent(self, prompt: tuple[Utter, ...], expect: Expect) -> Help:
        """Nothing was said in time; the dialogue says how often one is asked again."""
        self.silences += 1
        if self.silences > expect.retries_left:
            return Help((words.TO_HUMAN_SILENT,), "no_input")
        opening = words.DID_NOT_GET if expect.sensitive else words.DID_NOT_HEAR
        return Help(self._sentences(self.silences, opening, prompt, expect))

    def missed(self, prompt: tuple[Utter, ...], expect: Expect) -> Help:
        """Something was said, and no word of it recognized."""
        self.misses += 1
        if self.misses > 2:
            return Help((words.TO_HUMAN,), "not_understood")
        return Help(self._sentences(self.misses, words.DID_NOT_UNDERSTAND, prompt, expect))

    def _sentences(self, step: int, opening: Utter, prompt: tuple[Utter, ...], expect: Expect) -> tuple[Utter, ...]:
        if step == 1:
            return (opening, *prompt)
        example = (Utter(expect.example),) if expect.example else ()
        keys = (words.KEYS_HELP,) if expect.kind is ExpectKind.OPEN and not self.owner else ()
        return (opening, *(example or prompt), *keys)
