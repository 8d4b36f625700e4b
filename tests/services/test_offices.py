from datetime import timedelta

from ivr.services.offices import Offices
from tests.fakes.sandbox import running_sandbox
from tests.fakes.site import NOW


async def test_numbers_come_from_the_backend_and_outlive_it() -> None:
    async with running_sandbox() as sandbox:
        offices = Offices(sandbox.backend)
        assert await offices.number("duty", region="320200", now=NOW) == "051080000001"
        await sandbox.fault("down")
        later = NOW + timedelta(hours=2)
        assert await offices.number("duty", region="320200", now=later) == "051080000001"
        assert await offices.number("duty", region="110000", now=later) is None
        assert await offices.number("police", region="110000", now=later) == "110"
        assert {p.number for p in await offices.phones("110000", now=later)} == {
            "110",
            "119",
            "120",
            "122",
        }
