"""Where SMS carriers report: receipts and incoming texts. Nobody signs in here; every request is signed."""

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from ivr.consoles.console import Desk
from ivr.sms.callbacks import gateway_signed, twilio_signed

routes = APIRouter(prefix="/carrier")
_LARGEST = 8192
_ARRIVED = frozenset({"delivered", "read"})
_LOST = frozenset({"undelivered", "failed"})


class _Receipt(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1, max_length=128)
    delivered: bool


class _Text(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    sender: str = Field(alias="from", pattern=r"^\+?[0-9]{5,15}$")
    text: str = Field(max_length=1000)


@routes.post("/twilio/status")
async def twilio_status(request: Request, desk: Desk) -> Response:
    """Take a receipt."""
    form = await _twilio_form(request, desk)
    if form is None or desk.options.carrier is None:
        return Response(status_code=403)
    status = form.get("MessageStatus", "")
    if status in _ARRIVED | _LOST and form.get("MessageSid"):
        await desk.options.carrier.inbox.delivered(form["MessageSid"], arrived=status in _ARRIVED)
    return Response(status_code=204)


@routes.post("/twilio/inbound")
async def twilio_inbound(request: Request, desk: Desk) -> Response:
    """Take a text that somebody sent."""
    form = await _twilio_form(request, desk)
    if form is None or desk.options.carrier is None:
        return Response(status_code=403)
    sender = form.get("From", "").removeprefix("+86")
    await desk.options.carrier.inbox.received(sender, form.get("Body", "")[:1000], now=desk.now())
    return Response("<Response/>", media_type="text/xml")


@routes.post("/gateway/status")
async def gateway_status(request: Request, desk: Desk) -> Response:
    """Take a receipt."""
    return await _from_gateway(request, desk, _Receipt)


@routes.post("/gateway/inbound")
async def gateway_inbound(request: Request, desk: Desk) -> Response:
    """Take a text that somebody sent."""
    return await _from_gateway(request, desk, _Text)


async def _from_gateway(request: Request, desk: Desk, model: type[_Receipt] | type[_Text]) -> Response:
    body, door = await request.body(), desk.options.carrier
    if door is None or door.gateway_key is None or len(body) > _LARGEST:
        return Response(status_code=403)
    stamp, given = request.headers.get("x-timestamp", ""), request.headers.get("x-signature", "")
    if not gateway_signed(door.gateway_key, stamp, body, given, now=desk.now()):
        return Response(status_code=403)
    try:
        told = model.model_validate_json(body)
    except ValidationError:
        return Response(status_code=422)
    if isinstance(told, _Receipt):
        await door.inbox.delivered(told.id, arrived=told.delivered)
    else:
        await door.inbox.received(told.sender.removeprefix("+86"), told.text, now=desk.now())
    return Response(status_code=204)


async def _twilio_form(request: Request, desk: Desk) -> dict[str, str] | None:
    """Read the form where its signature is right."""
    door = desk.options.carrier
    body = await request.body()
    if door is None or door.twilio_token is None or len(body) > _LARGEST:
        return None
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    url = door.public_url.rstrip("/") + request.url.path
    given = request.headers.get("x-twilio-signature", "")
    return form if twilio_signed(door.twilio_token, url, form, given) else None
