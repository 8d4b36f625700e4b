"""What came of a call, read from what was kept of it."""

from ivr.storage.unit_of_work import UnitOfWork

_SERVICES = {"exam": "exams", "papers": "plates", "licence": "licences"}
_KEPT_LONG = frozenset({"plates", "licences"})
"""Calls in which something was replaced are kept for two years, in case of a dispute."""


async def came_of(uow: UnitOfWork, call_id: str) -> tuple[str, str]:
    """Outcome and service; empty where nothing came of it."""
    if applied := await uow.applications.of_call(call_id):
        return "applied", _SERVICES[applied[0].service]
    case = await uow.cases.of_call(call_id)
    return ("", "") if case is None else ("case_filed", "car_moving")


def is_kept_long(service: str) -> bool:
    """Does the longer retention period apply?"""
    return service in _KEPT_LONG
