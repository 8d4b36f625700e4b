"""Fixtures that several folders share, started once per worker; the order of files in lanes.

A test of a file may lean on what the file's earlier tests left in a house or a database that they share, so a
file stays whole (`--dist loadfile`). Files that wait for real sound come first: they take longest, and what
computes fills the other core.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.privacy_sweep import privacy_sweep
from tests.running_rasa import rasa

__all__ = ["privacy_sweep", "rasa"]
_FIRST = ("asterisk", "integration", "browser", "conversations")
_LONGEST = ("test_bench_calls", "test_connect", "test_bench_faults")


def _rank(item: pytest.Item) -> tuple[int, int, str]:
    folder, name = item.path.relative_to(Path(__file__).parent).parts[0], item.path.stem
    return (
        _FIRST.index(folder) if folder in _FIRST else len(_FIRST),
        _LONGEST.index(name) if name in _LONGEST else len(_LONGEST),
        str(item.path),
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test has a name of its own; in lanes: slowest folders first.

    Of those that share a name, a lane runs one and says nothing of the others.
    """
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"tests of one name, of which lanes would run one: {', '.join(twice[:5])}")
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)
