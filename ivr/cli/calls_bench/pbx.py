"""A real Asterisk on loopback, out of the tree that `docker/asterisk/fetch.sh` makes.

It runs exactly the configs of `docker/asterisk/etc`, rendered by `docker/asterisk/render.py`. Its state
lives in a folder of the run, its ports are free ones.
"""

import asyncio
import random
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ivr.cli.free_ports import HOST, free_port

PROJECT = Path(__file__).resolve().parents[3]
KIT = PROJECT / "docker/asterisk"
CARRIER = "127.0.0.2"
"""Address of the carrier: callers call from it, owners are rung on it."""
_FETCH_SECONDS = 300
_PORTS_A_LEG = 2


class NoAsterisk(Exception):
    """Asterisk cannot be had here; the text says why."""


def free_rtp_range(legs: int = 49) -> tuple[int, int]:
    """Ports for so many legs; should two runs choose the same, Asterisk takes those that are free."""
    start = 16_384 + 100 * random.SystemRandom().randrange(150)
    return start, start + _PORTS_A_LEG * legs


def fetch(dest: Path) -> Path:
    """Have Debian's Asterisk in `dest`; the root of its tree.

    Raises:
        NoAsterisk: it cannot be had.
    """
    done = subprocess.run([KIT / "fetch.sh", dest], capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False)  # noqa: S603 - our own script
    if done.returncode:
        raise NoAsterisk(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "fetch.sh failed")
    return dest / "tree"


@dataclass
class Asterisk:
    """One Asterisk; `media_port` is where it will look for the media door."""

    tree: Path
    home: Path
    media_port: int = field(default_factory=free_port)
    media_login: tuple[str, str] = ("asterisk", "media-secret")
    ami_login: tuple[str, str] = ("ivr", "ami-secret")
    sip_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    ami_port: int = field(default_factory=free_port)
    carrier_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM, CARRIER))
    """Where owners' phones are rung (address `CARRIER`)."""
    legs: int = 49
    """People on the phone at once, at most."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def media_url(self) -> str:
        """Where it looks for the media door."""
        return f"ws://{HOST}:{self.media_port}/media"

    @property
    def lib(self) -> Path:
        """Its libraries."""
        return self.tree / "usr/lib/x86_64-linux-gnu"

    def configure(self, **values: str) -> None:
        """Render its configs."""
        etc = self.home / "etc"
        for name in ("etc", "var/keys", "spool/ivr", "run", "log"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        rtp_start, rtp_end = free_rtp_range(self.legs)
        given = {
            "MEDIA_URI": self.media_url, "MEDIA_USER": self.media_login[0], "MEDIA_PASSWORD": self.media_login[1],
            "AMI_PORT": str(self.ami_port), "AMI_USER": self.ami_login[0], "AMI_PASSWORD": self.ami_login[1],
            "SIP_BIND": HOST, "SIP_PORT": str(self.sip_port), "RTP_START": str(rtp_start), "RTP_END": str(rtp_end),
            "TRUNK_HOST": CARRIER, "TRUNK_PORT": str(self.carrier_port), "ETC_DIR": str(etc),
            "MODULE_DIR": str(self.lib / "asterisk/modules"), "DATA_DIR": str(self._data()),
            "VAR_DIR": str(self.home / "var"), "SPOOL_DIR": str(self.home / "spool"), "RUN_DIR": str(self.home / "run"),
            "LOG_DIR": str(self.home / "log"), "SOUNDS_DIR": str(self.home / "data/sounds/zh"), **values,
        }  # fmt: skip
        words = [f"{name}={value}" for name, value in given.items()]
        subprocess.run([sys.executable, KIT / "render.py", etc, *words], check=True)  # noqa: S603 - our own script

    def _data(self) -> Path:
        """Its data as a site has it: the recorded words stand where Asterisk looks for the language zh."""
        data = self.home / "data"
        sounds = data / "sounds"
        sounds.mkdir(parents=True, exist_ok=True)
        links = {data / each.name: each for each in (self.tree / "usr/share/asterisk").iterdir() if each.name != "sounds"}
        for link, target in {**links, sounds / "zh": KIT / "sounds"}.items():
            link.unlink(missing_ok=True)
            link.symlink_to(target)
        return data

    def start(self) -> None:
        """Start it and wait until it has booted.

        Raises:
            NoAsterisk: it does not boot, or has no SIP.
        """
        with (self.home / "out").open("wb") as out:
            self.process = subprocess.Popen(  # noqa: S603 - the tree that was fetched
                [*self._binary(), "-f", "-C", self.home / "etc/asterisk.conf"],
                cwd=self.home, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )
        for _ in range(150):
            if self.process.poll() is not None:
                break
            if "fully booted" in self.cli("core waitfullybooted"):
                self._expect_sip()
                return
            signal.sigtimedwait([], 0.1)
        raise NoAsterisk(f"Asterisk did not boot: {self.log()[-2000:]}")

    def _expect_sip(self) -> None:
        """It boots without SIP too, should its port be taken, and nobody who calls would get an answer."""
        if "transport-udp" not in self.cli("pjsip show transports"):
            self.stop()
            raise NoAsterisk(f"Asterisk cannot be called: {self.log()[-2000:]}")

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def cli(self, command: str) -> str:
        """What it answers to a console command."""
        done = subprocess.run(  # noqa: S603 - the tree that was fetched
            [*self._binary(), "-C", self.home / "etc/asterisk.conf", "-rx", command],
            capture_output=True, text=True, timeout=20, check=False,
        )
        return done.stdout

    def log(self) -> str:
        """All it has logged."""
        files = (self.home / "log/messages", self.home / "out")
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    async def quiet(self) -> None:
        """Wait until no channel is left, so that one run's calls do not reach into the next."""
        for _ in range(100):
            if "0 active channels" in await asyncio.to_thread(self.cli, "core show channels count"):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(self.cli("core show channels"))

    def _binary(self) -> list[str | Path]:
        loader = self.lib / "ld-linux-x86-64.so.2"
        return [loader, "--library-path", self.lib, self.tree / "usr/sbin/asterisk"]
