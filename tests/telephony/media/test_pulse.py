"""Who rests is woken with the others, once, at the next stroke."""

import asyncio

import pytest

from telephony.media.pulse import Pulse


async def test_all_who_rest_are_woken_at_one_stroke_and_only_once() -> None:
    woken: list[str] = []
    now = asyncio.get_running_loop().time
    pulse = Pulse(seconds=0.3)
    await asyncio.sleep(0.3 - now() % 0.3 + 0.02)  # a stroke has just passed
    pulse.rest(lambda: woken.append("one"))
    await asyncio.sleep(0.05)
    pulse.rest(lambda: woken.append("other"))
    assert woken == []
    await asyncio.sleep(0.3)
    assert woken == ["one", "other"]
    await asyncio.sleep(0.3)
    assert woken == ["one", "other"]


async def test_one_that_cannot_be_woken_keeps_no_other_asleep(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise RuntimeError("13800001111")

    woken: list[str] = []
    pulse = Pulse(seconds=0.02)
    pulse.rest(fails)
    pulse.rest(lambda: woken.append("other"))
    await asyncio.sleep(0.06)
    assert woken == ["other"]
    assert "RuntimeError" in caplog.text
    assert "13800001111" not in caplog.text


async def test_who_rests_again_when_woken_waits_for_the_next_stroke() -> None:
    strokes: list[float] = []
    pulse = Pulse(seconds=0.03)

    def again() -> None:
        strokes.append(asyncio.get_running_loop().time())
        if len(strokes) < 4:
            pulse.rest(again)

    pulse.rest(again)
    async with asyncio.timeout(2):
        while len(strokes) < 4:  # noqa: ASYNC110 - strokes come by a callback
            await asyncio.sleep(0.005)
    assert strokes[3] - strokes[0] >= 0.06
