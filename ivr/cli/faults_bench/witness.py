"""A caller who remembers when he heard something, and what. Pure."""

from dataclasses import dataclass, field
from itertools import pairwise

from ivr.cli.calls_bench.caller import Person, Speech

HOLDS = frozenset({"notifying", "still_holding", "still_working", "waiting", "owner_coming", "pbx_leave_word"})
"""Sentences after which he waits for the owner, or speaks to a recorder, and knows it."""
_CONTACT_SECONDS = 0.06


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which neither he nor the service made a sound."""

    began_at: float
    seconds: float
    held: bool
    """He had been told to wait."""


@dataclass
class Witness(Person):
    """A person whose memory can be asked afterwards."""

    sounds: list[float] = field(default_factory=list, repr=False)
    """When there was a sound of the service, of his own or of a key he pressed, every 20 ms of it; and when he was busy with his turn otherwise."""
    served: list[float] = field(default_factory=list, repr=False)
    """When the service was heard."""
    told: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    """Which of the service's sentences he knew, and when they were over."""
    greeted_at: float | None = None
    unheard: bool = False
    """The service has told him that it cannot hear him."""
    leaves_after: frozenset[str] = frozenset()
    """Sentences that are enough for him: he hangs up."""
    left: bool = False
    """He has hung up of his own accord, and not for want of patience."""
    _at: float = 0.0

    def hear(self, alaw: bytes, now: float) -> None:
        """A frame of the service."""
        super().hear(alaw, now)
        if self._quiet_since == now:
            self.sounds.append(now)
            self.served.append(now)
        if self.greeted_at is None and self.manner.known["greeting"] in self._heard:
            self.greeted_at = now

    def frame(self, now: float) -> bytes:
        """The next frame he sends."""
        self._at = now
        speaks = bool(self._saying)
        frame = super().frame(now)
        if speaks or self.pressed:
            self.sounds.append(now)
        return frame

    def presses(self, now: float) -> None:
        """He is busy with a key."""
        super().presses(now)
        self.sounds.append(now)

    def _answer(self) -> Speech | str | None:
        before = len(self.understood)
        answer = super()._answer()
        names = tuple(self.understood[before:])
        self.told.append((self._at, names))
        self.left = self.gave_up = bool(names) and (names[-1] in self.leaves_after or (self.unheard and "anything_else" in names))
        if "ear_lost" in names:  # whatever was asked behind it
            self.unheard = True
            return "0"
        return None if self.gave_up else answer

    def silences(self, since: float, until: float) -> list[Silence]:
        """Every silence within a time, in order."""
        edges = [since, *sorted(at for at in self.sounds if since < at < until), until]
        return [
            Silence(first, last - first, self._waits(first))
            for first, last in pairwise(edges)
            if last - first > _CONTACT_SECONDS
        ]

    def known_after(self, since: float) -> frozenset[str]:
        """Sentences he has heard the end of since then."""
        return frozenset(name for at, names in self.told if at > since for name in names)

    def told_last(self, at: float) -> str:
        """The sentence after which there was silence from a moment on: he knows it a little later."""
        last = next((names for told, names in reversed(self.told) if told <= at + 1.0 and names), ())
        return last[-1] if last else ""

    def _waits(self, at: float) -> bool:
        """Had he been told to wait when this silence began?"""
        last = next((names for told, names in reversed(self.told) if told <= at + 1.0), ())
        return bool(last) and last[-1] in HOLDS
