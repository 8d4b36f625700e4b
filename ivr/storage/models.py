"""The tables. `_enc` columns are encrypted, `_token` columns are HMACs for limits and search.

SQLite and PostgreSQL keep the same tables; a change here needs a migration (a test compares them).
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC; SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _word(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, String, nullable=null)


def _enc(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _at(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=null)


site = Table("site", metadata, Column("name", String, primary_key=True), _enc("value"))
"""One row `key_check`: a known text that opens only with the right secret key."""

serials = Table(
    "serials",
    metadata,
    Column("letter", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", String, primary_key=True),
    _word("direction"),
    _word("region"),
    _word("dialled"),
    _enc("caller_enc", null=True),
    _word("caller_token", null=True),
    Column("caller_tail", String, nullable=False),
    _word("order_id", null=True),
    _at("began_at"),
    _at("ended_at", null=True),
    _word("end_reason"),
    _word("outcome"),
    _word("service"),
    Column("seconds", Float, nullable=True),
    Column("recording_path", String, nullable=True),
    _word("recording_sha256", null=True),
    Column("keep_long", Boolean, nullable=False),
    _word("seat", null=True),
    Index(None, "began_at"),
    Index(None, "caller_token", "began_at"),
    Index(None, "region", "began_at"),
    Index(None, "seat", "began_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    _word("who"),
    _enc("text_enc"),
    _enc("keys_enc", null=True),
    _at("at"),
    Column("at_ms", Integer, nullable=False),
    Column("confidence", Float, nullable=True),
    _word("intent", null=True),
    _enc("understood_enc", null=True),
    Column("given", Integer, nullable=True),
    Column("corrected", Integer, nullable=True),
    _word("state"),
    Column("timings", JSON, nullable=True),
    UniqueConstraint("call_id", "number", "who", "at_ms"),
    Index(None, "at"),
)

call_words = Table(
    "call_words",
    metadata,
    Column("token", String, primary_key=True),
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True, index=True),
)

call_events = Table(
    "call_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False),
    _at("at"),
    _word("event"),
    Column("detail", String, nullable=False),
    UniqueConstraint("call_id", "at", "event"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", String, primary_key=True),
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False, index=True),
    _word("region"),
    _word("queue"),
    _word("reason"),
    _word("state"),
    Column("is_open", Boolean, nullable=False),
    _word("seat", null=True),
    _at("asked_at"),
    _at("offered_at", null=True),
    _at("joined_at", null=True),
    _at("ended_at", null=True),
    _enc("context_enc"),
    Index(None, "is_open", "asked_at"),
    Index(None, "seat", "asked_at"),
    Index(None, "asked_at"),
)

cases = Table(
    "car_move_cases",
    metadata,
    Column("case_id", String, primary_key=True),
    _word("call_id"),
    Column("idempotency_key", String, nullable=False, unique=True),
    _word("state"),
    Column("is_open", Boolean, nullable=False),
    _enc("plate_enc"),
    _word("plate_token"),
    _word("plate_mask"),
    _word("plate_type"),
    _enc("place_enc"),
    _enc("spot_enc", null=True),
    _word("place_kind", null=True),
    Column("on_road", Boolean, nullable=True),
    Column("reason", String, nullable=True),
    _word("colour", null=True),
    Column("colour_matches", Boolean, nullable=True),
    Column("urgent", Boolean, nullable=False),
    _word("region"),
    _enc("requester_enc"),
    _word("requester_token"),
    _enc("contact_token_enc", null=True),
    _at("opened_at"),
    _at("notified_at", null=True),
    _at("asked_at", null=True),
    _at("next_due_at", null=True),
    Column("attempts", Integer, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("pending", JSON, nullable=False),
    Column("has_pending", Boolean, nullable=False),
    Column("retries", Integer, nullable=False),
    _word("escalated_to", null=True),
    _word("review", null=True),
    _word("police_serial", null=True),
    _word("holder", null=True),
    _word("merged_into", null=True),
    Column("version", Integer, nullable=False),
    Index(None, "is_open", "region", "opened_at"),
    Index(None, "next_due_at"),
    Index(None, "requester_token", "opened_at"),
    Index(None, "plate_token", "opened_at"),
    Index(
        "uq_car_move_cases_open_of_requester",
        "requester_token",
        unique=True,
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open"),
    ),
)

case_history = Table(
    "case_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "case_id",
        ForeignKey("car_move_cases.case_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    _at("at"),
    _word("actor"),
    _word("event"),
    _word("from_state", null=True),
    _word("to_state"),
    Column("note", String, nullable=False),
    _enc("said_enc", null=True),
)

drafts = Table(
    "car_move_drafts",
    metadata,
    Column("call_id", String, primary_key=True),
    _enc("slots_enc"),
    Column("kept_at", Moment, nullable=False, index=True),
)

owner_calls = Table(
    "call_orders",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    _word("call_id"),
    _enc("contact_token_enc"),
    Column("attempt", Integer, nullable=False),
    _at("not_before"),
    _at("not_after"),
    _word("state"),
    _word("result", null=True),
    _word("claimed_by", null=True),
    _at("claimed_until", null=True),
    Index(None, "state", "not_before"),
)

callback_orders = Table(
    "callback_orders",
    metadata,
    Column("serial", String, primary_key=True),
    _word("call_id"),
    _word("queue"),
    _word("reason"),
    _enc("said_enc"),
    _at("created_at"),
    _at("due_at"),
    _enc("caller_enc", null=True),
    Column("caller_token", String, nullable=True, index=True),
    _word("subject", null=True),
    _word("state"),
    Column("idempotency_key", String, nullable=False, unique=True),
    _word("unit", null=True),
    _word("holder", null=True),
    _enc("answer_enc", null=True),
    _at("reminded_at", null=True),
    Column("tried", Integer, nullable=False),
    Column("urged", Integer, nullable=False),
    Column("extended", Integer, nullable=False),
    Column("redone", Integer, nullable=False),
    _word("merged_into", null=True),
    Column("version", Integer, nullable=False),
    Index(None, "state", "due_at"),
    Index(None, "call_id"),
)

callback_history = Table(
    "callback_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "serial",
        ForeignKey("callback_orders.serial", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    _at("at"),
    _word("actor"),
    _word("event"),
    _word("from_state", null=True),
    _word("to_state"),
    _enc("note_enc", null=True),
)

sms_outbox = Table(
    "sms_outbox",
    metadata,
    Column("sms_id", String, primary_key=True),
    _word("kind"),
    _enc("text_enc"),
    Column("subject", String, nullable=False, index=True),
    _at("created_at"),
    _enc("to_enc", null=True),
    _enc("contact_token_enc", null=True),
    _word("state"),
    Column("tries", Integer, nullable=False),
    _at("next_try_at", null=True),
    _at("expires_at", null=True),
    _at("sent_at", null=True),
    Column("carrier_id", String, nullable=True, index=True),
    _word("error", null=True),
    Index(None, "state", "created_at"),
    Index(None, "created_at"),
)

misuse = Table(
    "misuse",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("caller_token", String, nullable=False, index=True),
    _word("confirmed_by"),
    _at("at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _at("at"),
    _word("actor"),
    _word("action"),
    Column("subject", String, nullable=False, index=True),
    Column("facts", Text, nullable=False),
    Column("digest", String, nullable=False),
)
"""Append-only: triggers refuse every change. `digest` chains each entry to the one before."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("name", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("digest", String, nullable=False),
)
"""One row: the newest entry. Taking it serialises writers, and shows when the newest are cut off."""

applications = Table(
    "applications",
    metadata,
    Column("serial", String, primary_key=True),
    _word("service"),
    _word("business"),
    Column("call_id", String, nullable=False, index=True),
    Column("id_token", String, nullable=False),
    _enc("person_token_enc"),
    _enc("contact_token_enc", null=True),
    _enc("details_enc"),
    _word("rule_version"),
    Column("idempotency_key", String, nullable=False, unique=True),
    _at("created_at"),
    _at("updated_at"),
    _word("state"),
    _word("backend_serial", null=True),
    _word("reason", null=True),
    Column("tries", Integer, nullable=False),
    _at("next_try_at", null=True),
    Index(None, "id_token", "created_at"),
    Index(None, "state", "next_try_at"),
)

person_drafts = Table(
    "person_drafts",
    metadata,
    Column("id_token", String, primary_key=True),
    Column("service", String, primary_key=True),
    _enc("slots_enc"),
    _at("kept_at"),
    _at("until"),
    Index(None, "until"),
)
"""What a caller gave before he had to stop; `drafts` belong to one call, these to a person."""

codes_sent = Table(
    "codes_sent",
    metadata,
    Column("attempt_id", String, primary_key=True),
    _word("call_id"),
    Column("id_token", String, nullable=False),
    _enc("person_token_enc"),
    _enc("contact_token_enc"),
    _word("phone_tail"),
    Column("code_hash", String, nullable=False),
    _at("sent_at"),
    _at("expires_at"),
    Column("age", Integer, nullable=False),
    _enc("home_enc", null=True),
    Column("tries", Integer, nullable=False),
    _at("used_at", null=True),
    Index(None, "id_token", "sent_at"),
)

failed_checks = Table(
    "failed_checks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id_token", String, nullable=False),
    _word("kind"),
    _at("at"),
    Index(None, "id_token", "kind", "at"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    _word("service"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String, primary_key=True),
    _word("display_name"),
    Column("roles", JSON, nullable=False),
    Column("regions", JSON, nullable=False),
    _word("password_hash"),
    _enc("second_factor_enc", null=True),
    Column("last_step", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    _word("agreement", null=True),
    _at("agreed_at", null=True),
    Column("wrong_tries", Integer, nullable=False),
    _at("locked_until", null=True),
    _at("created_at"),
)
"""Who may sign in. `last_step`: newest time step of a one-time password that was used up."""

agreements = Table(
    "agreements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String, nullable=False, index=True),
    _word("version"),
    _word("sha256"),
    _at("signed_at"),
)
"""Who signed which wording of the confidentiality agreement, and when; never changed."""

samples = Table(
    "samples",
    metadata,
    Column("day", String, primary_key=True),
    _word("seed"),
    _at("drawn_at"),
    Column("candidates", Integer, nullable=False),
    Column("picks", Integer, nullable=False),
)
"""The nightly draws: with its seed a draw can be repeated."""

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String, primary_key=True),
    Column("call_id", String, nullable=False, unique=True),
    _word("region"),
    _word("service"),
    _word("day"),
    _word("why"),
    _word("handler", null=True),
    Column("second", Boolean, nullable=False),
    _word("state"),
    _word("reviewer", null=True),
    Column("first_score", JSON, nullable=True),
    _enc("first_comment_enc", null=True),
    Column("second_score", JSON, nullable=True),
    _enc("second_comment_enc", null=True),
    _enc("appeal_enc", null=True),
    _at("appealed_at", null=True),
    _word("decided_by", null=True),
    _word("verdict", null=True),
    _enc("decision_enc", null=True),
    _at("closes_at", null=True),
    Column("version", Integer, nullable=False),
    Index(None, "day", "state"),
    Index(None, "handler", "day"),
    Index(None, "state", "closes_at"),
)
