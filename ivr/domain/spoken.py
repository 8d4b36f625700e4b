"""What callers say, understood; what the service says, written out. The public names of this room's ear.

Every `hear_*` takes what the recogniser wrote (right sounds, often wrong characters, no punctuation)
and never invents: what cannot be heard stays None.
"""

from ivr.domain.spoken_answers import hear_colour, hear_yes_no
from ivr.domain.spoken_digits import (
    hear_digits,
    hear_phone,
    mask_personal,
    say_digits,
)
from ivr.domain.spoken_numbers import read_number, say_number
from ivr.domain.spoken_places import PlaceHeard, hear_place
from ivr.domain.spoken_plates import (
    PlateHeard,
    correct_plate,
    hear_plate,
    plate_from_keys,
    say_plate,
)
from ivr.domain.spoken_trouble import REASONS, hear_reason, hear_urgency

__all__ = [
    "REASONS",
    "PlaceHeard",
    "PlateHeard",
    "correct_plate",
    "hear_colour",
    "hear_digits",
    "hear_phone",
    "hear_place",
    "hear_plate",
    "hear_reason",
    "hear_urgency",
    "hear_yes_no",
    "mask_personal",
    "plate_from_keys",
    "read_number",
    "say_digits",
    "say_number",
    "say_plate",
]
