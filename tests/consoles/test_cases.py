"""What came of calls."""

import pytest

from tests.consoles.site import CALL, CASE, PLATE, REQUESTER, Site, Visitor

PAGES = {
    "/cases": ("list_cases", [CASE, "苏B1****", "车主马上来"]),
    f"/cases/{CASE}": (
        "view_case",
        ["清扬路68号门口", "核心系统", "开始通知车主", "马上来", "待发送", f"/calls/{CALL}"],
    ),
    "/sms": ("list_sms", ["尾号 1111", "核心系统保管", "已发送", "您的挪车请求已受理"]),
    "/callbacks": ("list_callbacks", ["H2611230001", "没有空闲座席", "已超时"]),
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_shows_what_was_kept_masks_numbers_and_is_audited(
    administrator: Visitor, filled: Site, path: str
) -> None:
    action, words = PAGES[path]
    page = await administrator.get(path)
    assert page.status_code == 200
    for word in words:
        assert word in page.text
    for secret in (REQUESTER, PLATE, "ct-1"):
        assert secret not in page.text
    async with filled.storage.reading() as uow:
        assert action in [entry.action for entry in await uow.audit.entries()]


@pytest.mark.parametrize("path", ["/cases", "/sms", "/callbacks"])
async def test_nothing_kept_is_said_so(administrator: Visitor, path: str) -> None:
    assert "没有" in (await administrator.get(path)).text


async def test_an_unknown_case_is_not_found(administrator: Visitor) -> None:
    assert (await administrator.get("/cases/M0000000000")).status_code == 404
