"""The tables of calls, car moving, orders, texts and audit.

Revision: 0001, the first.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def word(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=null)


def closed(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def at(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def yes_no(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=null)


def row_id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def part_of(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{parent}.{column}"], name, ondelete="CASCADE")


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def upgrade() -> None:
    make_site()
    make_calls()
    make_cases()
    make_orders()
    make_sms()
    make_audit()


def make_site() -> None:
    op.create_table("site", word("name"), closed("value"), key("site", "name"))
    op.create_table(
        "serials",
        word("letter"),
        sa.Column("day", sa.Date(), nullable=False),
        count("last"),
        key("serials", "letter", "day"),
    )


def make_calls() -> None:
    op.create_table(
        "calls",
        word("call_id"),
        word("direction"),
        word("region"),
        word("dialled"),
        closed("caller_enc", null=True),
        word("caller_token", null=True),
        word("caller_tail"),
        word("order_id", null=True),
        at("began_at"),
        at("ended_at", null=True),
        word("end_reason"),
        word("outcome"),
        word("service"),
        sa.Column("seconds", sa.Float(), nullable=True),
        word("recording_path", null=True),
        word("recording_sha256", null=True),
        yes_no("keep_long"),
        key("calls", "call_id"),
    )
    index("calls", "began_at")
    index("calls", "caller_token", "began_at")
    op.create_table(
        "turns",
        row_id(),
        word("call_id"),
        count("number"),
        word("who"),
        closed("text_enc"),
        closed("keys_enc", null=True),
        at("at"),
        count("at_ms"),
        sa.Column("confidence", sa.Float(), nullable=True),
        word("intent", null=True),
        word("state"),
        sa.Column("timings", sa.JSON(), nullable=True),
        part_of("turns", "call_id", "calls"),
        key("turns", "id"),
        unique("turns", "call_id", "number", "who", "at_ms"),
    )
    op.create_table(
        "call_events",
        row_id(),
        word("call_id"),
        at("at"),
        word("event"),
        word("detail"),
        part_of("call_events", "call_id", "calls"),
        key("call_events", "id"),
        unique("call_events", "call_id", "at", "event"),
    )


def make_cases() -> None:
    op.create_table(
        "car_move_cases",
        word("case_id"),
        word("call_id"),
        word("idempotency_key"),
        word("state"),
        yes_no("is_open"),
        closed("plate_enc"),
        word("plate_token"),
        word("plate_mask"),
        word("plate_type"),
        closed("place_enc"),
        word("place_kind", null=True),
        yes_no("on_road", null=True),
        word("reason", null=True),
        word("colour", null=True),
        yes_no("colour_matches", null=True),
        yes_no("urgent"),
        word("region"),
        closed("requester_enc"),
        word("requester_token"),
        closed("contact_token_enc", null=True),
        at("opened_at"),
        at("notified_at", null=True),
        at("asked_at", null=True),
        at("next_due_at", null=True),
        count("attempts"),
        count("reminders"),
        sa.Column("pending", sa.JSON(), nullable=False),
        yes_no("has_pending"),
        count("retries"),
        word("escalated_to", null=True),
        word("review", null=True),
        word("police_serial", null=True),
        count("version"),
        key("car_move_cases", "case_id"),
        unique("car_move_cases", "idempotency_key"),
    )
    index("car_move_cases", "next_due_at")
    index("car_move_cases", "requester_token", "opened_at")
    index("car_move_cases", "plate_token", "opened_at")
    op.create_index(
        "uq_car_move_cases_open_of_requester",
        "car_move_cases",
        ["requester_token"],
        unique=True,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "case_history",
        row_id(),
        word("case_id"),
        at("at"),
        word("actor"),
        word("event"),
        word("from_state", null=True),
        word("to_state"),
        word("note"),
        part_of("case_history", "case_id", "car_move_cases"),
        key("case_history", "id"),
    )
    index("case_history", "case_id")
    op.create_table(
        "car_move_drafts",
        word("call_id"),
        closed("slots_enc"),
        at("kept_at"),
        key("car_move_drafts", "call_id"),
    )
    index("car_move_drafts", "kept_at")
    op.create_table(
        "misuse",
        word("case_id"),
        word("caller_token"),
        word("confirmed_by"),
        at("at"),
        key("misuse", "case_id"),
    )
    index("misuse", "caller_token")


def make_orders() -> None:
    op.create_table(
        "call_orders",
        word("order_id"),
        word("case_id"),
        word("call_id"),
        closed("contact_token_enc"),
        count("attempt"),
        at("not_before"),
        at("not_after"),
        word("state"),
        word("result", null=True),
        word("claimed_by", null=True),
        at("claimed_until", null=True),
        key("call_orders", "order_id"),
    )
    index("call_orders", "case_id")
    index("call_orders", "state", "not_before")
    op.create_table(
        "callback_orders",
        word("serial"),
        word("call_id"),
        word("queue"),
        word("reason"),
        closed("said_enc"),
        at("created_at"),
        at("due_at"),
        closed("caller_enc", null=True),
        word("caller_token", null=True),
        word("subject", null=True),
        word("state"),
        word("idempotency_key"),
        key("callback_orders", "serial"),
        unique("callback_orders", "idempotency_key"),
    )
    index("callback_orders", "caller_token")
    index("callback_orders", "state", "due_at")


def make_sms() -> None:
    op.create_table(
        "sms_outbox",
        word("sms_id"),
        word("kind"),
        closed("text_enc"),
        word("subject"),
        at("created_at"),
        closed("to_enc", null=True),
        closed("contact_token_enc", null=True),
        word("state"),
        count("tries"),
        at("next_try_at", null=True),
        at("expires_at", null=True),
        at("sent_at", null=True),
        word("carrier_id", null=True),
        word("error", null=True),
        key("sms_outbox", "sms_id"),
    )
    index("sms_outbox", "created_at")
    index("sms_outbox", "state", "created_at")
    index("sms_outbox", "subject")


def make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        at("at"),
        word("actor"),
        word("action"),
        word("subject"),
        closed("facts"),
        word("digest"),
        key("audit", "seq"),
    )
    index("audit", "subject")
    op.create_table(
        "audit_head", word("name"), count("seq"), word("digest"), key("audit_head", "name")
    )
    op.execute("INSERT INTO audit_head (name, seq, digest) VALUES ('head', 0, '')")


def downgrade() -> None:
    tables = "audit_head audit sms_outbox callback_orders call_orders misuse car_move_drafts"
    for table in f"{tables} case_history car_move_cases call_events turns calls".split():
        op.drop_table(table)
    op.drop_table("serials")
    op.drop_table("site")
