"""The real Asterisk of the tests: the bench's own, with the site files of `overlay/` and a seat."""

import os
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from ivr.cli.calls_bench import pbx
from ivr.cli.calls_bench.pbx import CARRIER, HOST, KIT, PROJECT, NoAsterisk, fetch
from ivr.cli.free_ports import free_port

__all__ = [
    "CARRIER", "HOST", "KIT", "PROJECT", "SEAT", "Asterisk", "NoAsterisk", "fetch", "required",
]  # fmt: skip
OVERLAY = Path(__file__).resolve().parent / "overlay"
SEAT = "127.0.0.4"


@dataclass
class Asterisk(pbx.Asterisk):
    """One Asterisk with the overlay's seat."""

    seat_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM, SEAT))

    def configure(self, **values: str) -> None:
        super().configure(**values)
        site = self.home / "etc/site"
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(OVERLAY / "site", site)
        for file in site.iterdir():
            file.write_text(file.read_text().replace("@SEAT_PORT@", str(self.seat_port)))


def required() -> bool:
    return os.environ.get("REQUIRE_ASTERISK") == "1"
