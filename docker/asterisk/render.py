#!/usr/bin/env python3
"""Fill `etc/*.conf` with a site's values; needs nothing but Python.

    docker/asterisk/render.py OUT [--values FILE] [NAME=VALUE ...]

`values.env` names every value. A value that is missing, unknown or could break out of its line is
refused. The rendered files hold passwords: they are readable by their owner only.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
_NAME = re.compile(r"@([A-Z][A-Z_]*[A-Z])@")
_VALUE = re.compile(r"[A-Za-z0-9_./:+,=?&%~-]+")


class ValueWrong(Exception):
    """A value that cannot be used; the text names it, never its content."""


def read_values(lines: Iterable[str]) -> dict[str, str]:
    """Read NAME=VALUE lines; empty lines and `#` lines are skipped."""
    values = {}
    for line in lines:
        text = line.strip()
        if text and not text.startswith("#"):
            name, found, value = text.partition("=")
            if not found:
                raise ValueWrong(f"not NAME=VALUE: {name}")
            values[name.strip()] = value.strip()
    return values


def choose(defaults: Mapping[str, str], *sites: Mapping[str, str]) -> dict[str, str]:
    """Lay the site's values over the defaults.

    Raises:
        ValueWrong: a name that nobody knows, a value that is missing or unsafe.
    """
    chosen = dict(defaults)
    for site in sites:
        for name, value in site.items():
            if name not in defaults:
                raise ValueWrong(f"unknown value {name}")
            chosen[name] = value
    for name, value in chosen.items():
        if not value:
            raise ValueWrong(f"{name} must be given")
        if not _VALUE.fullmatch(value):
            raise ValueWrong(f"{name} holds a character that a config line cannot")
    return chosen


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in the place of their names."""
    return _NAME.sub(lambda found: values[found.group(1)], text)


def render(out: Path, values: Mapping[str, str]) -> None:
    """Write every config file to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for template in sorted((HERE / "etc").glob("*.conf")):
        target = out / template.name
        target.touch(mode=0o600)
        target.write_text(fill(template.read_text(encoding="utf-8"), values), encoding="utf-8")


def main() -> int:
    """Render, or say what is wrong."""
    parser = argparse.ArgumentParser(description="Fill Asterisk's config with a site's values.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--values", type=Path, help="a file like values.env")
    parser.add_argument("given", nargs="*", metavar="NAME=VALUE")
    asked = parser.parse_args()
    try:
        defaults = read_values((HERE / "values.env").read_text(encoding="utf-8").splitlines())
        site = asked.values.read_text(encoding="utf-8").splitlines() if asked.values else []
        surroundings = {
            name: os.environ[f"ASTERISK_{name}"]  # noqa: TID251 - this script is its own program
            for name in defaults
            if f"ASTERISK_{name}" in os.environ  # noqa: TID251
        }
        values = choose(defaults, read_values(site), surroundings, read_values(asked.given))
        render(asked.out, values)
    except (ValueWrong, OSError) as error:
        sys.stderr.write(f"render: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
