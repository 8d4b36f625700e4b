"""`ivr rules check`: every rule that is asked has a row in force, and every row can be read."""

import argparse
from datetime import datetime
from pathlib import Path

from rich.console import Console

from ivr.domain.car_move_limits import CHINA, MoveLimits
from ivr.domain.errors import DomainError, RulesBroken
from ivr.domain.exams import ExamRules
from ivr.domain.rules import Rules
from ivr.domain.workdays import SeatHours
from ivr.settings import Settings

_console = Console(highlight=False, soft_wrap=True)
_NEEDED = (
    "verification.code_minutes", "verification.code_tries", "verification.codes_per_day", "verification.lock_minutes",
    "verification.secret_tries", "exams.subjects.all", "exams.offer_days", "exams.full_percent", "papers.draft_days",
    "papers.renewal_window_days", "papers.cancelled_after_days", "papers.temporary_days",
)  # fmt: skip
"""Asked by the services one by one, beside the families read whole."""


async def check_rules(settings: Settings, chosen: argparse.Namespace) -> int:
    """Read the shipped rules and a site's own, and say which are in force today; 0 when all is well."""
    extra = Path(chosen.folder) if chosen.folder else settings.rules_dir
    try:
        rules = Rules.load(extra)
    except RulesBroken as broken:
        _console.print(f"[red]规则不能用：[/red]{broken}")
        return 2
    region, now = chosen.region or settings.region, datetime.now(CHINA)
    missing = _missing(rules, region, now)
    _console.print(f"地区 {region}，{now:%Y-%m-%d}；每行：规则 = 值（版本）出处")
    for name in rules.names:
        try:
            row = rules.rule(name, region=region, on=now.date())
        except DomainError:
            _console.print(f"{name}：今天没有生效的")
            continue
        value = "、".join(row.value) if isinstance(row.value, tuple) else str(row.value)
        _console.print(f"{name} = {value}（{row.version}）{row.source}")
    for name in missing:
        _console.print(f"[red]缺少规则：[/red]{name}")
    _console.print(f"共 {len(rules.names)} 条，{'缺 ' + str(len(missing)) + ' 条' if missing else '没有问题'}")
    return 2 if missing else 0


def _missing(rules: Rules, region: str, now: datetime) -> list[str]:
    """Ask as the services ask."""
    told = []
    for name in _NEEDED:
        try:
            rules.rule(name, region=region, on=now.date())
        except DomainError as error:
            told.append(f"{name}（{error}）")
    for read in (MoveLimits.read, SeatHours.read):
        try:
            read(rules, region=region, now=now)
        except DomainError as error:
            told.append(str(error))
    asked = ExamRules(rules, region=region, on=now.date())
    told += [f"exams.before.subject{each.lower()}" for each in asked.subjects("C1")[1:] if not asked.before(each)]
    return told
