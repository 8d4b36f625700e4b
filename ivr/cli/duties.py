"""What the house does by itself while it answers calls: the clock's jobs, and having its door watched."""

from contextlib import AsyncExitStack

from ivr.bootstrap import (
    Services,
    fallback_job,
    index_job,
    lost_calls_job,
    retention_job,
    spool_job,
)
from ivr.cli.crew import Crew
from ivr.cli.watchdog_child import keep_watchdog
from ivr.clock import Bell, Job
from ivr.clock import run as run_clock
from ivr.settings import Settings
from ivr.storage.room import StorageRoom
from telephony.media.server import MediaDoor


async def hire_duties(
    stack: AsyncExitStack, settings: Settings, kept: tuple[StorageRoom, Services], bell: Bell, door: tuple[MediaDoor, str]
) -> None:
    """Let them run. They end before the door does: a watchdog must not take a house that closes for one that died.

    Args:
        stack: ends them.
        settings: of the site.
        kept: storage and services.
        bell: wakes the hurried jobs.
        door: the media door, open, and its password.
    """
    storage, services = kept
    crew = await stack.enter_async_context(Crew())
    crew.hire(run_clock(_jobs(settings, storage, services), now=storage.clock, bell=bell), "clock")
    crew.hire(keep_watchdog(settings, *door), "watchdog")


def _jobs(settings: Settings, storage: StorageRoom, services: Services) -> list[Job]:
    fallback = fallback_job(settings, storage, services)
    return [
        Job("cases", services.car_moving.due, 1, hurried=True),
        Job("sms", services.sms_sending.due, 1, hurried=True),
        Job("case_places", services.case_places.due, 2, hurried=True),
        Job("work_orders", services.work_orders.due, 30),
        Job("submissions", services.submissions.due, 5),
        Job("reviews", services.reviewing.due, 300),
        Job("spool", spool_job(storage), 30),
        Job("index", index_job(storage), 1),
        Job("retention", retention_job(storage), 3600),
        Job("lost_calls", lost_calls_job(storage), 60),
        *([] if fallback is None else [Job("fallback", fallback, 5)]),
    ]
