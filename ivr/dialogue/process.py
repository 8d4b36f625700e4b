"""How Rasa is started: its command line and environment, decided without starting anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent.parent
DIALOGS = _PROJECT / "dialogs"
DEFAULT_PYTHON = _PROJECT / ".venv-rasa" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class RasaPlace:
    """Where Rasa runs and whom it asks."""

    python: Path
    port: int
    actions_port: int
    token: str
    work_dir: Path
    """For its configuration and cache; inside the data folder."""


def model_path() -> Path:
    """The trained dialogue model that is shipped."""
    return DIALOGS / "models" / "zh-12123.tar.gz"


def rasa_argv(place: RasaPlace) -> list[str]:
    """The command line of `rasa run`, on loopback only."""
    return [
        str(place.python), "-m", "rasa", "run", "--model", str(model_path()), "--interface", "127.0.0.1",
        "--port", str(place.port), "--enable-api", f"--auth-token={place.token}",
        "--endpoints", str(DIALOGS / "endpoints.yml"), "--credentials", str(DIALOGS / "credentials.yml"),
    ]


def rasa_env(place: RasaPlace, inherited: Mapping[str, str]) -> dict[str, str]:
    """One thread, no telemetry, loopback, the graph components of `dialogs`, none of our own settings or secrets."""
    kept = {name: value for name, value in inherited.items() if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")}
    return kept | {
        "ACTION_PORT": str(place.actions_port), "PYTHONPATH": str(_PROJECT), "RASA_TELEMETRY_ENABLED": "false", "SANIC_HOST": "127.0.0.1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "",
        "TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1", "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore", "MPLBACKEND": "Agg", "MPLCONFIGDIR": str(place.work_dir), "LOG_LEVEL": "ERROR",
        "LOG_LEVEL_LIBRARIES": "ERROR", "LOG_LEVEL_RASA": "ERROR",
    }
