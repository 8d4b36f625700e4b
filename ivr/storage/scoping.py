"""What somebody may see, in one place: every statement of a scoped transaction is narrowed here.

A table that is not named here cannot be read, changed or deleted from by a scoped transaction at all.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Delete,
    Executable,
    FromClause,
    Join,
    Select,
    Table,
    Update,
    exists,
    false,
    func,
    or_,
    true,
)
from sqlalchemy.sql.selectable import Alias

from ivr.domain.accounts import Scope
from ivr.storage import models as m
from ivr.storage.errors import ScopeUnknown

_Rule = Callable[[Any, Scope], ColumnElement[bool]]


def within(scope: Scope, column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a column of region codes is one that the scope sees."""
    if scope.is_everywhere:
        return true()
    return or_(false(), *(column.startswith(prefix, autoescape=True) for prefix in scope.prefixes))


def _own(table: Any, scope: Scope) -> ColumnElement[bool]:
    return within(scope, table.c.region)


def _of_call(table: Any, scope: Scope) -> ColumnElement[bool]:
    kept = m.calls.alias()
    return exists().where(kept.c.call_id == table.c.call_id, within(scope, kept.c.region))


def _of_case(table: Any, scope: Scope) -> ColumnElement[bool]:
    kept = m.cases.alias()
    return exists().where(kept.c.case_id == table.c.case_id, within(scope, kept.c.region))


def _of_order(table: Any, scope: Scope) -> ColumnElement[bool]:
    order, call = m.callback_orders.alias(), m.calls.alias()
    return exists().where(
        order.c.serial == table.c.serial, call.c.call_id == order.c.call_id, within(scope, call.c.region)
    )


def _of_subject(table: Any, scope: Scope) -> ColumnElement[bool]:
    """A text is about a case, a work order, an application or a call."""
    case, order, application = m.cases.alias(), m.callback_orders.alias(), m.applications.alias()
    subject = table.c.subject
    calls = [m.calls.alias() for _ in range(3)]
    return or_(
        exists().where(case.c.case_id == func.replace(subject, "/owner", ""), within(scope, case.c.region)),
        exists().where(order.c.serial == subject, calls[0].c.call_id == order.c.call_id, within(scope, calls[0].c.region)),
        exists().where(
            application.c.serial == subject, calls[1].c.call_id == application.c.call_id, within(scope, calls[1].c.region)
        ),
        exists().where(calls[2].c.call_id == subject, within(scope, calls[2].c.region)),
    )


def _anyones(_table: Any, _scope: Scope) -> ColumnElement[bool]:
    return true()


RULES: Final[Mapping[str, _Rule]] = {
    m.calls.name: _own,
    m.cases.name: _own,
    m.turns.name: _of_call,
    m.call_words.name: _of_call,
    m.call_events.name: _of_call,
    m.handovers.name: _own,
    m.ratings.name: _of_call,
    m.applications.name: _of_call,
    m.callback_orders.name: _of_call,
    m.callback_history.name: _of_order,
    m.case_history.name: _of_case,
    m.owner_calls.name: _of_case,
    m.misuse.name: _of_case,
    m.sms_outbox.name: _of_subject,
    m.audit_head.name: _anyones,
    m.serials.name: _anyones,
    m.accounts.name: _anyones,
    m.samples.name: _anyones,
    m.reviews.name: _own,
}
"""What a row of a table belongs to."""


def scoped(statement: Executable, scope: Scope) -> Executable:
    """Narrow a statement to what the scope sees; inserts pass.

    Raises:
        ScopeUnknown: it reads a table of which nothing says whose it is.
    """
    match statement:
        case Select():
            for source in statement.get_final_froms():
                for table in _tables(source):
                    statement = statement.where(_rule(table)(table, scope))
            return statement
        case Update() | Delete():
            return statement.where(_rule(statement.table)(statement.table, scope))
        case _:
            return statement


def _tables(source: FromClause) -> list[FromClause]:
    if isinstance(source, Join):
        return [*_tables(source.left), *_tables(source.right)]
    return [source]


def _rule(table: Any) -> _Rule:
    named = table.element if isinstance(table, Alias) else table
    if not isinstance(named, Table):
        raise ScopeUnknown("what is no table hides whose its rows are")
    name = named.name
    try:
        return RULES[name]
    except KeyError:
        raise ScopeUnknown(f"nothing says who may see {name}") from None
