import argparse
import csv
import shutil

import numpy as np
import pytest

from ivr.cli.commands import parser
from ivr.cli.phrases import check_recordings, list_phrases, record_sheet
from ivr.settings import Settings
from ivr.speech.audio import write_wav
from ivr.speech.errors import VoiceMissing
from ivr.speech.pyttsx import PyttsxSynthesizer

GOODBYE, STOCKED = "感谢来电，再见。", "还有别的事吗？"


@pytest.fixture
async def studio(tmp_path):
    """Two phrases, recorded by our own voice in a quiet room."""
    synthesizer = PyttsxSynthesizer()
    folder = tmp_path / "studio"
    folder.mkdir()
    try:
        for name, text in (("goodbye", GOODBYE), ("anything_else", STOCKED)):
            (folder / f"{name}.wav").write_bytes(write_wav(bytes(4000) + await synthesizer.say(text) + bytes(4000)))
    except VoiceMissing:
        pytest.skip("espeak-ng is not installed")
    finally:
        await synthesizer.close()
    return folder


def chosen(*arguments):
    return parser().parse_args(["phrases", *map(str, arguments)])


async def test_good_recordings_pass_and_what_is_left_is_counted(studio, capsys):
    assert await check_recordings(Settings(), chosen("check", studio)) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 recordings, 0 with something wrong; ")
    assert "phrases are not recorded" in told


async def test_what_is_wrong_is_told_file_by_file(studio, capsys):
    shutil.copy(studio / "goodbye.wav", studio / "ask_rating.wav")
    shutil.copy(studio / "goodbye.wav", studio / "godbye.wav")
    (studio / "yes_or_no.wav").write_bytes(b"ID3 no wave")
    assert await check_recordings(Settings(), chosen("check", studio)) == 1
    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines()[:-1] if "is this" in line or "not used" in line or "no phrase" in line)
    assert "heard: " in told["ask_rating.wav"]
    assert told["godbye.wav"] == "no phrase has this id; did you mean goodbye?"
    assert told["yes_or_no.wav"].startswith("not used: the audio is not a WAV file")
    assert "goodbye.wav" not in told


async def test_without_a_folder_the_way_out_is_told(tmp_path, capsys):
    assert await check_recordings(Settings(), chosen("check")) == 2
    assert await check_recordings(Settings(), chosen("check", tmp_path / "none")) == 2
    assert "IVR_RECORDINGS_OF_PHRASES" in capsys.readouterr().err


async def test_the_list_can_leave_out_what_is_recorded(tmp_path, capsys):
    await list_phrases(Settings(), chosen("list"))
    everything = capsys.readouterr().out.splitlines()
    assert f"goodbye\t{GOODBYE}" in everything
    (tmp_path / "goodbye.wav").write_bytes(write_wav(np.ones(8000, "<i2").tobytes()))
    await list_phrases(Settings(recordings_of_phrases=tmp_path), chosen("list", "--missing"))
    left = capsys.readouterr().out.splitlines()
    assert set(everything) - set(left) == {f"goodbye\t{GOODBYE}"}


async def test_the_sheet_is_for_tables_or_for_paper(tmp_path):
    table, paper = tmp_path / "sheet.csv", tmp_path / "sheet.html"
    assert await record_sheet(Settings(), chosen("record-sheet", table)) == 0
    assert await record_sheet(Settings(), chosen("record-sheet", paper)) == 0
    rows = {row[0]: row for row in csv.reader(table.read_text("utf-8-sig").splitlines())}
    assert rows["goodbye.wav"][1:3] == [GOODBYE, "gan3xie4 lai2dian4, zai4jian4."]
    assert GOODBYE in paper.read_text()
    assert await record_sheet(Settings(), argparse.Namespace(file=tmp_path / "sheet.doc", missing=False)) == 2
