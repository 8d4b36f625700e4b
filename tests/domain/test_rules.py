from datetime import date

import pytest

from ivr.domain.errors import RuleMissing, RulesBroken
from ivr.domain.rules import Rules

TODAY = date(2026, 11, 23)


@pytest.fixture
def site(tmp_path):
    def write(text, name="site.yml"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return write


def test_the_shipped_rules_of_car_moving_are_whole():
    rules = Rules.load()
    wanted = {
        *(
            "max_per_month",
            "max_per_day",
            "plate_per_day",
            "remind_after_minutes",
            "follow_up_minutes",
        ),
        *("expire_minutes", "second_call_seconds", "max_owner_calls", "barred_after_malicious"),
        *(
            "barred_days",
            "stalking_count",
            "stalking_days",
            "quiet_from",
            "quiet_to",
            "plate_types",
        ),
    }
    assert {f"car_moving.{name}" for name in wanted} <= set(rules.names)
    assert rules.number("car_moving.max_per_month", region="320200", on=TODAY) == 5
    assert rules.text("car_moving.quiet_from", on=TODAY) == "22:30"
    assert rules.items("car_moving.plate_types", on=TODAY) == ("01", "02", "51", "52")


def test_every_shipped_row_names_its_source():
    rules = Rules.load()
    assert all(rules.rule(name, on=TODAY).source for name in rules.names)


REGIONS = """
car_moving.max_per_month:
  - {region: "320000", valid_from: 2026-01-01, value: 6, source: "province"}
  - {region: "320200", valid_from: 2026-01-01, valid_until: 2026-06-30, value: 7, source: "city"}
  - {region: "320200", valid_from: 2026-07-01, value: 8, source: "city, amended"}
"""


@pytest.mark.parametrize(
    ("region", "on", "value", "version"),
    [
        ("320205", TODAY, 8, "2026-07-01/320200"),
        ("320200", date(2026, 6, 30), 7, "2026-01-01/320200"),
        ("320100", TODAY, 6, "2026-01-01/320000"),
        ("320200", date(2025, 12, 31), 5, "2019-06-01/*"),
        ("110000", TODAY, 5, "2019-06-01/*"),
        ("*", TODAY, 5, "2019-06-01/*"),
    ],
)
def test_the_nearest_region_in_force_on_the_day_wins(site, region, on, value, version):
    rules = Rules.load(site(REGIONS))
    assert rules.number("car_moving.max_per_month", region=region, on=on) == value
    assert rules.version("car_moving.max_per_month", region=region, on=on) == version


def test_before_its_first_day_a_rule_is_missing():
    with pytest.raises(RuleMissing) as error:
        Rules.load().number("car_moving.max_per_month", region="320200", on=date(2019, 5, 31))
    assert str(error.value) == "no rule car_moving.max_per_month for region 320200 on 2019-05-31"


def row(region='"*"', first="2030-01-01", value="1", source='"x"', more=""):
    return f"{{region: {region}, valid_from: {first}, value: {value}, source: {source}{more}}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "site.yml: line 1: is not YAML in UTF-8"),
        ("- 1", "site.yml: must map rule names to rows"),
        ("Wrong Name: []", "site.yml: Wrong Name: a rule is named like car_moving.max_per_month"),
        ("a.b: []", "site.yml: a.b: must be a list of rows"),
        ("a.b: [1]", "site.yml: a.b row 1: must be a mapping"),
        (f"a.b: [{row(more=', vlaue: 2')}]", "site.yml: a.b row 1: unknown field vlaue"),
        ('a.b: [{region: "*", value: 1}]', "site.yml: a.b row 1: lacks source, valid_from"),
        (
            f"a.b: [{row(region='3202')}]",
            'site.yml: a.b row 1: region must be "*" or six digits in quotes',
        ),
        (
            f"a.b: [{row(first='soon')}]",
            "site.yml: a.b row 1: valid_from must be a day like 2019-06-01",
        ),
        (
            f"a.b: [{row(more=', valid_until: 2029-01-01')}]",
            "site.yml: a.b row 1: valid_until is before valid_from",
        ),
        (f"a.b: [{row(source='[]')}]", "site.yml: a.b row 1: source must be a text"),
        (
            f"a.b: [{row(value='1.5')}]",
            "site.yml: a.b row 1: value must be a whole number, a text, or a list of texts (quote digits)",
        ),
        (
            f"a.b: [{row()}, {row(first='2031-01-01')}]",
            "site.yml: a.b region * from 2031-01-01: overlaps the row from 2030-01-01; end that one with valid_until",
        ),
        (
            'car_moving.max_per_day: [{region: "*", valid_from: 2020-01-01, value: 1, source: "x"}]',
            "site.yml: car_moving.max_per_day region * from 2020-01-01: overlaps the row from 2019-06-01 of car_moving.yml; "
            "end that one with valid_until",
        ),
        (
            'car_moving.max_per_day: [{region: "320200", valid_from: 2020-01-01, value: "two", source: "x"}]',
            "site.yml: car_moving.max_per_day from 2020-01-01: value is of another kind",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_name_its_row_and_the_problem(site, text, message):
    with pytest.raises(RulesBroken) as error:
        Rules.load(site(text))
    assert str(error.value) == message


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(RulesBroken, match="no such folder"):
        Rules.load(tmp_path / "nowhere")


def test_a_value_of_the_wrong_kind_is_told():
    rules = Rules.load()
    with pytest.raises(RulesBroken, match="no whole number"):
        rules.number("car_moving.quiet_from", on=TODAY)
    with pytest.raises(RulesBroken, match="no text"):
        rules.text("car_moving.max_per_day", on=TODAY)
    with pytest.raises(RulesBroken, match="no list"):
        rules.items("car_moving.max_per_day", on=TODAY)


def test_an_empty_site_file_changes_nothing(site):
    assert Rules.load(site("# nothing yet")).names == Rules.load().names
