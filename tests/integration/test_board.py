"""A case filed by voice is on the dispatchers' board within a second."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from ivr.cli.passwords import FIRST
from ivr.cli.scripted import Listen, Say
from tests.consoles.site import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
NUMBER = "13800002077"


async def test_a_case_filed_by_voice_is_on_the_board_within_a_second(running, place):
    house, _ = running
    password = (house.settings.keys_dir / "console-password").read_text("ascii").strip()
    signing_in, loop = house.services.signing_in, asyncio.get_running_loop()
    await signing_in.sign_agreement(FIRST, signing_in.agreement.version)
    filed: list[float] = []
    shown: list[float] = []

    async with Visitor(SimpleNamespace(url=house.console_url)) as dispatcher:
        assert (await dispatcher.sign_in(password)).status_code == 303

        async def written() -> str:
            """The moment at which the case is in the database."""
            while True:
                async with house.storage.reading() as uow:
                    case = await uow.cases.open_of(house.storage.cipher.token(NUMBER))
                if case is not None:
                    filed.append(loop.time())
                    return case.case_id
                await asyncio.sleep(0.02)

        async def watched() -> None:
            """What the page does: hear the news, ask for the lanes."""
            async with dispatcher.stream("GET", "/board/news", headers={"Accept": "*/*"}, timeout=None) as news:
                async for line in news.aiter_lines():
                    if not line.startswith("data: "):
                        continue
                    case_id = json.loads(line.removeprefix("data: "))["case_id"]
                    lanes = await dispatcher.post("/board/lanes", data={})
                    if case_id in lanes.text and case_id == await case_of:
                        shown.append(loop.time())
                        return

        case_of = asyncio.ensure_future(written())
        watching = asyncio.ensure_future(watched())
        await place(
            NUMBER, Say("有辆车把我堵住了，车牌苏B六七八九零，在清扬路六十八号门口"), Say("白色的"), Say("对"), Listen("请别挂"),
            Say("不等了再见"),
        )  # fmt: skip
        await asyncio.wait_for(watching, 10)
    print(f"\non the board {shown[0] - filed[0]:.2f} s after it was filed")
    assert shown[0] - filed[0] < 1.0
