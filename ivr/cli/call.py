"""`ivr call`: one simulated call to a running house."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from websockets.exceptions import InvalidStatus

from ivr.cli.passwords import password
from ivr.cli.scripted import Listen, Play, Press, Say, SayOver, ScriptedCaller, Step
from ivr.settings import Settings
from ivr.speech.audio import read_wav
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.media.phone import SimulatedPhone
from telephony.media.server import PATH


class CallFailed(Exception):
    """The call could not be placed; the message says why and the way out."""

    code = "call_failed"


_STEPS: Mapping[str, Callable[[Any], Step]] = {
    "say": lambda value: Say(str(value)), "over": lambda value: SayOver(str(value)),
    "press": lambda value: Press(str(value)), "listen": lambda value: Listen(within=float(value)),
}


def read_script(path: Path) -> list[Step]:
    """Read a YAML script: a list of one-entry mappings.

    Raises:
        CallFailed: not such a list; names the entry.
    """
    try:
        entries: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CallFailed(f"{path.name}: cannot be read as YAML: {type(error).__name__}") from None
    steps: list[Step] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [None], 1):
        if not isinstance(entry, dict) or len(entry) != 1 or next(iter(entry)) not in _STEPS:
            raise CallFailed(f"{path.name}: entry {number} must be one of say, over, press, listen with a value")
        name, value = next(iter(entry.items()))
        try:
            steps.append(_STEPS[name](value))
        except (TypeError, ValueError):
            raise CallFailed(f"{path.name}: entry {number}: {name} cannot use this value") from None
    return steps


def _steps(chosen: argparse.Namespace) -> list[Step]:
    if sum(map(bool, (chosen.wav, chosen.text, chosen.script))) != 1:
        raise CallFailed("give one of: a WAV file, --text, --script")
    if chosen.wav:
        return [Play(read_wav(Path(chosen.wav))), Listen()]
    if chosen.script:
        return read_script(Path(chosen.script))
    return [*(Say(text) for text in chosen.text), Listen()]


async def call_once(settings: Settings, chosen: argparse.Namespace) -> int:
    """Place the call and print how long each answer took."""
    steps = _steps(chosen)
    login = (settings.media_user, password(settings.media_password, settings.keys_dir, "media-password"))
    url = f"ws://{settings.media_host}:{settings.media_port}{PATH}"
    voice = PyttsxSynthesizer(variant="f4")
    try:
        async with SimulatedPhone(url, number=chosen.number, login=login).dial(settings.hotline) as call:
            outcome = await ScriptedCaller(call, voice).follow(steps)
            call_id = call.start.call_id
    except InvalidStatus as refused:
        reason = {401: "the login is wrong", 503: "all lines are taken"}.get(refused.response.status_code, "refused")
        raise CallFailed(f"the media door at {url} said no: {reason}") from None
    except OSError:
        raise CallFailed(f"nobody answers at {url}: start the service with `ivr up`") from None
    finally:
        await voice.close()
    answers = ", ".join(f"{seconds:.2f} s" for seconds in outcome.latencies) or "none"
    print(f"call {call_id}: answers after {answers}; see /calls/{call_id}")
    return 0 if not outcome.unanswered else 1
