"""Callers' marks at the end of their calls; texts found by the carrier's number.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_at", "ratings", ["at"])
    op.create_index("ix_sms_outbox_carrier_id", "sms_outbox", ["carrier_id"])


def downgrade() -> None:
    op.drop_index("ix_sms_outbox_carrier_id", "sms_outbox")
    op.drop_table("ratings")
