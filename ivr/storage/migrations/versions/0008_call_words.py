"""The blind index of what callers said. Calls kept before it are found by their facts only.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_words",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("token", "call_id", name="pk_call_words"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_call_words_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_call_words_call_id", "call_words", ["call_id"])


def downgrade() -> None:
    op.drop_table("call_words")
