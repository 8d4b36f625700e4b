"""The table of rights: every route is walked with every role, and with the same role of another region."""

import re

import pytest
from fastapi.routing import APIRoute

from ivr.domain.accounts import RIGHTS, Right, Role
from tests.consoles.people import seated
from tests.consoles.site import CALL, CASE, HANDOVER, Site, Visitor, hand_over

ANYBODY = {"/", "/sign-in", "/sign-on", "/sign-on/back", "/sign-on/code", "/sign-out", "/phone", "/phone/tickets", "/phone/number"}
"""Pages that a visitor may ask for."""
ENTERED = re.compile(r"/account(/.*)?")
PHONE = re.compile(r"/phone/.*")
CARRIER = re.compile(r"/carrier/.*")
"""Signed by the carrier, not by a person."""
IDS = {"review_id": "Q26112300001", "call_id": CALL, "case_id": CASE, "serial": "H2611230001", "name": "admin", "handover_id": HANDOVER}
OF_A_REGION = ("review_id", "call_id", "case_id", "serial", "handover_id")
REFUSED = 403


def routes(site: Site) -> list[APIRoute]:
    """Every route of the console, however FastAPI keeps those of a router."""
    rooms = [getattr(route, "original_router", None) for route in site.console_app.routes]
    found = [route for room in rooms if room is not None for route in room.routes if isinstance(route, APIRoute)]
    assert len(found) > 30, "the routes were not found"
    return found


def needed(route: APIRoute) -> frozenset[Right]:
    """Rights that a route names, read from its dependencies."""
    found: set[Right] = set()

    def walk(dependant: object) -> None:
        for each in dependant.dependencies:  # type: ignore[attr-defined]
            found.update(getattr(each.call, "rights", ()))
            walk(each)

    walk(route.dependant)
    return frozenset(found)


def address(route: APIRoute) -> str:
    return re.sub(r"{(\w+)}", lambda found: IDS.get(found.group(1), "x"), route.path)


async def ask(browser: Visitor, route: APIRoute, method: str) -> int:
    path = address(route)
    if path.endswith(("/news", "/rings", "/captions")) or "/listen" in path:
        async with browser.stream(method, path, headers={"Accept": "*/*"}) as answer:
            return answer.status_code
    return (await browser.request(method, path, headers={"Accept": "*/*"})).status_code


async def test_every_route_names_the_right_it_needs(filled: Site) -> None:
    for route in routes(filled):
        open_to_all = route.path in ANYBODY or ENTERED.fullmatch(route.path) or PHONE.fullmatch(route.path) or CARRIER.fullmatch(route.path)
        assert bool(needed(route)) != bool(open_to_all), route.path


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_gets_in_where_the_table_says_and_nowhere_else(filled: Site, role: Role) -> None:
    await hand_over(filled.storage, seat="wang")
    async with seated(filled, "wang", role) as browser:
        for route in routes(filled):
            rights = needed(route)
            if not rights:
                continue
            for method in route.methods:
                status = await ask(browser, route, method)
                allowed = bool(rights & RIGHTS[role])
                where = f"{role} {method} {route.path} -> {status}"
                if allowed and method == "GET":
                    assert status not in (REFUSED, 303, 500), where
                elif not allowed:
                    assert status == REFUSED, where


async def test_nobody_sees_anything_of_another_region(filled: Site) -> None:
    await hand_over(filled.storage, seat="wang")
    everything = [role for role in Role if role is not Role.ADMINISTRATOR]
    async with seated(filled, "wang", *everything, region="330100") as browser:
        for route in routes(filled):
            if not needed(route) or not any(f"{{{name}}}" in route.path for name in OF_A_REGION):
                continue
            for method in route.methods:
                form = {
                    "csrf": await browser.csrf("/account"), "version": "1", "action": "take", "note": "x", "purpose": "dispute",
                    "reference": "T1", "fate": "mine", "act": "finish" if route.path.startswith("/seat") else "take",
                }
                body = {"data": form} if method == "POST" else {}
                answer = await browser.request(method, address(route), headers={"Accept": "*/*"}, **body)  # type: ignore[arg-type]
                assert answer.status_code in (404, 405, 422), f"{method} {route.path} -> {answer.status_code}"
                assert answer.status_code != 422 or "version" not in form or method == "POST"
        for path in ("/calls", "/cases", "/sms", "/callbacks", "/missed", "/board", "/seat", "/seat/now", "/seat/side", "/"):
            page = (await browser.get(path)).text
            for shown in (CALL, CASE, "H2611230001", "清扬路", "1111", "苏B1"):
                assert shown not in page, f"{path} shows {shown}"


async def test_a_seat_has_nothing_to_do_with_another_seats_caller(filled: Site) -> None:
    await hand_over(filled.storage, seat="lili")
    found = [route for route in routes(filled) if "{handover_id}" in route.path]
    assert len(found) >= 5
    async with seated(filled, "wang", *(role for role in Role if role is not Role.ADMINISTRATOR)) as browser:
        form = {"csrf": await browser.csrf("/account"), "act": "finish", "note": "x", "fate": "mine"}
        for route in found:
            for method in route.methods:
                body = {"data": form} if method == "POST" else {}
                answer = await browser.request(method, address(route), headers={"Accept": "*/*"}, **body)  # type: ignore[arg-type]
                assert answer.status_code == REFUSED, f"{method} {route.path} -> {answer.status_code}"
        for path in ("/seat", "/seat/now", "/seat/side"):
            assert "电话挪车。" not in (await browser.get(path)).text, "the summary is for his seat"


async def test_a_visitor_sees_nothing_that_needs_a_right(filled: Site, visitor: Visitor) -> None:
    for route in routes(filled):
        if needed(route):
            for method in route.methods:
                assert await ask(visitor, route, method) == 401, route.path
