"""Writes down who said what and how long each stage took; feeds the call log and the captions."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from ivr.call.announcements import HOLD_MUSIC
from ivr.call.commands import Ask, Speak, WriteDown
from ivr.call.events import Answered
from ivr.call.ports import CallFacts, TranscriptLine
from ivr.call.safekeeping import Safekeeping
from ivr.call.stopwatch import Stopwatch
from ivr.call.turns import Turns
from ivr.dialogue.replies import Understood

_REMEMBERED = 6
"""Lines that go with a caller who is handed over."""


class Transcript:
    """The lines of one call.

    Args:
        records: where they are kept.
        facts: whose call.
        watch: stages of the turn under way.
        clock: seconds since the call began.
    """

    def __init__(self, records: Safekeeping, facts: CallFacts, watch: Stopwatch, clock: Callable[[], float]) -> None:
        self._records = records
        self._facts = facts
        self._watch = watch
        self._clock = clock
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        self._waiting: TranscriptLine | None = None
        self._understood: tuple[int, Understood] | None = None
        self.keys = ""

    def recent(self) -> list[str]:
        """The last lines, masked, as `来电：…` and `系统：…`."""
        return list(self._recent)

    async def caller_said(self, ask: Ask, turns: Turns) -> None:
        """A question goes to the dialogue: that is what the caller said, typed or pressed."""
        if not ask.retry:
            confidence = None if self.keys else ask.metadata.get("confidence")
            await self._caller(ask.turn, ask.shown, confidence, turns)

    async def write_down(self, words: WriteDown, turns: Turns) -> None:
        """The caller said or pressed something that the dialogue is not asked about."""
        await self._caller(turns.turn, words.text, words.confidence, turns)

    async def _caller(self, number: int, text: str, confidence: float | None, turns: Turns) -> None:
        keys, self.keys = self.keys, ""
        await self.flush()
        self._recent.append(f"来电：{text}")
        await self._records.line(
            self._facts,
            TranscriptLine(
                number, by_caller=True, text=text, at_seconds=self._clock(), confidence=confidence, keys=keys or None,
                state=turns.state.value,
            ),
        )

    def answered(self, answer: Answered) -> None:
        """The dialogue says what it understood; the line that answers the same question keeps it."""
        understood = answer.replies[-1].understood
        if understood is not None:
            self._understood = (answer.turn, understood)

    async def service_says(self, speak: Speak, turns: Turns) -> None:
        """Sentences are on their way to the caller; the line is kept once its timings are known."""
        await self.flush()
        text = "".join(sentence.text for sentence in speak.sentences if sentence is not HOLD_MUSIC)
        if not text:
            return
        self._recent.append(f"系统：{text}")
        self._waiting = TranscriptLine(
            turns.turn, by_caller=False, text=text, at_seconds=self._clock(), understood=self._taken(turns.turn),
            state=turns.state.value,
        )
        if self._watch.answered is None:
            await self.flush()

    def _taken(self, turn: int) -> Understood | None:
        kept, self._understood = self._understood, None
        return kept[1] if kept is not None and kept[0] == turn else None

    def sounded(self) -> None:
        """The first audio of the answer has left: its stages are known."""
        if self._waiting is not None:
            self._waiting = replace(self._waiting, timings=self._watch.timings())
        self._watch.clear()

    async def flush(self) -> None:
        """Keep the line that waits, with what is known."""
        line, self._waiting = self._waiting, None
        if line is not None:
            await self._records.line(self._facts, line)
