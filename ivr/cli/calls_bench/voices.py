"""What the crowd says, rendered ahead, and the sounds by which it knows the service's sentences.

The crowd measures load, not the ear: a sentence whose plate or place the shipped ear does not get in
silence is not used. What was rendered and tried is kept in a folder.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.cli.calls_bench.caller import AGAIN, Manner, Speech, loud_samples
from ivr.domain.spoken import hear_place, hear_plate, say_digits
from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw, silence, trim_silence
from ivr.speech.phrases import PhraseBook
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.recognizer import Ear, hear_whole

HOME = "苏B"
PLACES = ("清扬路六十八号门口", "人民路九十八号门口", "人民路和中山路路口")
_THINKS = (0.3, 0.5, 0.2, 0.7)
_VOICES = (("f4", 170), ("m3", 165), ("f2", 165))
_WHOLE, _PLATE, _SHORT = "whole", "plate", "short"
_PIECE_BYTES = 160
_TAKEN = frozenset({12345, 77777, 66666, 54321, 98765, 22222, 33333, 44444, 55555})
"""Plates of the sandbox's own people."""
BRIEF = frozenset({"one_moment", "try_again", "still_working"})
WAITS = ("notifying", "still_holding", "still_working", "one_moment", "try_again", "goodbye", "waiting", "owner_coming")


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who calls, about whose car."""

    number: str
    plate: str
    owner: str
    opening: Speech = field(repr=False)
    plate_alone: Speech = field(repr=False)
    place: Speech = field(repr=False)


@dataclass(frozen=True, slots=True)
class Common:
    """What all of them say, and know."""

    colour: Speech
    yes: Speech
    no_more: Speech
    known: Mapping[str, bytes]


def manner_of(citizen: Citizen, common: Common) -> Manner:
    """How he answers: agrees to a read-back, waits when told so."""
    answers: dict[str, Speech | str | None] = dict.fromkeys(WAITS)
    answers |= {
        "greeting": citizen.opening, "hello": citizen.opening, "not_understood": citizen.opening,
        "what_plate": citizen.plate_alone, "plate_not_heard": citizen.plate_alone, "where": citizen.place,
        "what_colour": common.colour, "anything_else": common.no_more, "did_not_understand": AGAIN,
        "did_not_hear": AGAIN, "broken": AGAIN, "yes_or_no": common.yes,
    }  # fmt: skip
    return Manner(answers, common.yes, common.known, BRIEF)


def thinking(index: int) -> tuple[float, ...]:
    """Seconds that the caller of this index thinks, one after another."""
    return tuple(_THINKS[(index + at) % len(_THINKS)] for at in range(len(_THINKS)))


def owner_manner(common: Common) -> Manner:
    """Hears the notice out and presses 1."""
    return Manner({"owner_unclear": "1"}, None, common.known)


class Voices:
    """Renders and keeps.

    Args:
        folder: where it is kept.
        ear: tries what is rendered.
    """

    def __init__(self, folder: Path, ear: Ear) -> None:
        self._folder = folder
        self._ear = ear
        self._speakers = [PyttsxSynthesizer(variant=variant, rate=rate) for variant, rate in _VOICES]

    async def close(self) -> None:
        """End the speakers."""
        for speaker in self._speakers:
            await speaker.close()

    async def common(self, phrases: Mapping[str, str], cache: Path, *, early: Mapping[str, float] | None = None) -> Common:
        """What everybody says; the service's sentences are taken from its own cache.

        Args:
            phrases: texts by id.
            cache: the service's.
            early: by id, within how many seconds of its beginning a sentence is to be known.
        """
        mouth = PhraseBook(PyttsxSynthesizer(), cache_dir=cache)
        ends = {name: int(8000 * seconds) for name, seconds in (early or {}).items()}
        known = {name: piece_of(pcm_to_alaw(await mouth.audio(text, name))[: ends.get(name)]) for name, text in phrases.items()}
        said = {name: await self._speech(name, text, 0) for name, text in (("yes", "对"), ("colour", "白色的"), ("no_more", "没有了"))}
        return Common(said["colour"], said["yes"], said["no_more"], known)

    async def citizens(self, count: int, progress: Callable[[int, int], None]) -> Sequence[Citizen]:
        """So many callers, each about another car; every fourth says one thing at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        drawn = random.Random(12123).sample(range(10_000, 99_999), 4 * count)  # noqa: S311 - made-up plates
        found: list[Citizen] = []
        for number in drawn:
            if len(found) == count:
                break
            if number not in _TAKEN and (citizen := await self._citizen(len(found), number)) is not None:
                found.append(citizen)
                progress(len(found), count)
        return found

    async def said(self, name: str, text: str, right: Callable[[Sequence[str]], bool]) -> Speech | None:
        """A sentence in the first voice in which the ear gets it right; None: in none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for speaker in range(len(self._speakers)):
            speech = await self._tried(f"{speaker}-{name}", text, speaker, right)
            if speech is not None:
                return speech
        return None

    async def _citizen(self, index: int, number: int) -> Citizen | None:
        plate, place = f"{HOME}{number}", PLACES[number % len(PLACES)]
        said, speaker = f"{HOME}{say_digits(str(number), yao=False)}", number % len(self._speakers)
        alone = await self._tried(f"{number}-{_PLATE}", said, speaker, lambda texts: _hears_plate(texts, plate))
        name = f"{PLACES.index(place)}{speaker}-place"
        where = await self._tried(name, place, speaker, lambda texts: hear_place(texts[0], asked=True).text == place)
        if alone is None or where is None:
            return None
        if index % 4 == 3:
            opening: Speech | None = await self._speech(f"{_SHORT}-{speaker}", "我要挪车", speaker)
        else:
            text = f"有辆车把我堵住了，车牌{said}，在{place}"
            opening = await self._tried(
                f"{number}-{_WHOLE}", text, speaker,
                lambda texts: _hears_plate(texts, plate) and hear_place(texts[0]).text == place,
            )  # fmt: skip
        if opening is None:
            return None
        return Citizen(f"137{index:08d}", plate, f"139{number:08d}", opening, alone, where)

    async def _tried(self, name: str, text: str, speaker: int, right: Callable[[Sequence[str]], bool]) -> Speech | None:
        refused = self._folder / f"{name}.refused"
        if refused.exists():
            return None
        known = (self._folder / f"{name}.al").exists()
        speech = await self._speech(name, text, speaker)
        if known or right(await self._heard(speech)):
            return speech
        (self._folder / f"{name}.al").unlink()
        refused.touch()
        return None

    async def _speech(self, name: str, text: str, speaker: int) -> Speech:
        path = self._folder / f"{name}.al"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            pcm = trim_silence(await self._speakers[speaker].say(text), keep_after=0.0)
            path.write_bytes(pcm_to_alaw(pcm))
        return Speech(name.partition("-")[2] or name, path.read_bytes())

    async def _heard(self, speech: Speech) -> list[str]:
        heard = await hear_whole(self._ear, silence(0.4) + alaw_to_pcm(speech.alaw) + silence(0.3))
        return [each.text for each in heard.hypotheses if each.text] or [""]


def piece_of(alaw: bytes) -> bytes:
    """The 20 ms of a sentence with the most sound in them."""
    starts = range(0, max(1, len(alaw) - _PIECE_BYTES), _PIECE_BYTES)
    return max((alaw[at : at + _PIECE_BYTES] for at in starts), key=loud_samples)


def _hears_plate(texts: Sequence[str], plate: str) -> bool:
    heard = hear_plate(texts, home=HOME, asked=True)
    return heard.plate is not None and heard.plate.text == plate and heard.question is None
