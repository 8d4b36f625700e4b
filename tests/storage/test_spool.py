import os
import stat
import threading
from pathlib import Path

import pytest

from ivr.storage.sealed import FieldCipher
from ivr.storage.spool import Spool

CIPHER = FieldCipher(b"k" * 32)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool" / "calls.jsonl", CIPHER)


def texts(spool: Spool) -> list[str | None]:
    return [line.text for line in spool.lines()]


def test_lines_come_back_in_order_and_only_they_are_dropped(spool: Spool) -> None:
    assert spool.is_empty()
    assert spool.lines() == []
    for text in ("one", "two", "three"):
        spool.add(text)
    one, two, _ = spool.lines()
    spool.add("four")
    spool.drop([one, two])
    assert texts(spool) == ["three", "four"]
    spool.drop(spool.lines())
    assert spool.is_empty()


def test_the_file_says_nothing_and_belongs_to_its_owner(spool: Spool, tmp_path: Path) -> None:
    spool.add("来电 13800001111")
    path = tmp_path / "spool" / "calls.jsonl"
    assert b"13800001111" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_cut_off_by_a_power_failure_costs_only_itself(spool: Spool, tmp_path: Path) -> None:
    spool.add("one")
    spool.add("two")
    path = tmp_path / "spool" / "calls.jsonl"
    os.truncate(path, path.stat().st_size - 10)
    assert texts(spool) == ["one", None]


def test_writers_at_once_lose_nothing(spool: Spool) -> None:
    threads = [threading.Thread(target=spool.add, args=(str(n),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(text or "" for text in texts(spool)) == sorted(str(n) for n in range(20))
