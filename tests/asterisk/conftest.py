"""The real Asterisk and the phones around it.

`asterisk` is one for the whole session. It looks for the media door at `asterisk.media_port` and wants
`asterisk.media_login`; each test opens its own door there.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivr.cli.settled import settled_heap
from tests.asterisk.pbx import CARRIER, PROJECT, SEAT, Asterisk, NoAsterisk, fetch, required
from tests.asterisk.sip_phone import SipPhone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asterisk)


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    try:
        pbx = Asterisk(fetch(PROJECT / ".cache/asterisk"), tmp_path_factory.mktemp("asterisk"))
        pbx.configure()
        pbx.start()
    except NoAsterisk as why:
        if required():
            pytest.fail(f"REQUIRE_ASTERISK=1, but no real Asterisk: {why}")
        pytest.skip(f"NO REAL ASTERISK, these calls are not tested: {why}")
    yield pbx
    pbx.stop()


@pytest.fixture(scope="module", autouse=True)
def nothing_stops_the_phones() -> Iterator[None]:
    """A full collection of all that thousands of tests have left makes a phone lose sound."""
    with settled_heap():
        yield


@pytest.fixture
async def caller(asterisk: Asterisk) -> AsyncIterator[SipPhone]:
    """A citizen's phone behind the carrier."""
    async with SipPhone(CARRIER, number="13800001111") as phone:
        yield phone
    await asterisk.quiet()


@pytest.fixture
async def owner(asterisk: Asterisk) -> AsyncIterator[SipPhone]:
    """What answers on the carrier's side when an owner is rung."""
    async with SipPhone(CARRIER, port=asterisk.carrier_port, number="13900002222") as phone:
        yield phone
    await asterisk.quiet()


@pytest.fixture
async def seat(asterisk: Asterisk) -> AsyncIterator[SipPhone]:
    """A seat of the queue `human`."""
    async with SipPhone(SEAT, port=asterisk.seat_port, number="seat") as phone:
        yield phone
