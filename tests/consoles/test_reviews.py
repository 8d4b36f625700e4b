"""The review desk over the web."""

import csv
import io
from datetime import timedelta

import pytest

from ivr.domain.accounts import Role
from ivr.domain.handovers import Handover, HandoverState
from ivr.services.reviewing import ScoreCardBroken, read_score_card
from tests.consoles.busy_day import DAY, a_drawn_day
from tests.consoles.people import seated
from tests.consoles.site import Site, Visitor

CARD = read_score_card()
ALL_RIGHT = {item.key: "yes" for item in CARD.items}


async def post(browser: Visitor, path: str, **form: str):
    return await browser.post(path, data={"csrf": await browser.csrf("/account"), **form})


async def version_of(site: Site, review_id: str) -> str:
    async with site.storage.reading() as uow:
        review = await uow.reviews.get(review_id)
    assert review is not None
    return str(review.version)


@pytest.fixture
async def drawn(site: Site) -> Site:
    await a_drawn_day(site, handler="hua")
    return site


async def test_a_reviewers_day(drawn: Site) -> None:
    async with (
        seated(drawn, "lian", Role.SUPERVISOR, region="320000") as lian, seated(drawn, "ming", Role.SUPERVISOR, region="320000") as ming,
        seated(drawn, "hua", Role.SEAT, region="320200") as hua,
    ):  # fmt: skip
        page = (await lian.get(f"/reviews?day={DAY}")).text
        assert "a seed" in page
        assert "西湖区" not in page
        path = "/reviews/" + page.partition("评下一通：")[2].partition("<")[0]
        review_id = path.rpartition("/")[2]
        assert (await hua.get(path)).status_code == 404, "not before it is scored"
        assert (await post(lian, f"{path}/take")).status_code == 303
        refused = await post(ming, f"{path}/take")
        assert (refused.status_code, "已经有人在评" in refused.text) == (409, True)
        marks = ALL_RIGHT | {"manner": "no", "rules": "no", "heard": "no"}
        form = {"version": await version_of(drawn, review_id), **marks}
        missing = await post(lian, f"{path}/score", **(form | {"heard": "", "text": "说得太快"}))
        assert "每一项都要选" in missing.text
        assert "说得太快" in missing.text, "his words stay"
        assert "请写明理由" in (await post(lian, f"{path}/score", **form)).text
        assert (await post(lian, f"{path}/score", **form, text="说得太快")).status_code == 303
        stale = await post(lian, f"{path}/score", **form, text="再来")
        assert stale.status_code == 409
        seen = (await hua.get(path)).text
        assert "说得太快" in seen
        assert "有缺陷" in (await hua.get("/reviews/mine")).text
        version = await version_of(drawn, review_id)
        assert (await post(hua, f"{path}/appeal", version=version, text="来电人自己说得快")).status_code == 303
        version = await version_of(drawn, review_id)
        assert "另一个人" in (await post(lian, f"{path}/decide", version=version, verdict="pass", text="x")).text
        assert (await post(ming, f"{path}/decide", version=version, verdict="pass", text="申诉成立")).status_code == 303
        assert "申诉成立" in (await hua.get(path)).text
        rows = list(csv.reader(io.StringIO((await lian.get(f"/reviews/export.csv?first={DAY}&last={DAY}")).text)))
        assert "lian" in rows[0][0], "who took it along is written on it"
        [mine] = [row for row in rows if row[0] == review_id]
        assert mine[5:9] == ["closed", "pass", "65", "lian"]
        assert (await lian.get(f"/reviews/export.csv?first={DAY}&last=2020-01-01")).status_code == 422
    async with drawn.storage.reading() as uow:
        actions = [entry.action for entry in await uow.audit.entries(subject=review_id)]
        await uow.audit.verify()
    assert {"review_taken", "review_scored", "review_appealed", "review_decided", "view_review"} <= set(actions)


async def test_the_second_reviewer_does_not_see_the_first_score(drawn: Site) -> None:
    async with seated(drawn, "lian", Role.SUPERVISOR, region="*") as lian, seated(drawn, "ming", Role.SUPERVISOR, region="*") as ming:
        async with drawn.storage.reading() as uow:
            found = [each for each in await uow.reviews.of_day(DAY.isoformat(), limit=500) if each.second]
        assert found, "the seed gives one"
        path = f"/reviews/{found[0].review_id}"
        marks = ALL_RIGHT | {"privacy": "no"}
        assert (await post(lian, f"{path}/score", version="1", **marks, text="泄露了车主的答复")).status_code == 303
        blind = (await ming.get(path)).text
        assert "独立复评" in blind
        assert "泄露了车主的答复" not in blind
        assert "差错事故" not in blind
        assert "差错事故" not in (await ming.get(f"/reviews?day={DAY}")).text
        assert (await post(ming, f"{path}/score", version="2", **ALL_RIGHT)).status_code == 303
        both = (await ming.get(path)).text
        assert "泄露了车主的答复" in both
        assert "结论一致 0 份" in (await ming.get(f"/reviews?day={DAY}")).text


@pytest.mark.parametrize(
    ("text", "told"),
    [("[", "no YAML"), ("version: '1'", "pass_points"), ("version: '1'\npass_points: 80\nitems: [{key: A, text: x, points: 1}]", "items.0.key"),
     ("version: '1'\npass_points: 80\nitems: [{key: a, text: x, points: 1}, {key: a, text: y, points: 2}]", "twice")],
)  # fmt: skip
def test_a_score_card_that_cannot_be_used_is_told(tmp_path, text: str, told: str) -> None:
    path = tmp_path / "card.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScoreCardBroken, match=told):
        read_score_card(path)


async def passed_on(site: Site, call_id: str, *seats: str) -> None:
    """The caller talked with one seat after another."""
    async with site.storage.uow() as uow:
        for number, seat in enumerate(seats):
            asked = site.clock.now - timedelta(days=1, minutes=10 - number)
            await uow.handovers.add(
                Handover(
                    f"{call_id[:20]}-{number}", call_id, "320213", "car_move", "wanted", HandoverState.DONE, seat, asked, joined_at=asked,
                    ended_at=asked + timedelta(minutes=1),
                )
            )
        await uow.commit()


async def test_a_call_that_two_seats_handled_is_found_under_both_and_reviewed_by_neither(drawn: Site) -> None:
    async with drawn.storage.reading() as uow:
        review = next(each for each in await uow.reviews.of_day(DAY.isoformat(), limit=50) if each.handler == "hua")
    await passed_on(drawn, review.call_id, "mei", "hua")
    async with (
        seated(drawn, "lian", Role.SUPERVISOR) as lian, seated(drawn, "mei", Role.SEAT, Role.SUPERVISOR) as mei,
        seated(drawn, "hua", Role.SEAT) as hua, seated(drawn, "bao", Role.SEAT) as bao,
    ):  # fmt: skip
        path = f"/reviews/{review.review_id}"
        assert (await post(mei, f"{path}/take")).status_code == 409
        for seat, seen in (("mei", True), ("hua", True), ("bao", False)):
            found = (await post(lian, "/calls", seat=seat)).text
            assert (f"/calls/{review.call_id}" in found) is seen, seat
        form = {"version": await version_of(drawn, review.review_id), **ALL_RIGHT}
        assert (await post(lian, f"{path}/score", **form)).status_code == 303
        assert "hua、mei" in (await lian.get(path)).text
        for browser, seen in ((mei, True), (hua, True), (bao, False)):
            assert (review.review_id in (await browser.get("/reviews/mine")).text) is seen
        day = DAY.isoformat()
        rows = list(csv.DictReader(io.StringIO((await lian.get(f"/handovers/day.csv?day={day}&seat=mei")).text.removeprefix("\ufeff"))))
        assert [(row["座席"], row["通话编号"]) for row in rows] == [("mei", review.call_id)]
        page = (await lian.get(f"/handovers?day={day}&seat=mei")).text
        assert page.count("查看 2026") == 1
        assert '<option value="mei" selected>' in page
        assert "没有接过来电人" in (await lian.get(f"/handovers?day={day}&seat=bao")).text
        assert (await lian.get(f"/handovers?day={day}&seat=M'ei")).status_code == 422


async def test_the_next_review_is_never_ones_own_earlier_talk(drawn: Site) -> None:
    async with drawn.storage.reading() as uow:
        first = await uow.reviews.next_for("mei", DAY.isoformat())
    assert first is not None
    await passed_on(drawn, first.call_id, "mei")
    async with drawn.storage.reading() as uow:
        after = await uow.reviews.next_for("mei", DAY.isoformat())
    assert after is not None
    assert after.call_id != first.call_id
