"""Scripts of others are unchanged copies, and what the README says of them is true."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

import ivr.consoles

FOLDERS = (Path(ivr.consoles.__file__).parent / "static" / "vendor", Path(__file__).parents[1] / "browser" / "vendor")


def told(folder: Path) -> dict[str, str]:
    """Name and hash of each script, from the folder's README."""
    return dict(re.findall(r"\| (\S+\.js) \|.*?\| ([0-9a-f]{64}) \|", (folder / "README.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_script_is_the_one_that_was_published(folder: Path) -> None:
    scripts = {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.js")}
    assert scripts
    assert scripts == told(folder)
