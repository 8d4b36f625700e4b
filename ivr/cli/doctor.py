"""`ivr doctor`: what is there, what is missing, and the way out."""

import argparse
import asyncio
import ctypes.util
import logging
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from ivr.dialogue.process import DEFAULT_PYTHON, model_path
from ivr.settings import Settings
from ivr.speech.errors import SpeechError
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.vosk import VoskEar
from ivr.storage.errors import StorageError
from ivr.storage.room import open_storage
from telephony.ami.client import ManagerClient
from telephony.errors import AmiError, AmiRefused

_ASTERISK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    says: str
    needed: bool = True


async def doctor(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Look at everything; 0 when nothing that is needed is missing."""
    logging.disable(logging.WARNING)  # the findings say it
    checks: tuple[Callable[[Settings], Finding], ...] = (_python, _espeak, _model, _rasa, _dialogue_model, _ports, _space)
    findings = [await asyncio.to_thread(check, settings) for check in checks]
    findings += [await _voice(), await _storage(settings), *await _asterisk(settings), *(_tool(*tool) for tool in _TOOLS)]
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        mark = "[green]✓[/green]" if finding.fine else ("[red]✗[/red]" if finding.needed else "[yellow]–[/yellow]")
        console.print(f"{mark} {finding.what}: {finding.says}")
    missing = [finding for finding in findings if finding.needed and not finding.fine]
    console.print("\nnothing is missing" if not missing else f"\n{len(missing)} missing: see the ✗ lines")
    return 1 if missing else 0


_TOOLS = (
    ("redis-server", "redis-server", "tests and sites; embedded runs have a stand-in"),
    ("chromium", "chromium", "browser tests"), ("sipp", "sip-tester", "SIP tests"),
)


def _tool(program: str, package: str, use: str) -> Finding:
    path = shutil.which(program)
    return Finding(program, path is not None, path or f"not there ({use}): apt-get install {package}", needed=False)


def _python(_settings: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version)


def _espeak(_settings: Settings) -> Finding:
    found = ctypes.util.find_library("espeak-ng")
    return Finding("espeak-ng", found is not None, found or "not there: apt-get install espeak-ng")


def _model(settings: Settings) -> Finding:
    try:
        VoskEar(settings.speech_model).close()
    except SpeechError as error:
        return Finding("speech model", False, str(error))
    ours = settings.speech_model.name == "zh-12123"
    note = "; our own, trained on one synthesizer: it does not hear people" if ours else ""
    return Finding("speech model", True, f"{settings.speech_model}{note}")


def _rasa(settings: Settings) -> Finding:
    if settings.rasa_url is not None:
        return Finding("Rasa", True, "runs elsewhere (IVR_RASA_URL)")
    python = settings.rasa_python or DEFAULT_PYTHON
    if not python.exists():
        return Finding("Rasa", False, "its Python 3.10 environment is missing: run `make setup`")
    asked = subprocess.run([str(python), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return Finding("Rasa", asked.returncode == 0, f"environment with {asked.stdout.strip()}")


def _dialogue_model(_settings: Settings) -> Finding:
    path = model_path()
    return Finding("dialogue model", path.exists(), path.name if path.exists() else "not there: run `make train`")


def _ports(settings: Settings) -> Finding:
    taken = [str(port) for port in (settings.media_port, settings.console_port, settings.rasa_port, settings.actions_port) if _busy(port)]
    if taken:
        return Finding("ports", False, f"{', '.join(taken)} in use: stop what runs there, or set IVR_MEDIA_PORT and the like", needed=False)
    return Finding("ports", True, "free")


def _busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return port != 0 and probe.connect_ex(("127.0.0.1", port)) == 0


def _space(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
    free = shutil.disk_usage(folder).free / 2**30
    return Finding("disk", free > 1, f"{free:.0f} GiB free for {settings.data_dir}" + ("" if free > 1 else ": make room"))


async def _voice() -> Finding:
    voice = PyttsxSynthesizer()
    try:
        pcm = await voice.say("您好")
    except SpeechError as error:
        return Finding("voice", False, str(error))
    finally:
        await voice.close()
    return Finding("voice", bool(pcm), "pyttsx3 speaks")


async def _storage(settings: Settings) -> Finding:
    try:
        async with open_storage(settings) as storage:
            await storage.ready()
    except (StorageError, OSError) as error:
        return Finding("database and Redis", False, " ".join(str(error).split()))
    return Finding("database and Redis", True, "PostgreSQL" if settings.database_url else f"SQLite in {settings.data_dir}")


async def _asterisk(settings: Settings) -> list[Finding]:
    """Its manager interface, where it rings owners; an embedded run has none."""
    if settings.outbound == "embedded":
        return []
    if settings.ami_password is None:
        return [Finding("Asterisk", False, "IVR_OUTBOUND=asterisk needs IVR_AMI_PASSWORD")]
    where, login = f"{settings.ami_host}:{settings.ami_port}", (settings.ami_user, settings.ami_password.get_secret_value())
    async with ManagerClient(settings.ami_host, settings.ami_port, login=login) as manager:
        try:
            await manager.wait_ready(within=_ASTERISK_SECONDS)
            await manager.channels()
        except AmiRefused:
            says = f"IVR_AMI_USER may not list channels at {where}: it needs the rights of docker/asterisk/etc/manager.conf"
            return [Finding("Asterisk", False, says)]
        except AmiError:
            return [Finding("Asterisk", False, await _who_is_not_let_in(settings, where))]
    return [Finding("Asterisk", True, f"its manager interface at {where} lets us in")]


async def _who_is_not_let_in(settings: Settings, where: str) -> str:
    try:
        async with asyncio.timeout(_ASTERISK_SECONDS):
            _, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
    except (OSError, TimeoutError):
        return f"nobody answers at {where}: start Asterisk, or set IVR_AMI_HOST and IVR_AMI_PORT"
    writer.close()
    return f"{where} does not let us in: IVR_AMI_USER and IVR_AMI_PASSWORD must be those of its manager.conf"
