"""The tables. `enc` columns are encrypted, `_token` columns are HMACs for limits and search.

SQLite and PostgreSQL keep the same tables; a change here needs a migration (a test compares them).
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
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

from ivr.storage.columns import Moment, at, enc, word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table("site", metadata, Column("name", String, primary_key=True), enc("value"))
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
    word("direction"),
    word("region"),
    word("dialled"),
    enc("caller_enc", null=True),
    word("caller_token", null=True),
    Column("caller_tail", String, nullable=False),
    word("order_id", null=True),
    at("began_at"),
    at("ended_at", null=True),
    word("end_reason"),
    word("outcome"),
    word("service"),
    Column("seconds", Float, nullable=True),
    Column("recording_path", String, nullable=True),
    word("recording_sha256", null=True),
    Column("keep_long", Boolean, nullable=False),
    word("seat", null=True),
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
    word("who"),
    enc("text_enc"),
    enc("keys_enc", null=True),
    at("at"),
    Column("at_ms", Integer, nullable=False),
    Column("confidence", Float, nullable=True),
    word("intent", null=True),
    enc("understood_enc", null=True),
    Column("given", Integer, nullable=True),
    Column("corrected", Integer, nullable=True),
    word("state"),
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
    at("at"),
    word("event"),
    Column("detail", String, nullable=False),
    UniqueConstraint("call_id", "at", "event"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", String, primary_key=True),
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False, index=True),
    word("region"),
    word("queue"),
    word("reason"),
    word("state"),
    Column("is_open", Boolean, nullable=False),
    word("seat", null=True),
    at("asked_at"),
    at("offered_at", null=True),
    at("joined_at", null=True),
    at("ended_at", null=True),
    enc("context_enc"),
    Index(None, "is_open", "asked_at"),
    Index(None, "seat", "asked_at"),
    Index(None, "asked_at"),
)

cases = Table(
    "car_move_cases",
    metadata,
    Column("case_id", String, primary_key=True),
    word("call_id"),
    Column("idempotency_key", String, nullable=False, unique=True),
    word("state"),
    Column("is_open", Boolean, nullable=False),
    enc("plate_enc"),
    word("plate_token"),
    word("plate_mask"),
    word("plate_type"),
    enc("place_enc"),
    enc("spot_enc", null=True),
    word("place_kind", null=True),
    Column("on_road", Boolean, nullable=True),
    Column("reason", String, nullable=True),
    word("colour", null=True),
    Column("colour_matches", Boolean, nullable=True),
    Column("urgent", Boolean, nullable=False),
    word("region"),
    enc("requester_enc"),
    word("requester_token"),
    enc("contact_token_enc", null=True),
    at("opened_at"),
    at("notified_at", null=True),
    at("asked_at", null=True),
    at("next_due_at", null=True),
    Column("attempts", Integer, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("pending", JSON, nullable=False),
    Column("has_pending", Boolean, nullable=False),
    Column("retries", Integer, nullable=False),
    word("escalated_to", null=True),
    word("review", null=True),
    word("police_serial", null=True),
    word("holder", null=True),
    word("merged_into", null=True),
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
    at("at"),
    word("actor"),
    word("event"),
    word("from_state", null=True),
    word("to_state"),
    Column("note", String, nullable=False),
    enc("said_enc", null=True),
)

drafts = Table(
    "car_move_drafts",
    metadata,
    Column("call_id", String, primary_key=True),
    enc("slots_enc"),
    Column("kept_at", Moment, nullable=False, index=True),
)

owner_calls = Table(
    "call_orders",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    word("call_id"),
    enc("contact_token_enc"),
    Column("attempt", Integer, nullable=False),
    at("not_before"),
    at("not_after"),
    word("state"),
    word("result", null=True),
    word("claimed_by", null=True),
    at("claimed_until", null=True),
    Index(None, "state", "not_before"),
)

callback_orders = Table(
    "callback_orders",
    metadata,
    Column("serial", String, primary_key=True),
    word("call_id"),
    word("queue"),
    word("reason"),
    enc("said_enc"),
    at("created_at"),
    at("due_at"),
    enc("caller_enc", null=True),
    Column("caller_token", String, nullable=True, index=True),
    word("subject", null=True),
    word("state"),
    Column("idempotency_key", String, nullable=False, unique=True),
    word("unit", null=True),
    word("holder", null=True),
    enc("answer_enc", null=True),
    at("reminded_at", null=True),
    Column("tried", Integer, nullable=False),
    Column("urged", Integer, nullable=False),
    Column("extended", Integer, nullable=False),
    Column("redone", Integer, nullable=False),
    word("merged_into", null=True),
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
    at("at"),
    word("actor"),
    word("event"),
    word("from_state", null=True),
    word("to_state"),
    enc("note_enc", null=True),
)

sms_outbox = Table(
    "sms_outbox",
    metadata,
    Column("sms_id", String, primary_key=True),
    word("kind"),
    enc("text_enc"),
    Column("subject", String, nullable=False, index=True),
    at("created_at"),
    enc("to_enc", null=True),
    enc("contact_token_enc", null=True),
    word("state"),
    Column("tries", Integer, nullable=False),
    at("next_try_at", null=True),
    at("expires_at", null=True),
    at("sent_at", null=True),
    Column("carrier_id", String, nullable=True, index=True),
    word("error", null=True),
    Index(None, "state", "created_at"),
    Index(None, "created_at"),
)

misuse = Table(
    "misuse",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("caller_token", String, nullable=False, index=True),
    word("confirmed_by"),
    at("at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    at("at"),
    word("actor"),
    word("action"),
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
    word("service"),
    word("business"),
    Column("call_id", String, nullable=False, index=True),
    Column("id_token", String, nullable=False),
    enc("person_token_enc"),
    enc("contact_token_enc", null=True),
    enc("details_enc"),
    word("rule_version"),
    Column("idempotency_key", String, nullable=False, unique=True),
    at("created_at"),
    at("updated_at"),
    word("state"),
    word("backend_serial", null=True),
    word("reason", null=True),
    Column("tries", Integer, nullable=False),
    at("next_try_at", null=True),
    Index(None, "id_token", "created_at"),
    Index(None, "state", "next_try_at"),
)

person_drafts = Table(
    "person_drafts",
    metadata,
    Column("id_token", String, primary_key=True),
    Column("service", String, primary_key=True),
    enc("slots_enc"),
    at("kept_at"),
    at("until"),
    Index(None, "until"),
)
"""What a caller gave before he had to stop; `drafts` belong to one call, these to a person."""

codes_sent = Table(
    "codes_sent",
    metadata,
    Column("attempt_id", String, primary_key=True),
    word("call_id"),
    Column("id_token", String, nullable=False),
    enc("person_token_enc"),
    enc("contact_token_enc"),
    word("phone_tail"),
    Column("code_hash", String, nullable=False),
    at("sent_at"),
    at("expires_at"),
    Column("age", Integer, nullable=False),
    enc("home_enc", null=True),
    Column("tries", Integer, nullable=False),
    at("used_at", null=True),
    Index(None, "id_token", "sent_at"),
)

failed_checks = Table(
    "failed_checks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id_token", String, nullable=False),
    word("kind"),
    at("at"),
    Index(None, "id_token", "kind", "at"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    word("service"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String, primary_key=True),
    word("display_name"),
    Column("roles", JSON, nullable=False),
    Column("regions", JSON, nullable=False),
    word("password_hash"),
    enc("second_factor_enc", null=True),
    Column("last_step", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    word("agreement", null=True),
    at("agreed_at", null=True),
    Column("wrong_tries", Integer, nullable=False),
    at("locked_until", null=True),
    at("created_at"),
)
"""Who may sign in. `last_step`: newest time step of a one-time password that was used up."""

agreements = Table(
    "agreements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String, nullable=False, index=True),
    word("version"),
    word("sha256"),
    at("signed_at"),
)
"""Who signed which wording of the confidentiality agreement, and when; never changed."""

samples = Table(
    "samples",
    metadata,
    Column("day", String, primary_key=True),
    word("seed"),
    at("drawn_at"),
    Column("candidates", Integer, nullable=False),
    Column("picks", Integer, nullable=False),
)
"""The nightly draws: with its seed a draw can be repeated."""

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String, primary_key=True),
    Column("call_id", String, nullable=False, unique=True),
    word("region"),
    word("service"),
    word("day"),
    word("why"),
    word("handler", null=True),
    Column("second", Boolean, nullable=False),
    word("state"),
    word("reviewer", null=True),
    Column("first_score", JSON, nullable=True),
    enc("first_comment_enc", null=True),
    Column("second_score", JSON, nullable=True),
    enc("second_comment_enc", null=True),
    enc("appeal_enc", null=True),
    at("appealed_at", null=True),
    word("decided_by", null=True),
    word("verdict", null=True),
    enc("decision_enc", null=True),
    at("closes_at", null=True),
    Column("version", Integer, nullable=False),
    Index(None, "day", "state"),
    Index(None, "handler", "day"),
    Index(None, "state", "closes_at"),
)
