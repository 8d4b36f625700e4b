"""The shell around the ear: frames in, classified frames and recognized words out.

Audio is decoded only while an utterance is open. A short pre-roll goes with it, so that the first
consonant is not lost, and chunks of 80 ms keep the thread pool's overhead small.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import closing

from ivr.call.commands import DropUtterance, FinishUtterance, OpenEar, OpenUtterance
from ivr.call.events import BeepHeard, FrameHeard, Heard, PartlyHeard, RecognizerLost
from ivr.call.expect import counts_alone
from ivr.call.tones import BeepDetector
from ivr.call.vad import FRAME_SECONDS, VoiceDetector
from ivr.speech.errors import SpeechError
from ivr.speech.recognizer import Ear, Recognition, Recognizer

PRE_ROLL_FRAMES = 35
"""700 ms before the voice detector's decision: in noise it comes a syllable late, and 不中 must not become 中."""
_CHUNK_FRAMES = 4
_SHORT_SECONDS = 1.3
"""Only an utterance this short is tried against short answers."""
_NARROW_CONFIDENCE = 0.6
"""Of an answer that only the short grammar heard; the full model heard something else."""
_QUEUE_FRAMES = 250
"""5 s of audio; what comes while so much waits is dropped and counted. Commands never are."""

_VOICED, _UNVOICED = FrameHeard(FRAME_SECONDS, True), FrameHeard(FRAME_SECONDS, False)
HearingEvent = FrameHeard | BeepHeard | PartlyHeard | Heard | RecognizerLost


class Hearing:
    """Feeds one recognizer at a time.

    Args:
        open_detector: makes what tells voice from noise.
        ear: opens recognizers.
        tell: takes every event for the turn machine.
        beeps: tells a mailbox's beep; None where none can come.
    """

    def __init__(
        self, open_detector: Callable[[], VoiceDetector], ear: Ear,
        tell: Callable[[HearingEvent], None],
        beeps: BeepDetector | None = None,
    ) -> None:
        self.detector = open_detector()
        self._open_detector = open_detector
        self._beeps = beeps
        self._ear = ear
        self._opened = asyncio.Event()
        """Another ear is wanted for the one that was lost."""
        self._tell = tell
        self._pre_roll: deque[bytes] = deque(maxlen=PRE_ROLL_FRAMES)
        self._jobs: asyncio.Queue[bytes | FinishUtterance | DropUtterance | OpenUtterance] = asyncio.Queue()
        self._waiting_frames = 0
        self._open = False
        self._voiced = 0.0
        self.dropped_frames = 0
        self.deaf = False
        """The recognizer or the voice detector is lost: nothing is heard until another ear is opened."""
        self._detector_lost = False

    def frame(self, pcm: bytes, *, ours_dbfs: float = -100.0) -> bool:
        """Take 20 ms of the caller's audio; True while he speaks.

        Args:
            pcm: his audio.
            ours_dbfs: the loudest of what we said in the last moments.
        """
        return self.classified(pcm, voiced=self.detector.process(pcm, ours_dbfs=ours_dbfs))

    def classified(self, pcm: bytes, *, voiced: bool) -> bool:
        """Take 20 ms of which is known whether he speaks."""
        self._pre_roll.append(pcm)
        if self._open:
            self._voiced += FRAME_SECONDS if voiced else 0.0
            self._put(pcm)
        if self._beeps is not None and self._beeps.frame(pcm):
            self._tell(BeepHeard())
        self._tell(_VOICED if voiced else _UNVOICED)
        return voiced

    def key_pressed(self) -> None:
        """A key's tone is about to leave the audio."""
        self.detector.key_pressed()

    def perform(self, command: OpenUtterance | FinishUtterance | DropUtterance | OpenEar) -> None:
        """Open, finish or drop the utterance, or open another ear."""
        if isinstance(command, OpenEar):
            self._open_again()
        elif self.deaf:
            return
        elif isinstance(command, OpenUtterance):
            self._open, self._voiced = True, 0.0
            self._put(command)
            for pcm in self._pre_roll:
                self._put(pcm)
        else:
            self._open = False
            self._put(command)

    def _open_again(self) -> None:
        """Forget what the lost ear was to hear, and let another one listen."""
        while not self._jobs.empty():
            self._jobs.get_nowait()
        self._waiting_frames, self._open = 0, False
        if self._detector_lost:
            self.detector, self._detector_lost = self._open_detector(), False
        self.deaf = False
        self._opened.set()

    def _put(self, job: bytes | FinishUtterance | DropUtterance | OpenUtterance) -> None:
        if isinstance(job, bytes):
            if self._waiting_frames >= _QUEUE_FRAMES:
                self.dropped_frames += 1
                return
            self._waiting_frames += 1
        self._jobs.put_nowait(job)

    async def run(self) -> None:
        """Decode until cancelled; an ear that fails is reported, and another awaited."""
        while True:
            try:
                with closing(self._ear.open()) as recognizer:
                    await self._decode(recognizer)
            except SpeechError:
                self._opened.clear()
                self._goes_deaf()
            await self._opened.wait()

    def detector_lost(self) -> None:
        """The voice detector can tell nothing any more."""
        self._detector_lost = True
        self._goes_deaf()

    def _goes_deaf(self) -> None:
        """Said once for each ear."""
        if not self.deaf:
            self.deaf = True
            self._tell(RecognizerLost())

    async def _decode(self, recognizer: Recognizer) -> None:
        waiting: list[bytes] = []
        heard: list[bytes] = []
        while True:
            job = await self._jobs.get()
            match job:
                case bytes():
                    self._waiting_frames -= 1
                    waiting.append(job)
                    if len(waiting) >= _CHUNK_FRAMES:
                        heard += waiting
                        await self._accept(recognizer, waiting)
                        waiting = []
                case OpenUtterance():
                    waiting, heard = [], []
                    await recognizer.start()
                case DropUtterance():
                    waiting, heard = [], []
                case FinishUtterance():
                    heard += waiting
                    await self._accept(recognizer, waiting)
                    recognition = await recognizer.finish()
                    narrow = await self._narrow(recognizer, heard, job.phrases)
                    self._tell(_heard(recognition, narrow, self._voiced, binding=job.binding))
                    waiting, heard = [], []

    async def _accept(self, recognizer: Recognizer, frames: list[bytes]) -> None:
        if frames:
            partial = await recognizer.accept(b"".join(frames))
            if partial:
                self._tell(PartlyHeard(partial))

    async def _narrow(self, recognizer: Recognizer, frames: list[bytes], phrases: tuple[str, ...]) -> str:
        """Try a short utterance against the short answers alone; "" when it is none of them."""
        if not phrases or self._voiced > _SHORT_SECONDS:
            return ""
        await recognizer.start(phrases=phrases)
        await recognizer.accept(b"".join(frames))
        text = (await recognizer.finish()).text
        return text if text in phrases else ""


def _heard(recognition: Recognition, narrow: str, voiced_seconds: float, *, binding: bool) -> Heard:
    shares = {h.text: h.confidence for h in recognition.hypotheses if h.text}
    confidence = recognition.hypotheses[0].confidence if recognition.hypotheses else 0.0
    if narrow and narrow not in [*shares][:1] and counts_alone(narrow, [*shares], binding=binding):
        shares = {narrow: _NARROW_CONFIDENCE} | {text: share for text, share in shares.items() if text != narrow}
        confidence = _NARROW_CONFIDENCE
    return Heard(tuple(shares), confidence, voiced_seconds, tuple(shares.values()))
