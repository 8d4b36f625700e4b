"""Applications that were confirmed, drafts of a person, codes sent and failed tries.

Revision: 0003, after 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
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


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def upgrade() -> None:
    op.create_table(
        "applications",
        word("serial"),
        word("service"),
        word("business"),
        word("call_id"),
        word("id_token"),
        closed("person_token_enc"),
        closed("contact_token_enc", null=True),
        closed("details_enc"),
        word("rule_version"),
        word("idempotency_key"),
        at("created_at"),
        at("updated_at"),
        word("state"),
        word("backend_serial", null=True),
        word("reason", null=True),
        count("tries"),
        at("next_try_at", null=True),
        key("applications", "serial"),
        sa.UniqueConstraint("idempotency_key", name="uq_applications_idempotency_key"),
    )
    index("applications", "call_id")
    index("applications", "id_token", "created_at")
    index("applications", "state", "next_try_at")
    op.create_table(
        "person_drafts",
        word("id_token"),
        word("service"),
        closed("slots_enc"),
        at("kept_at"),
        at("until"),
        key("person_drafts", "id_token", "service"),
    )
    index("person_drafts", "until")
    op.create_table(
        "codes_sent",
        word("attempt_id"),
        word("call_id"),
        word("id_token"),
        closed("person_token_enc"),
        closed("contact_token_enc"),
        word("phone_tail"),
        word("code_hash"),
        at("sent_at"),
        at("expires_at"),
        count("age"),
        closed("home_enc", null=True),
        count("tries"),
        at("used_at", null=True),
        key("codes_sent", "attempt_id"),
    )
    index("codes_sent", "id_token", "sent_at")
    op.create_table(
        "failed_checks",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        word("id_token"),
        word("kind"),
        at("at"),
        key("failed_checks", "number"),
    )
    index("failed_checks", "id_token", "kind", "at")


def downgrade() -> None:
    for table in ("failed_checks", "codes_sent", "person_drafts", "applications"):
        op.drop_table(table)
