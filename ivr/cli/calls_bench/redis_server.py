"""A Redis of the stand, as a site has it: a process of its own, on a free port, that keeps nothing on disk."""

import shutil
from pathlib import Path

from ivr.cli.calls_bench.part import Part, StandBroken
from ivr.cli.free_ports import HOST, free_port


def redis_server(folder: Path) -> tuple[Part, str]:
    """Give it, not yet started, and its address.

    Args:
        folder: where the stand keeps its state.

    Raises:
        StandBroken: there is no redis-server on this machine.
    """
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        raise StandBroken("there is no redis-server: apt-get install redis-server")
    place = folder / "redis"
    place.mkdir()
    argv = [program, "--port", str(port), "--bind", HOST, "--dir", str(place), "--save", "", "--appendonly", "no"]
    return Part(argv, ready="Ready to accept", log=folder / "redis.log", env={}), f"redis://{HOST}:{port}/0"
