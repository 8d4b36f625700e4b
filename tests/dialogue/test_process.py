from pathlib import Path

from ivr.dialogue.process import RasaPlace, model_path, rasa_argv, rasa_env

PLACE = RasaPlace(Path("/rasa/bin/python"), 5005, 5055, "a token", Path("/data/rasa"))


def after(option: str) -> str:
    argv = rasa_argv(PLACE)
    return argv[argv.index(option) + 1]


def test_rasa_listens_on_loopback_only_and_asks_for_a_token():
    assert rasa_argv(PLACE)[:4] == ["/rasa/bin/python", "-m", "rasa", "run"]
    assert (after("--interface"), after("--port")) == ("127.0.0.1", "5005")
    # in one word: a token may begin with a hyphen
    assert "--auth-token=a token" in rasa_argv(PLACE)
    assert "--enable-api" in rasa_argv(PLACE)


def test_what_rasa_is_given_is_shipped():
    assert after("--model") == str(model_path())
    assert all(Path(after(option)).is_file() for option in ("--model", "--endpoints", "--credentials"))


def test_rasa_gets_none_of_our_settings():
    env = rasa_env(PLACE, {"PATH": "/bin", "HOME": "/root", "IVR_SECRET_KEY": "secret", "TWILIO_TOKEN": "secret"})
    assert env["PATH"] == "/bin"
    assert "secret" not in env.values()


def test_rasa_tells_nobody_and_takes_one_core():
    env = rasa_env(PLACE, {})
    assert (env["RASA_TELEMETRY_ENABLED"], env["SANIC_HOST"], env["ACTION_PORT"]) == ("false", "127.0.0.1", "5055")
    assert {env[name] for name in ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")} == {"1"}
    assert env["MPLCONFIGDIR"] == "/data/rasa"
