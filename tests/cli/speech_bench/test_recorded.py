"""A site's own recordings: what the list may say, what is wrong with one, and the figures of a few."""

import argparse
import ctypes.util
import warnings

import pytest

from ivr.cli.bench_speech import bench_speech
from ivr.cli.commands import parser
from ivr.cli.speech_bench.callers import Line, say
from ivr.cli.speech_bench.cases import Case
from ivr.cli.speech_bench.recorded import RecordingsWrong, recorded
from ivr.dialogue.replies import Expect, ExpectKind
from ivr.settings import Settings
from ivr.speech.audio import write_wav
from ivr.speech.errors import AudioFormatUnsupported

MODEL = Settings.model_fields["speech_model"].default


def folder_of(tmp_path, *lines):
    (tmp_path / "a.wav").write_bytes(write_wav(bytes(1600)))
    (tmp_path / "said.tsv").write_text("file\tcategory\tsaid\tmeant\n" + "\n".join(lines), "utf-8")
    return tmp_path


def test_every_column_is_read_and_what_is_no_word_is_left_out(tmp_path):
    folder = folder_of(
        tmp_path, "# by hand", "", "a.wav\tsentences\t我要挪车，谢谢！\trequest_car_move", "a.wav\tsentences\t喂",
        "a.wav\tplate\t苏b幺二 三四五\t苏B12345",
    )  # fmt: skip
    first, second, third = recorded(folder, home="浙A")
    (folder / "said.tsv").unlink()  # it is the site's that a plate stands in it; the sweep looks at all files
    assert (first.category, first.case) == ("sentences", Case(("我要挪车谢谢",), "request_car_move", Expect(), "浙A"))
    assert second.case.truth == ""
    assert third.case == Case(("苏B幺二三四五",), "苏B12345", Expect(kind=ExpectKind.PLATE), "浙A")
    assert third.wav == tmp_path / "a.wav"


@pytest.mark.parametrize(("line", "says"), [
    ("a.wav\tsentence\t喂\t", "no such category: there are sentences, yes_no"), ("zhang_san.wav\tyes_no\t对\tyes", "no such file"),
    ("a.wav", "1 columns"), ("a.wav\tyes_no\t对\tyes\tmore", "5 columns"), ("a.wav\tyes_no\t，。\tyes", "nothing is said"),
    ("a.wav\tyes_no\t对\t对", "no yes_no"), ("a.wav\tcode\t幺二三\t123", "no code"), ("a.wav\tplate\t苏B幺\t苏B1", "no plate"),
    ("a.wav\tid\t三二\t32", "no id"), ("a.wav\tphone\t幺三八\t138", "no phone"),
])  # fmt: skip
def test_a_wrong_line_is_named_with_what_is_wrong_and_not_with_what_was_said(tmp_path, line, says):
    with pytest.raises(RecordingsWrong, match=r"said\.tsv, line 3: ") as wrong:
        recorded(folder_of(tmp_path, "a.wav\tyes_no\t对\tyes", line), home="苏B")
    assert says in str(wrong.value)
    assert "幺" not in str(wrong.value)
    assert "zhang" not in str(wrong.value)


def test_a_folder_without_a_list_and_an_empty_or_unreadable_list_are_told(tmp_path):
    with pytest.raises(RecordingsWrong, match=r"there is no .*said\.tsv: a line a recording, file, category, said, meant"):
        recorded(tmp_path, home="苏B")
    with pytest.raises(RecordingsWrong, match="names no recording"):
        recorded(folder_of(tmp_path), home="苏B")
    (tmp_path / "said.tsv").write_bytes("a.wav\tyes_no\t对\tyes".encode("gb18030"))
    with pytest.raises(RecordingsWrong, match="not UTF-8"):
        recorded(tmp_path, home="苏B")


def chosen(*arguments) -> argparse.Namespace:
    return parser().parse_args(["bench", "speech", *map(str, arguments)])


async def test_they_are_heard_as_they_are_and_counted(tmp_path, capsys):
    if ctypes.util.find_library("espeak-ng") is None or not (MODEL / "am" / "final.mdl").exists():
        warnings.warn(pytest.PytestWarning("NO VOICE OR SPEECH MODEL: recordings are not tested"), stacklevel=1)
        pytest.skip("NO VOICE OR SPEECH MODEL")
    folder = folder_of(tmp_path, "yes.wav\tyes_no\t对的\tyes", "no.wav\tyes_no\t不是\tno", "code.wav\tcode\t四五六七八九\t456789")
    for name, words in (("yes", ("对的",)), ("no", ("不是",)), ("code", tuple("四五六七八九"))):
        (folder / f"{name}.wav").write_bytes(write_wav(say(Line(words, 11))))
    page = tmp_path / "page.html"
    assert await bench_speech(Settings(_env_file=None, data_dir=tmp_path), chosen("--recordings", folder, "--page", page)) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"recordings of {folder}")
    rows = {line.split()[0]: line.split() for line in told.splitlines() if "clean" in line and not line.startswith("recordings")}
    assert {name: row[2:5] for name, row in rows.items()} == {"yes_no": ["2", "100.0", "100.0"], "code": ["1", "100.0", "100.0"]}
    assert "espeak-ng voices" not in page.read_text("utf-8")
    assert str(folder) in page.read_text("utf-8")


async def test_a_recording_that_is_no_wav_is_named(tmp_path):
    folder = folder_of(tmp_path, "a.wav\tyes_no\t对\tyes")
    (folder / "a.wav").write_bytes(b"ID3 an MP3")
    with pytest.raises(AudioFormatUnsupported, match=r"not a WAV file \(line 2 of the list\)"):
        await bench_speech(Settings(_env_file=None, data_dir=tmp_path), chosen("--recordings", folder))


async def test_what_cannot_be_used_is_one_line_and_no_measurement(tmp_path, capsys):
    settings = Settings(_env_file=None, data_dir=tmp_path)
    assert await bench_speech(settings, chosen("--recordings", tmp_path / "nowhere")) == 2
    folder = folder_of(tmp_path, "a.wav\tyes_no\t对\tyes")
    assert await bench_speech(settings, chosen("--recordings", folder, "--save-baseline")) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "said.tsv" in first
    assert "--baseline FILE" in second
