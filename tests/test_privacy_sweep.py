"""The sweep finds what it looks for."""

import logging
import sqlite3
from pathlib import Path

import pytest

from tests.privacy_sweep import LogSweep, personal, sweep_files


@pytest.mark.parametrize(
    ("text", "kind"),
    [("身份证11010519491231002X。", "id"), ("打13800001111", "mobile"), ("苏B12345停着", "plate"), ("验证码是482913", "code")],
)
def test_each_kind_is_found(text: str, kind: str) -> None:
    assert personal(text) == {kind: 1}


@pytest.mark.parametrize("text", ["尾号1111", "苏B1****", "110105194912310021", "H2611230001", "a13800001111f", "1764000000123"])
def test_what_may_be_kept_is_not(text: str) -> None:
    assert not personal(text)


def test_a_database_and_a_file_are_looked_into_and_the_polices_own_is_not(tmp_path: Path) -> None:
    for name in ("ivr.db", "sandbox.db"):
        with sqlite3.connect(tmp_path / name) as database:
            database.execute("CREATE TABLE t (v TEXT)")
            database.execute("INSERT INTO t VALUES ('13800001111')")
    (tmp_path / "spool.jsonl").write_text('{"plate": "苏B12345"}')
    looked, found = sweep_files(tmp_path)
    assert looked == 2
    assert found == {"ivr.db mobile": 1, "spool.jsonl plate": 1}
    for each in tmp_path.iterdir():
        each.unlink()


def test_the_scattered_letters_of_sealed_bytes_are_no_plate(tmp_path: Path) -> None:
    sealed = b"\xff".join([*("苏B12345"[at].encode() for at in range(7))])
    (tmp_path / "a.rec").write_bytes(sealed)
    assert sweep_files(tmp_path) == (1, {})
    (tmp_path / "a.rec").write_bytes(b"\xff\x80" + "苏B12345".encode() + b"\xff")
    assert sweep_files(tmp_path) == (1, {"a.rec plate": 1})
    (tmp_path / "a.rec").unlink()


def test_a_record_is_looked_at_with_its_extras_and_only_ours() -> None:
    sweep = LogSweep()
    for name, fields in (
        ("ivr.call.session", {"msg": "a caller", "number": "13800001111"}),
        ("dialogs.actions", {"msg": "a plate %s", "args": ("苏B12345",)}),
        ("httpx", {"msg": "13800001111"}),
    ):
        sweep.handle(logging.makeLogRecord({"name": name, **fields}))
    assert sweep.records == 2
    assert sorted({kind.split()[-1] for kind in sweep.found}) == ["mobile", "plate"]
