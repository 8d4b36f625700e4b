"""Voices nobody has: random variants of espeak's formants, pitch and breath, in a copied data folder.

One synthesizer has few voices; a network trained on its own variants alone learns those throats by heart.
"""

import random
from pathlib import Path

RANDOM_VARIANTS = 160
_DEBIAN_DATA = next(iter(sorted(Path("/usr/lib").glob("*/espeak-ng-data"))), Path("/usr/share/espeak-ng-data"))
_FAMILIES = ("sit", "gmw")
"""Sino-Tibetan, and the English that espeak starts with: it lists at most 349 voices and variants."""


def _variant(name: str, r: random.Random) -> str:
    woman = r.random() < 0.5
    low = r.uniform(130, 210) if woman else r.uniform(65, 115)
    throat = r.uniform(104, 128) if woman else r.uniform(84, 108)
    lines = ["language variant", f"name {name}", f"gender {'female' if woman else 'male'}"]
    lines.append(f"pitch {low:.0f} {low * r.uniform(1.15, 1.75):.0f}")
    for number in range(9):
        place = throat * r.uniform(0.93, 1.07) if number else r.uniform(85, 115)
        lines.append(f"formant {number} {place:.0f} {r.uniform(60, 130):.0f} {r.uniform(65, 150):.0f}")
    if r.random() < 0.1:
        lines.append(f"klatt {r.randint(1, 5)}")
    if r.random() < 0.4:
        lines.append("breath " + " ".join(str(r.randrange(5)) for _ in range(8)))
    if r.random() < 0.3:
        lines.append(f"roughness {r.randint(1, 5)}")
    if r.random() < 0.3:
        lines.append(f"flutter {r.randint(1, 15)}")
    if r.random() < 0.4:
        lines.append(f"voicing {r.randint(60, 150)}")
    if r.random() < 0.4:
        lines.append(f"consonants {r.randint(60, 150)} {r.randint(50, 140)}")
    return "\n".join(lines) + "\n"


def variant_names() -> tuple[str, ...]:
    """The names of the random variants."""
    return tuple(f"random{number}" for number in range(RANDOM_VARIANTS))


def make_data_folder(folder: Path, seed: int = 20) -> Path:
    """Link espeak's data into `folder`, with the random variants added; the path `Espeak` wants."""
    data = folder / "espeak-ng-data"
    variants = data / "voices" / "!v"
    if (data / "complete").exists():
        return folder
    variants.mkdir(parents=True, exist_ok=True)
    for source in _DEBIAN_DATA.iterdir():
        if source.name not in ("voices", "lang"):
            _link(source, data / source.name)
    for family in _FAMILIES:
        (data / "lang" / family).mkdir(parents=True, exist_ok=True)
        for source in (_DEBIAN_DATA / "lang" / family).iterdir():
            _link(source, data / "lang" / family / source.name)
    for source in (_DEBIAN_DATA / "voices" / "!v").iterdir():
        _link(source, variants / source.name)
    r = random.Random(seed)  # noqa: S311
    for name in variant_names():
        (variants / name).write_text(_variant(name, r))
    (data / "complete").touch()
    return folder


def _link(source: Path, target: Path) -> None:
    if not target.exists():
        target.symlink_to(source)
