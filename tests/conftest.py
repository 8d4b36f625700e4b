"""Fixtures that several folders share, started once per worker; which tests a worker keeps together.

A test of a file may lean on what the file's earlier tests left in a house or a database that they share, so a
file stays whole (`--dist loadgroup`). Files that wait for real sound come first: they take longest, and what
computes fills the other core.
"""

from pathlib import Path

import pytest

from tests.privacy_sweep import privacy_sweep
from tests.running_rasa import rasa

__all__ = ["privacy_sweep", "rasa"]
_FIRST = ("asterisk", "integration", "browser", "conversations")


def _rank(item: pytest.Item) -> tuple[int, str]:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return (_FIRST.index(folder) if folder in _FIRST else len(_FIRST), str(item.path))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group by file, slowest folders first; those that measure never run side by side."""
    items.sort(key=_rank)
    for item in items:
        item.add_marker(pytest.mark.xdist_group("bench" if item.path.stem.startswith("test_bench") else str(item.path)))
