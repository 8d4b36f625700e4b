"""What somebody sees who types a command wrongly: one line, no traceback, code 2."""

import os
import subprocess
import sys
import wave

import pytest

from ivr.cli.commands import parser


def ivr(tmp_path, *arguments, **env):
    """Run the command as a newcomer does; everything it keeps goes to a folder of its own."""
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "IVR_DATA_DIR": str(tmp_path / "var"), **env}
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments], capture_output=True, text=True, env=given, timeout=60, check=False,
        cwd=os.getcwd(),
    )


def one_line(ran):
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, ran.stderr
    return lines[0]


def test_an_unknown_setting_is_named_with_the_nearest_known_one(tmp_path):
    line = one_line(ivr(tmp_path, "up", IVR_MEDIA_PROT="1"))
    assert "IVR_MEDIA_PROT" in line
    assert "did you mean IVR_MEDIA_PORT" in line


def test_a_setting_that_cannot_be_used_is_named_and_its_value_is_not(tmp_path):
    line = one_line(ivr(tmp_path, "up", IVR_MEDIA_PORT="geheim"))
    assert "IVR_MEDIA_PORT" in line
    assert "geheim" not in line


def test_a_missing_model_folder_is_named_with_the_way_out(tmp_path):
    line = one_line(ivr(tmp_path, "up", IVR_SPEECH_MODEL=str(tmp_path / "nowhere")))
    assert "nowhere" in line
    assert "IVR_SPEECH_MODEL" in line


def test_a_wav_of_the_wrong_format_is_refused_with_what_is_wanted(tmp_path):
    path = tmp_path / "eight_bit.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(1)
        wav.setframerate(8000)
        wav.writeframes(bytes(800))
    assert "16-bit" in one_line(ivr(tmp_path, "call", str(path)))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not audio at all" * 50])
def test_a_file_that_is_no_wav_is_refused(tmp_path, content):
    path = tmp_path / "noise.wav"
    path.write_bytes(content)
    assert "WAV" in one_line(ivr(tmp_path, "call", str(path)))


def test_a_call_to_nobody_says_how_to_start_the_service(tmp_path):
    assert "ivr up" in one_line(ivr(tmp_path, "call", "--text", "挪车", IVR_MEDIA_PORT="9"))


def test_a_call_without_anything_to_say_is_refused(tmp_path):
    assert "--text" in one_line(ivr(tmp_path, "call"))


@pytest.mark.parametrize(
    ("script", "names"),
    [("- shout: 挪车", "entry 1"), ("- say: 挪车\n- 7", "entry 2"), ("{", "YAML"), ("- listen: soon", "listen"), ("", "entry 1")],
)
def test_a_script_that_is_wrong_is_named_by_entry(tmp_path, script, names):
    path = tmp_path / "call.yml"
    path.write_text(script, "utf-8")
    assert names in one_line(ivr(tmp_path, "call", "--script", str(path)))


def test_a_recording_key_that_is_no_key_is_refused_without_being_shown(tmp_path):
    line = one_line(ivr(tmp_path, "up", IVR_SECRET_KEY="kein-schluessel"))
    assert "kein-schluessel" not in line
    assert "IVR_SECRET_KEY" in line


def test_every_command_says_what_it_is_for():
    text = parser().format_help()
    for command in ("up", "demo", "call", "bench", "doctor"):
        assert command in text
