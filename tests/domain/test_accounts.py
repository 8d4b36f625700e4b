"""Roles, rights and regions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.accounts import RIGHTS, Right, Role, Scope


@pytest.mark.parametrize(
    ("region", "seen", "hidden"),
    [("320000", ["320000", "320200", "320213"], ["330000", "310000"]), ("320200", ["320200", "320213"], ["320100", "320000"]),
     ("320213", ["320213"], ["320214", "320200"]), ("*", ["110000", "659001"], [])],
)  # fmt: skip
def test_a_region_covers_what_lies_in_it(region: str, seen: list[str], hidden: list[str]) -> None:
    scope = Scope((region,))
    assert all(map(scope.sees, seen))
    assert not any(map(scope.sees, hidden))


def test_who_has_no_region_sees_nothing() -> None:
    assert not Scope(()).sees("320200")


@pytest.mark.parametrize("region", ["3202", "江苏", "32020a", "", "320200 "])
def test_what_is_no_region_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        Scope((region,))


@given(st.from_regex(r"\A\d{6}\Z"), st.from_regex(r"\A\d{6}\Z"))
def test_nobody_sees_more_than_the_province_of_his_region(mine: str, other: str) -> None:
    if Scope((mine,)).sees(other):
        assert other[:2] == mine[:2]


def test_who_keeps_the_accounts_sees_no_personal_data() -> None:
    personal = {Right.SEE_CALLS, Right.SEE_CASES, Right.SEE_TEXTS, Right.WORK_ORDERS, Right.DOWNLOAD, Right.LISTEN_IN, Right.MISSED_CALLS}
    assert not RIGHTS[Role.ADMINISTRATOR] & personal
    assert not RIGHTS[Role.AUDITOR] & personal
    assert Right.ACCOUNTS not in RIGHTS[Role.SUPERVISOR]


def test_every_right_is_somebodys() -> None:
    assert frozenset().union(*RIGHTS.values()) == frozenset(Right)
