"""What our own ear makes of what was sent or recorded."""

from ivr.domain.sounds import blurred, plain, sounds
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar


async def understood(pcm: bytes) -> str:
    """What our own ear makes of a piece of sound."""
    ear = VoskEar(Settings(_env_file=None).speech_model, threads=1)
    try:
        recognizer = ear.open()
        await recognizer.start()
        for at in range(0, len(pcm), 3200):
            await recognizer.accept(pcm[at : at + 3200])
        return (await recognizer.finish()).text.replace(" ", "")
    finally:
        ear.close()


def sounds_in(words: str, text: str) -> bool:
    """Are these words in what was heard, by their sounds?"""
    said, heard = ("".join(f"/{blurred(each)}" for each in sounds(plain(part))) for part in (words, text))
    return said in heard
