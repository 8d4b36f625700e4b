"""The sound of a call."""

import io
import wave

import pytest

from ivr.consoles.recordings import RangeWrong, wanted_part
from ivr.storage.errors import DatabaseDown
from tests.consoles.site import CALL, Site, Visitor

PATH = f"/calls/{CALL}/recording.wav"
SECONDS = 3


async def looks(site: Site) -> int:
    async with site.storage.reading() as uow:
        entries = await uow.audit.entries(subject=CALL)
    return [entry.action for entry in entries].count("listen_recording")


async def test_the_whole_recording_is_a_stereo_wav(administrator: Visitor, filled: Site) -> None:
    answer = await administrator.get(PATH)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        assert file.getnframes() == SECONDS * 8000


async def test_a_part_of_it_is_that_part(administrator: Visitor, filled: Site) -> None:
    whole = (await administrator.get(PATH)).content
    for header, part in (
        ("bytes=0-0", whole[:1]),
        ("bytes=44-1043", whole[44:1044]),
        ("bytes=90000-", whole[90000:]),
        ("bytes=-500", whole[-500:]),
        ("bytes=96000-999999", whole[96000:]),
    ):
        answer = await administrator.get(PATH, headers={"Range": header})
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["content-length"] == str(len(part))
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")


async def test_a_part_that_is_not_there_is_refused_with_the_length(
    administrator: Visitor, filled: Site
) -> None:
    answer = await administrator.get(PATH, headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{44 + SECONDS * 32000}"


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b"])
def test_what_cannot_be_cut_out_is_answered_with_the_whole(header: str | None) -> None:
    assert wanted_part(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5-4", "bytes=-0"])
def test_an_empty_part_is_wrong(header: str) -> None:
    with pytest.raises(RangeWrong):
        wanted_part(header, 100)


async def test_one_look_is_audited_once_however_many_parts_it_takes(
    administrator: Visitor, filled: Site
) -> None:
    await administrator.get(f"/calls/{CALL}/waveform.svg")
    for start in (0, 1000, 5000):
        await administrator.get(PATH, headers={"Range": f"bytes={start}-"})
    assert await looks(filled) == 1


async def test_what_cannot_be_audited_is_not_heard(
    administrator: Visitor, filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise DatabaseDown("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(filled.console), "note", down)
        for _ in range(2):
            answer = await administrator.get(PATH)
            assert answer.status_code == 503
            assert "系统繁忙" in answer.text
    assert (await administrator.get(PATH)).status_code == 200
    assert await looks(filled) == 1


async def test_a_call_without_recording_says_so(administrator: Visitor, site: Site) -> None:
    answer = await administrator.get("/calls/nosuch/recording.wav")
    assert answer.status_code == 404
    assert "没有录音" in answer.text


async def test_a_changed_recording_is_not_played(administrator: Visitor, filled: Site) -> None:
    [path] = filled.storage.recordings._folder.rglob("*.rec")
    body = bytearray(path.read_bytes())
    body[100] ^= 1
    path.write_bytes(body)
    answer = await administrator.get(PATH)
    assert answer.status_code == 500
    assert "录音打不开" in answer.text


async def test_the_picture_shows_both_sides(administrator: Visitor, filled: Site) -> None:
    answer = await administrator.get(f"/calls/{CALL}/waveform.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.count("<path") == 4
