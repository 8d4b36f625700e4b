"""`ivr phrases list|record-sheet|check`: what a studio records, and whether it did."""

import argparse
import csv
import difflib
import io
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path

from rich.console import Console

from ivr.cli.house import fixed_phrases
from ivr.settings import Settings
from ivr.speech.errors import SpeechError
from ivr.speech.pronounce import pinyin_of
from ivr.speech.recognizer import hear_whole
from ivr.speech.recordings import Judged, judge, says_else
from ivr.speech.vosk import VoskEar

_console = Console(highlight=False, soft_wrap=True)
_SECONDS_A_SYLLABLE = 0.24
_COLUMNS = ("文件名", "文字", "读音", "字数", "参考时长（秒）")
_STYLE = (
    "body{font:15px/1.6 sans-serif;margin:2rem}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "td:first-child{font-family:monospace}td:nth-child(2){font-size:1.15rem}tr{break-inside:avoid}"
)
_HOW = (
    "每句录成一个 WAV 文件，文件名即第一列；16 位、单声道、16000 赫兹以上；安静的房间；前后各留约半秒静音；"
    "语速平稳、亲切，句末不要拖长。录好后把文件夹交给 IVR_RECORDINGS_OF_PHRASES，并运行 ivr phrases check。"
)


def add_options(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands and their options."""
    ways = commands.add_parser("phrases", help="the fixed phrases and their studio recordings").add_subparsers(
        dest="what", required=True
    )
    told = ways.add_parser("list", help="every fixed phrase with its id")
    told.add_argument("--missing", action="store_true", help="only those without a recording")
    told.set_defaults(work=list_phrases)
    sheet = ways.add_parser("record-sheet", help="a sheet for the studio")
    sheet.add_argument("file", type=Path, help="*.csv (for a table program) or *.html (for printing)")
    sheet.add_argument("--missing", action="store_true", help="only those without a recording")
    sheet.set_defaults(work=record_sheet)
    check = ways.add_parser("check", help="look at and listen to every recording; 0 when all can be used and are good")
    check.add_argument("folder", nargs="?", type=Path, help="default: IVR_RECORDINGS_OF_PHRASES")
    check.add_argument("--deaf", action="store_true", help="do not compare what is said with the text")
    check.set_defaults(work=check_recordings)


async def list_phrases(settings: Settings, chosen: argparse.Namespace) -> int:
    """Print id and text, a phrase a line."""
    for phrase_id, text in _wanted(settings, missing=chosen.missing).items():
        print(f"{phrase_id}\t{text}")
    return 0


async def record_sheet(settings: Settings, chosen: argparse.Namespace) -> int:
    """Write the sheet; the kind of file is told by its name."""
    write = {".csv": _as_csv, ".html": _as_html}.get(chosen.file.suffix.lower())
    if write is None:
        print("ivr: the sheet's name must end with .csv or .html", file=sys.stderr)
        return 2
    phrases = _wanted(settings, missing=chosen.missing)
    chosen.file.write_text(write(phrases), "utf-8")
    print(f"{len(phrases)} phrases: {chosen.file}")
    return 0


async def check_recordings(settings: Settings, chosen: argparse.Namespace) -> int:
    """Print what is wrong with a folder of recordings."""
    folder: Path | None = chosen.folder or settings.recordings_of_phrases
    files = None if folder is None else _recordings(folder)
    if files is None:
        print("ivr: which folder? give one, or set IVR_RECORDINGS_OF_PHRASES", file=sys.stderr)
        return 2
    phrases = fixed_phrases()
    ear = None if chosen.deaf else _listener(settings)
    bad = 0
    for path in files:
        text = phrases.get(path.stem)
        problems = [_unknown(path.stem, phrases)] if text is None else await _problems(path, text, ear)
        bad += bool(problems)
        for problem in problems:
            _console.print(f"{path.name}: {problem}", markup=False)
    left = len(phrases.keys() - {path.stem for path in files})
    _console.print(f"{len(files)} recordings, {bad} with something wrong; {left} of {len(phrases)} phrases are not recorded")
    return 1 if bad else 0


def _wanted(settings: Settings, *, missing: bool) -> dict[str, str]:
    folder = settings.recordings_of_phrases
    recorded = {path.stem for path in folder.glob("*.wav")} if missing and folder is not None else frozenset[str]()
    return {phrase_id: text for phrase_id, text in sorted(fixed_phrases().items()) if phrase_id not in recorded}


def _rows(phrases: Mapping[str, str]) -> list[tuple[str, ...]]:
    counts = {text: sum(char.isalnum() for char in text) for text in phrases.values()}
    return [
        (f"{phrase_id}.wav", text, pinyin_of(text), str(counts[text]), f"{counts[text] * _SECONDS_A_SYLLABLE:.1f}")
        for phrase_id, text in phrases.items()
    ]


def _as_csv(phrases: Mapping[str, str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_COLUMNS, *_rows(phrases)])
    return "\N{BYTE ORDER MARK}" + out.getvalue()


def _as_html(phrases: Mapping[str, str]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in _COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in _rows(phrases))
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>录音脚本</title><style>{_STYLE}</style>'
        f"<h1>12123 语音服务录音脚本</h1><p>{_HOW}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></html>\n"
    )


def _unknown(phrase_id: str, phrases: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(phrase_id, phrases, 1)
    return "no phrase has this id" + (f"; did you mean {near[0]}?" if near else "")


def _recordings(folder: Path) -> list[Path] | None:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".wav") if folder.is_dir() else None


def _judged(path: Path, text: str) -> Judged:
    try:
        return judge(path.read_bytes(), text)
    except OSError as error:
        return Judged(f"it cannot be read ({type(error).__name__})")


async def _problems(path: Path, text: str, ear: VoskEar | None) -> list[str]:
    judged = _judged(path, text)
    if judged.problem is not None:
        return [f"not used: {judged.problem}"]
    heard = "" if ear is None else (await hear_whole(ear, judged.pcm)).text
    return [*judged.notes, *([f"is this “{text}”? heard: {heard}"] if says_else(heard, text) else [])]


def _listener(settings: Settings) -> VoskEar | None:
    try:
        return VoskEar(settings.speech_model)
    except SpeechError as error:
        print(f"ivr: not listened to: {error}", file=sys.stderr)
        return None
