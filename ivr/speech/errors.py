"""The errors of this room.

SpeechError
├── ModelMissing            no recognition model in that folder, or a file of it is absent
├── ModelBroken             the model's files are there, and cannot be used
├── RecognizerLost          decoding failed, or the ear is closed
├── VoiceMissing            the synthesizer's library or voice is not installed
├── SynthesisFailed         a sentence was not rendered in time, or not at all
└── AudioFormatUnsupported  audio of another encoding than the wanted one

Every message is one line and says the way out. No error carries what was said or heard.
"""


class SpeechError(Exception):
    """The ear or the mouth failed."""

    code = "speech_error"


class ModelMissing(SpeechError):
    """No recognition model where one was expected."""

    code = "speech_model_missing"


class ModelBroken(SpeechError):
    """The model's files cannot be used."""

    code = "speech_model_broken"


class RecognizerLost(SpeechError):
    """Decoding failed; the call goes on by keys."""

    code = "recognizer_lost"


class VoiceMissing(SpeechError):
    """The synthesizer's library or voice is not installed."""

    code = "voice_missing"


class SynthesisFailed(SpeechError):
    """A sentence was not rendered; the next one is tried with a fresh engine."""

    code = "synthesis_failed"


class AudioFormatUnsupported(SpeechError):
    """Audio of another encoding than the wanted one."""

    code = "audio_format_unsupported"

    def __init__(self, actual: str, wanted: str = "WAV, 16-bit PCM, best 8000 Hz mono") -> None:
        super().__init__(f"the audio is {actual}; wanted is {wanted}")
        self.actual = actual
        self.wanted = wanted
