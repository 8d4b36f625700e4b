"""Whole calls in real audio in which somebody proves who he is, and what of it is left behind: nothing in clear."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from ivr.cli.demo import Screen
from ivr.cli.house import House
from ivr.cli.scenes import DRIVER, LEARNER
from ivr.cli.scripted import EnterCode, Press, Say
from ivr.domain.applications import Application, Submission
from ivr.storage.recording_format import BYTES_PER_SECOND
from telephony.media.phone_call import PhoneCall

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
Running = tuple[House, Screen]


async def applications(house: House, id_number: str) -> list[Application]:
    async with house.storage.reading() as uow:
        return list(await uow.applications.of_person(house.storage.cipher.token(id_number), 5))


async def test_a_test_is_booked_by_voice_and_nothing_that_names_the_caller_is_left_in_clear(
    running: Running, place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    house, screen = running
    codes: list[str] = []
    overheard = bytearray()

    async def listen_in(line: PhoneCall) -> None:
        sound = house.storage.live_sound
        while not sound.is_on_air(line.start.call_id):  # noqa: ASYNC110 - it begins when the call does
            await asyncio.sleep(0.02)
        async for piece in sound.listen(line.start.call_id):
            overheard.extend(piece)

    with caplog.at_level(logging.DEBUG):
        line, _ = await place(
            "13800001234", Say("我想约科目三，越早越好"), Press(f"{LEARNER}#"), EnterCode(), Say("对，提交"), Say("没有了"), Press("2"),
            during=listen_in,
        )  # fmt: skip
    assert len(overheard) > 30 * BYTES_PER_SECOND
    assert (await house.storage.recordings.read_wav(line.start.call_id)).endswith(overheard), "more was heard live than is kept"
    said = screen.said_in(line.start.call_id)
    assert "还不是预约成功" in said
    assert "谢谢您的评价" in said
    (done,) = await applications(house, LEARNER)
    assert (done.state, done.business) == (Submission.SUBMITTED, "book")
    async with house.storage.reading() as uow:
        assert (await uow.ratings.of_call(line.start.call_id)) is not None
        codes = [each.text for each in await uow.sms.recent(20) if each.kind == "sms_code"]
    assert codes == ["（验证码已用，内容不再保留）"]
    secrets = [LEARNER, "13800001234", done.person_token, str(done.contact_token)]
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert _found(house.settings.data_dir, secrets) == []


async def test_a_licence_is_renewed_only_when_it_was_said_in_so_many_words(running: Running, place: Any) -> None:
    house, screen = running
    line, _ = await place(
        "13800005678", Say("驾照下个月到期，要换证"), Press(f"{DRIVER.replace('X', '*')}#"), EnterCode(), Say("我自己去取"), Press("700567#"),
        Say("对"), Say("确认提交"), Say("没有了"), Say("满意"),
    )  # fmt: skip
    said = screen.said_in(line.start.call_id)
    assert "到车管所自取" in said
    assert "这一步提交后不能撤回" in said
    (done,) = await applications(house, DRIVER)
    assert (done.state, done.business) == (Submission.SUBMITTED, "driving_licence_expiring")
    view = await house.storage.call_log.call(line.start.call_id)
    assert (view.service, view.outcome, view.keep_long) == ("licences", "applied", True)
    assert _found(house.settings.data_dir, [DRIVER, "700567", "13800005678"]) == []


def _found(folder: Path, secrets: list[str]) -> list[str]:
    """Files that hold one of them in clear; the sandbox's own file is the police's, not ours."""
    told = []
    for file in sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith("sandbox")):
        content = file.read_bytes()
        told += [f"{file.relative_to(folder)}: {secret[:4]}…" for secret in secrets if secret.encode() in content]
    return told
