"""The review desk (质检): the day's sample, one review with its call and score card, appeals, results as CSV."""

import csv
import io
from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound, RequestWrong
from ivr.consoles.recordings import send_recording
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.car_move_limits import CHINA
from ivr.domain.reviews import Review, ReviewRefused, ReviewState, Verdict
from ivr.services.reviewing import ReviewChanged, ReviewUnknown

routes = APIRouter(prefix="/reviews")
Reviewer = Annotated[Session, Depends(holding(Right.REVIEW))]
Handler = Annotated[Session, Depends(holding(Right.APPEAL))]
Either = Annotated[Session, Depends(holding(Right.REVIEW, Right.APPEAL))]
_PAGE = 100
_MOST_EXPORTED = 20_000
_T = TypeVar("_T")


@routes.get("")
async def reviews(desk: Desk, who: Reviewer, day: date | None = None, state: str = "", page: int = 0) -> Response:
    """Show a day's sample; yesterday's when none is named."""
    day = day or desk.now().astimezone(CHINA).date() - timedelta(days=1)
    state = state if state in set(ReviewState) else ""
    await desk.note(who, "list_reviews", day.isoformat())
    async with desk.reading(who) as uow:
        sample = await uow.reviews.sample(day.isoformat())
        found = list(await uow.reviews.of_day(day.isoformat(), state=state, limit=_PAGE + 1, offset=max(0, page) * _PAGE))
        progress = await uow.reviews.progress(day.isoformat())
        following = await uow.reviews.next_for(who.account or "", day.isoformat())
        both = [each.agree for each in await uow.reviews.between(_back(day, 30), day.isoformat(), limit=_MOST_EXPORTED)]
    compared = [agree for agree in both if agree is not None]
    return desk.pages.render(
        "reviews.html", who, day=day, yesterday=day - timedelta(days=1), tomorrow=day + timedelta(days=1), sample=sample,
        reviews=found[:_PAGE], more=len(found) > _PAGE, page=max(0, page), progress=progress, state=state, following=following,
        states=[each.value for each in ReviewState], compared=len(compared), agreed=sum(compared),
    )


@routes.get("/mine")
async def mine(desk: Desk, who: Handler) -> Response:
    """Show the scores of the calls that somebody handled."""
    await desk.note(who, "list_own_reviews", who.account or "")
    async with desk.reading(who) as uow:
        found = await uow.reviews.of_handler(who.account or "", limit=_PAGE)
    return desk.pages.render("reviews_mine.html", who, reviews=found, now=desk.now())


@routes.get("/export.csv")
async def export(desk: Desk, who: Reviewer, first: date, last: date) -> Response:
    """Give the results of some days, a row a review."""
    if last < first or (last - first).days > 366:
        raise RequestWrong("no span of days, or more than a year")
    await desk.note(who, "export_reviews", f"{first.isoformat()}/{last.isoformat()}")
    async with desk.reading(who) as uow:
        found = await uow.reviews.between(first.isoformat(), last.isoformat(), limit=_MOST_EXPORTED)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([f"导出人 {who.account}", f"导出时间 {desk.now().astimezone(CHINA):%Y-%m-%d %H:%M:%S}"])
    rows.writerow(["编号", "日期", "地区", "业务", "抽取原因", "状态", "结论", "得分", "质检员", "复评得分", "复评质检员", "一致", "申诉"])
    for each in found:
        rows.writerow(_row(each))
    headers = {"Content-Disposition": f'attachment; filename="reviews-{first.isoformat()}-{last.isoformat()}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@routes.get("/{review_id}")
async def review(review_id: str, desk: Desk, who: Either) -> Response:
    """Show one review: to a reviewer, or to who handled the call once it is scored."""
    found = await _seen(desk, who, review_id)
    await desk.note(who, "view_review", review_id)
    return await _page(desk, who, found)


@routes.get("/{review_id}/recording.wav")
async def recording(review_id: str, request: Request, desk: Desk, who: Either) -> Response:
    """Send the sound of the call under review."""
    found = await _seen(desk, who, review_id)
    return await send_recording(found.call_id, request, desk, who)


@routes.post("/{review_id}/take")
async def take(review_id: str, request: Request, desk: Desk, who: Reviewer) -> Response:
    """Begin to review."""
    await _form(request, who)
    return await _step(desk, who, review_id, desk.reviewing_of(who).take(review_id, by=who.account or "", now=desk.now()))


@routes.post("/{review_id}/score")
async def score(review_id: str, request: Request, desk: Desk, who: Reviewer) -> Response:
    """Keep a score."""
    form = await _form(request, who)
    fits = {item.key: form[item.key] == "yes" for item in desk.reviewing.card.items if form.get(item.key) in ("yes", "no")}
    step = desk.reviewing_of(who).score(
        review_id, version=_version(form), by=who.account or "", fits=fits, comment=_text(form), now=desk.now()
    )
    return await _step(desk, who, review_id, step, text=_text(form), fits=fits)


@routes.post("/{review_id}/appeal")
async def appeal(review_id: str, request: Request, desk: Desk, who: Handler) -> Response:
    """Object to a score."""
    form = await _form(request, who)
    step = desk.reviewing_of(who).appeal(
        review_id, version=_version(form), by=who.account or "", text=_text(form), now=desk.now()
    )
    return await _step(desk, who, review_id, step, text=_text(form))


@routes.post("/{review_id}/decide")
async def decide(
    review_id: str, request: Request, desk: Desk, who: Reviewer, verdict: Annotated[Verdict, Form()]
) -> Response:
    """Decide on an appeal."""
    form = await _form(request, who)
    step = desk.reviewing_of(who).decide(
        review_id, version=_version(form), by=who.account or "", verdict=verdict, text=_text(form), now=desk.now()
    )
    return await _step(desk, who, review_id, step, text=_text(form))


async def _step(
    desk: Console, who: Session, review_id: str, step: Awaitable[Review], *, text: str = "", fits: dict[str, bool] | None = None
) -> Response:
    try:
        await step
    except ReviewUnknown:
        raise NotFound("no such review") from None
    except ReviewRefused as refused:
        return await _page(desk, who, await _seen(desk, who, review_id), refused=refused.reason.value, text=text, fits=fits)
    except ReviewChanged:
        return await _page(desk, who, await _seen(desk, who, review_id), refused="changed", text=text, fits=fits)
    return RedirectResponse(f"/reviews/{review_id}", status_code=303)


async def _seen(desk: Console, who: Session, review_id: str) -> Review:
    async with desk.reading(who) as uow:
        found = await uow.reviews.get(review_id)
    reviews_it = who.person is not None and who.person.may(Right.REVIEW)
    handled_it = found is not None and who.account in found.handlers and found.first_score is not None
    if found is None or not (reviews_it or handled_it):
        raise NotFound("no such review")
    return found


async def _page(
    desk: Console, who: Session, found: Review, *, refused: str = "", text: str = "", fits: dict[str, bool] | None = None
) -> Response:
    async with desk.reading(who) as uow:
        call = await uow.calls.get(found.call_id)
    by = who.account or ""
    may_review = who.person is not None and who.person.may(Right.REVIEW) and by not in found.handlers
    blind = found.waits_for(by)  # the second reviewer sees the first score when his own is given
    scoring = may_review and (blind or (found.first_score is None and found.reviewer in (None, by)))
    may_decide = may_review and found.state is ReviewState.APPEALED and found.first_score is not None and found.first_score.by != by
    return desk.pages.render(
        "review.html", who, status=409 if refused else 200, review=found, call=call, card=desk.reviewing.card, refused=refused,
        text=text, fits=fits or {}, scoring=scoring, blind=blind, may_decide=may_decide,
        may_appeal=by in found.handlers and found.state is ReviewState.SCORED and found.closes_at is not None and desk.now() < found.closes_at,
        verdicts=[each.value for each in Verdict],
    )


async def _form(request: Request, who: Session) -> FormData:
    form = await request.form(max_fields=100)
    if not who.made(str(form.get("csrf", ""))) or not from_here(request):
        raise FormForged("a change without its token")
    return form


def _version(form: FormData) -> int:
    try:
        return int(str(form.get("version", "")))
    except ValueError:
        raise RequestWrong("a form without its version") from None


def _text(form: FormData) -> str:
    return str(form.get("text", ""))[:4000]


def _row(each: Review) -> list[object]:
    first, second = each.first_score, each.second_score
    return [
        each.review_id, each.day, each.region, each.service, each.why, each.state.value, each.verdict.value if each.verdict else "",
        first.points if first else "", first.by if first else "", second.points if second else "", second.by if second else "",
        "" if each.agree is None else "是" if each.agree else "否", "有" if each.appealed_at else "",
    ]


def _back(day: date, days: int) -> str:
    return (day - timedelta(days=days)).isoformat()
