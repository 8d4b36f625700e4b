from datetime import UTC, datetime

from ivr.domain.car_moves import CLOSED_STATES, CarMoveCase, CaseState

CASE = CarMoveCase(
    case_id="M2611230001",
    call_id="c1",
    idempotency_key="k",
    plate="苏B12345",
    plate_token="t",
    plate_mask="苏B1****",
    plate_type="02",
    place="清扬路68号门口",
    place_kind="road",
    on_road=True,
    reason="taken_space",
    colour="白",
    colour_matches=None,
    urgent=False,
    region="320200",
    requester="13800001111",
    requester_token="r",
    opened_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
)


def test_a_case_shows_no_number_no_plate_and_no_place() -> None:
    shown = repr(CASE)
    assert "苏B1****" in shown
    for secret in ("12345", "13800001111", "清扬路"):
        assert secret not in shown


def test_a_case_is_open_until_it_is_closed() -> None:
    assert CASE.is_open
    assert {s for s in CaseState if s in CLOSED_STATES} == {
        CaseState.RESOLVED,
        CaseState.ESCALATED,
        CaseState.EXPIRED,
        CaseState.CANCELLED,
        CaseState.MISUSE,
    }
