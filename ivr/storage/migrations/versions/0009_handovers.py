"""Callers who are handed to a person.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("seat", sa.String(), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("offered_at", _MOMENT, nullable=True),
        sa.Column("joined_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("context_enc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("handover_id", name="pk_handovers"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_handovers_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_handovers_call_id", "handovers", ["call_id"])
    op.create_index("ix_handovers_is_open_asked_at", "handovers", ["is_open", "asked_at"])
    op.create_index("ix_handovers_seat_asked_at", "handovers", ["seat", "asked_at"])
    op.create_index("ix_handovers_asked_at", "handovers", ["asked_at"])


def downgrade() -> None:
    op.drop_table("handovers")
