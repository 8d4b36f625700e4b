"""Websocket frames as they lie in what a socket gave. Pure.

Nearly all that comes on a line is sound, in whole frames of one kind. Measured with 90 lines of 50 frames a second,
the reading of the sockets with it: 16 % of a core where the library takes every frame apart, 8 % where these two
functions take the sound and leave the rest to it.
"""

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the compiled part
    from websockets.utils import apply_mask

_FINAL_BINARY = 0x82
_MASKED = 0x80
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_MASK_BYTES = 4


def sound_ahead(data: bytes, *, most_bytes: int) -> tuple[list[bytes], int]:
    """Unmask the whole messages of sound at the beginning.

    Args:
        data: from the beginning of a frame.
        most_bytes: of a message; a longer one is left where it is.

    Returns:
        The messages, and how many bytes of `data` they take up.
    """
    messages: list[bytes] = []
    at, end = 0, len(data)
    while at + 2 <= end and data[at] == _FINAL_BINARY:
        length = data[at + 1] - _MASKED
        head = 2
        if length == _TWO_BYTES and at + 4 <= end:
            length, head = data[at + 2] << 8 | data[at + 3], 4
        elif not 0 <= length < _TWO_BYTES:
            break
        sound = at + head + _MASK_BYTES
        if length > most_bytes or sound + length > end:
            break
        messages.append(apply_mask(data[sound : sound + length], data[sound - _MASK_BYTES : sound]))
        at = sound + length
    return messages, at


def frame_bytes(data: bytes) -> int | None:
    """Say how long the frame at the beginning is, its header with it; None: its header has not all come."""
    if len(data) < 2:
        return None
    masked, length = data[1] & _MASKED, data[1] & ~_MASKED
    head = 2 + {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(length, 0)
    if len(data) < head:
        return None
    if head > 2:
        length = int.from_bytes(data[2:head], "big")
    return head + (_MASK_BYTES if masked else 0) + length
