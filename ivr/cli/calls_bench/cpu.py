"""Processor time of processes and threads, out of /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Seconds a process has used, its threads together; 0 when it is gone."""
    return _seconds(Path(f"/proc/{pid}/stat"))


def of_family(pid: int) -> float:
    """Seconds a process and all that it started have used."""
    return of_process(pid) + sum(of_family(child) for child in children(pid))


def children(pid: int) -> list[int]:
    """What a process has started and still runs."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(each) for each in listed.read_text().split()]
        except OSError:
            continue
    return found


def of_threads(pid: int, names: Mapping[int, str]) -> dict[str, float]:
    """Seconds by kind of thread; a kind is a name without its number, `other` where there is none."""
    seconds: dict[str, float] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = names.get(int(task.name), "other").rstrip("0123456789_-")
        seconds[name] = seconds.get(name, 0.0) + _seconds(task / "stat")
    return seconds


def of_machine() -> tuple[float, float]:
    """Seconds that all cores were busy, and that there were."""
    fields = [int(each) / _TICKS for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def _seconds(stat: Path) -> float:
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
