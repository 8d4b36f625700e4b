from argparse import Namespace
from pathlib import Path

import pytest

from ivr.cli.rules import check_rules
from ivr.settings import Settings


async def check(folder: Path | None = None, region: str | None = None) -> int:
    return await check_rules(Settings(), Namespace(folder=str(folder) if folder else None, region=region))


async def test_the_shipped_rules_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert await check() == 0
    told = capsys.readouterr().out
    assert "没有问题" in told
    assert "exams.subject2_wait.c1" in told


async def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yml").write_text('exams.offer_days:\n  - {region: "320200", valid_from: soon, value: 20, source: "本地"}\n')
    assert await check(tmp_path) == 2
    assert "mine.yml" in capsys.readouterr().out


async def test_a_province_of_its_own_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yml").write_text('exams.offer_days:\n  - {region: "320200", valid_from: 2026-01-01, value: 20, source: "本地通告"}\n')
    assert await check(tmp_path, "320200") == 0
    assert "本地通告" in capsys.readouterr().out
