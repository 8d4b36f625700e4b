"""A call among others: its sound is wanted at once while people talk, and may come later when only we listen."""

import asyncio

from ivr.call.company import Company
from ivr.call.crossing import Crossing
from ivr.call.events import Joined
from ivr.call.recorder import StereoTimeline
from tests.call.surroundings import LOUD, Line


async def test_who_is_with_others_is_heard_by_them_at_once_and_alone_he_is_in_no_hurry():
    line, told = Line(), []
    company = Company(line, StereoTimeline(began_at=0.0), encode=lambda pcm: pcm, tell=told.append)
    assert not company.says(LOUD)
    crossing = Crossing()
    heard = asyncio.Event()

    async def other_hears(pcm):
        if any(pcm):
            heard.set()

    crossing.enter("other", other_hears)
    carrying = asyncio.ensure_future(crossing.run())
    company.enter(crossing)
    assert line.hurried
    assert told == [Joined()]
    for _ in range(10):
        assert company.says(LOUD)
    await asyncio.wait_for(heard.wait(), 2)
    company.leave()
    assert not line.hurried
    assert not company.says(LOUD)
    carrying.cancel()
