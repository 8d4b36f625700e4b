"""Reviews: the nightly samples with their seeds, and the reviews of the calls drawn.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "samples",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("picks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_samples"),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("handler", sa.String(), nullable=True),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("first_score", sa.JSON(), nullable=True),
        sa.Column("first_comment_enc", sa.Text(), nullable=True),
        sa.Column("second_score", sa.JSON(), nullable=True),
        sa.Column("second_comment_enc", sa.Text(), nullable=True),
        sa.Column("appeal_enc", sa.Text(), nullable=True),
        sa.Column("appealed_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("decision_enc", sa.Text(), nullable=True),
        sa.Column("closes_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="pk_reviews"),
        sa.UniqueConstraint("call_id", name="uq_reviews_call_id"),
    )
    op.create_index("ix_reviews_day_state", "reviews", ["day", "state"])
    op.create_index("ix_reviews_handler_day", "reviews", ["handler", "day"])
    op.create_index("ix_reviews_state_closes_at", "reviews", ["state", "closes_at"])


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("samples")
