"""The service's unit for systemd says what the house relies on."""

from configparser import ConfigParser
from pathlib import Path

from ivr.cli.commands import parser
from ivr.settings import Settings

UNIT = Path(__file__).parents[2] / "docker" / "systemd" / "ivr.service"


def unit() -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(UNIT, "utf-8")
    return read


def test_it_starts_a_command_of_ours_with_settings_that_are_known() -> None:
    service = unit()["Service"]
    program, *words = service["ExecStart"].split()
    assert program.endswith("/.venv/bin/ivr")
    assert parser().parse_args(words).work.__name__ == "up"
    name, _, value = service["Environment"].partition("=")
    assert name.removeprefix("IVR_").lower() in Settings.model_fields
    assert value == f"/var/lib/{service['StateDirectory']}"


def test_it_is_started_again_whatever_ended_it_and_its_watchdog_outlives_it() -> None:
    service = unit()["Service"]
    assert service["Restart"] == "always"
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["KillMode"] == "process"
