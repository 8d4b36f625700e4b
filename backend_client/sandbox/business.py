"""Routes about people: who they are, their tests, their papers."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from backend_client.sandbox.bodies import (
    Apply,
    Book,
    CancelBooking,
    FindPerson,
    PlanQuery,
    Secret,
    WhichVehicle,
    Whose,
)
from backend_client.sandbox.exams import CHINA
from backend_client.sandbox.store import Store


def business_routes(store: Store) -> APIRouter:
    """Give all of them."""
    routes = APIRouter(prefix="/v1")
    _people(routes, store)
    _exams(routes, store)
    _papers(routes, store)
    return routes


def _people(routes: APIRouter, store: Store) -> None:
    @routes.post("/people/find")
    async def find_person(body: FindPerson) -> Response:
        today = store.now().astimezone(CHINA).date()
        return JSONResponse({"person": store.people.find(body.id_number, today)})

    @routes.post("/people/check-secret")
    async def check_secret(body: Secret) -> Response:
        right = store.people.secret_right(body.person_token, body.kind, body.value, body.plate)
        return JSONResponse({"right": right})


def _exams(routes: APIRouter, store: Store) -> None:
    @routes.post("/exams/student")
    async def student(body: Whose) -> Response:
        return JSONResponse({"student": store.exams.student(body.person_token)})

    @routes.post("/exams/plans")
    async def plans(body: PlanQuery) -> Response:
        store.people.of(body.person_token)
        return JSONResponse({"plans": store.exams.plans(body.subject, body.region, body.first, body.last)})

    @routes.post("/exams/bookings")
    async def bookings(body: Whose) -> Response:
        return JSONResponse({"bookings": store.exams.bookings(body.person_token)})

    @routes.post("/exams/apply", status_code=201)
    async def book(body: Book) -> Response:
        serial = store.exams.book(body.person_token, body.plan_id, body.subject, body.licence_class)
        store.write_down("booking", "J", {"serial": serial, "plan_id": body.plan_id})
        return JSONResponse({"serial": serial}, status_code=201)

    @routes.post("/exams/cancel")
    async def cancel(body: CancelBooking) -> Response:
        store.exams.cancel(body.person_token, body.serial)
        store.write_down("booking_cancelled", "J", {"serial": body.serial})
        return JSONResponse({"done": True})


def _papers(routes: APIRouter, store: Store) -> None:
    @routes.post("/papers/vehicle")
    async def vehicle(body: WhichVehicle) -> Response:
        return JSONResponse({"vehicle": store.papers.vehicle(body.person_token, body.plate)})

    @routes.post("/papers/licence")
    async def licence(body: Whose) -> Response:
        return JSONResponse({"licence": store.papers.licence(body.person_token)})

    @routes.post("/papers/apply", status_code=201)
    async def apply(body: Apply) -> Response:
        serial = store.papers.apply(body.model_dump())
        kept = {"serial": serial, "paper": body.paper, "cause": body.cause, "delivery": body.delivery}
        store.write_down("paper", "J", kept)
        return JSONResponse({"serial": serial}, status_code=201)

    @routes.post("/papers/applications")
    async def applications(body: Whose) -> Response:
        return JSONResponse({"applications": store.papers.applications(body.person_token)})
