"""Acoustic units of Mandarin, and Kaldi's tables over them.

Units: silence, 21 initials (one HMM state each), toneless finals (two states), and four onsets for
syllables without an initial (yi = yy+i, wu = ww+u, yu = vv+v, er = aa+er): without them a run such as
wu-wu-wu (555) loses digits. Phones carry their place in the word (_B, _I, _E) so that words can be
aligned exactly; all places of one unit share their states.
"""

from pypinyin.contrib.tone_convert import to_finals, to_initials, to_normal

INITIALS = ("b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s")
FINALS = (
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "i", "ii", "iii",
    "ia", "ie", "iao", "iou", "ian", "in", "iang", "ing", "iong", "io", "u", "ua", "uo", "uai",
    "uei", "uan", "uen", "uang", "ueng", "v", "ve", "van", "vn",
)
ONSETS = ("yy", "ww", "vv", "aa")
SILENCE = "SIL"

Syllable = tuple[str, str]
"""(initial or "", final)."""


def onset_of(final: str) -> str:
    """Name the unit that begins a syllable without an initial."""
    return {"i": "yy", "u": "ww", "v": "vv"}.get(final[0], "aa")


def _states() -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {SILENCE: (0,)}
    following = 1
    for unit in (*INITIALS, *FINALS, *ONSETS):
        count = 2 if unit in FINALS else 1
        table[unit] = tuple(range(following, following + count))
        following += count
    return table


STATES = _states()
"""Unit -> ids of its HMM states (Kaldi: pdf ids)."""
STATE_COUNT = sum(len(ids) for ids in STATES.values())


def _phones() -> dict[str, int]:
    names = [SILENCE]
    names += [f"{unit}_{place}" for unit in (*INITIALS, *ONSETS) for place in "BI"]
    names += [f"{unit}_{place}" for unit in FINALS for place in "IE"]
    return {name: number for number, name in enumerate(names, 1)}


PHONES = _phones()
"""Phone -> id, from 1."""


def unit_of(phone: str) -> str:
    """`zh_B` -> `zh`."""
    return phone if phone == SILENCE else phone.rsplit("_", 1)[0]


TRIPLES = tuple(
    (number, place, state)
    for name, number in sorted(PHONES.items(), key=lambda item: item[1])
    for place, state in enumerate(STATES[unit_of(name)])
)
"""Kaldi's transition states: (phone id, HMM state, pdf id)."""


def _transition_ids() -> dict[str, tuple[tuple[int, int], ...]]:
    table: dict[str, list[tuple[int, int]]] = {}
    names = {number: name for name, number in PHONES.items()}
    for position, (number, _, _) in enumerate(TRIPLES, 1):
        table.setdefault(names[number], []).append((2 * position, 2 * position - 1))
    return {name: tuple(ids) for name, ids in table.items()}


TRANSITIONS = _transition_ids()
"""Phone -> per state (forward, self-loop) transition ids."""


def split_syllable(pinyin: str) -> Syllable | None:
    """`zhuang4` -> ("zh", "uang"); None for a sound that is no Mandarin syllable."""
    plain = to_normal(pinyin).replace("ü", "v")
    if plain == "r":
        plain = "er"
    if plain in ("ng", "n", "m", "hm", "hng", "ê"):
        return None
    initial = to_initials(plain, strict=True)
    final = to_finals(plain, strict=True, v_to_u=False).replace("ü", "v").replace("ê", "e")
    if final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    known = (not initial or initial in INITIALS) and final in FINALS
    return (initial, final) if known else None


def phones_of(syllables: list[str]) -> tuple[str, ...] | None:
    """Syllables of one word -> its phones; None when one of them cannot be said."""
    units: list[str] = []
    for syllable in syllables:
        parts = split_syllable(syllable)
        if parts is None:
            return None
        initial, final = parts
        units += [initial or onset_of(final), final]
    return (f"{units[0]}_B", *(f"{unit}_I" for unit in units[1:-1]), f"{units[-1]}_E")
