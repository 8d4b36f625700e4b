"""A sentence that is cut in the middle of a wave clicks; one that fades within a frame does not. Pure."""

from array import array

from telephony.media.alaw import encode, samples
from telephony.media.codecs import Codec


def fade_out(frame: bytes, codec: Codec) -> bytes:
    """Give a frame that begins as loud as it was and ends in silence."""
    sound = samples(frame, codec)
    return _written([value * (len(sound) - at) // len(sound) for at, value in enumerate(sound)], codec)


def fade_in(frame: bytes, codec: Codec) -> bytes:
    """Give a frame that begins in silence and ends as loud as it was."""
    sound = samples(frame, codec)
    return _written([value * (at + 1) // len(sound) for at, value in enumerate(sound)], codec)


def _written(sound: list[int], codec: Codec) -> bytes:
    pcm = array("h", sound).tobytes()
    return pcm if codec.name == "slin" else encode(pcm)
