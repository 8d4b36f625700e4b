"""What the clock does in this house, and how often (seconds)."""

from ivr.bootstrap import (
    Services,
    fallback_job,
    index_job,
    lost_calls_job,
    retention_job,
    spool_job,
)
from ivr.clock import Job
from ivr.settings import Settings
from ivr.storage.room import StorageRoom


def jobs(settings: Settings, storage: StorageRoom, services: Services) -> list[Job]:
    """Everything that is looked at from time to time."""
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
