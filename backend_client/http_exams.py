"""Driving tests over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from pydantic import BaseModel, Field

from backend_client.exams import Booking, BookingRequest, ExamPlan, Student
from backend_client.wire import Wire


class _Student(BaseModel):
    student: Student | None


class _Plans(BaseModel):
    plans: list[ExamPlan]


class _Bookings(BaseModel):
    bookings: list[Booking]


class _Serial(BaseModel):
    serial: str = Field(min_length=1, max_length=64)


class _Done(BaseModel):
    done: bool


class ExamDoor:
    """`ExamBackend` over HTTP."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def student(self, person_token: str) -> Student | None:
        """Give the learner's record; None when the person learns nothing."""
        return (await self._wire.ask(_Student, "POST", "/v1/exams/student", {"person_token": person_token})).student

    async def exam_plans(
        self, person_token: str, *, subject: str, region: str, first: date, last: date
    ) -> Sequence[ExamPlan]:
        """Give the open sessions of those days, earliest first."""
        body = {
            "person_token": person_token,
            "subject": subject,
            "region": region,
            "first": first.isoformat(),
            "last": last.isoformat(),
        }
        return (await self._wire.ask(_Plans, "POST", "/v1/exams/plans", body)).plans

    async def bookings(self, person_token: str) -> Sequence[Booking]:
        """Give applications of the last three months, newest first."""
        return (await self._wire.ask(_Bookings, "POST", "/v1/exams/bookings", {"person_token": person_token})).bookings

    async def book(self, request: BookingRequest, *, key: str) -> str:
        """Apply and give the backend's serial."""
        return (await self._wire.ask(_Serial, "POST", "/v1/exams/apply", asdict(request), key=key)).serial

    async def cancel_booking(self, person_token: str, serial: str, *, key: str) -> None:
        """Take an application back."""
        body = {"person_token": person_token, "serial": serial}
        await self._wire.ask(_Done, "POST", "/v1/exams/cancel", body, key=key)
