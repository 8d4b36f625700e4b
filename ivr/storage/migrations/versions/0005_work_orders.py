"""Call-backs become work orders: units, holders, answers, versions and a history.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXTS = ("unit", "holder", "merged_into")
_COUNTS = ("tried", "urged", "extended", "redone", "version")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("callback_orders", sa.Column(name, sa.String(), nullable=True))
    op.add_column("callback_orders", sa.Column("answer_enc", sa.Text(), nullable=True))
    op.add_column("callback_orders", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    for name in _COUNTS:
        first = "1" if name == "version" else "0"
        op.add_column("callback_orders", sa.Column(name, sa.Integer(), nullable=False, server_default=first))
    op.execute("UPDATE callback_orders SET state = 'open', reminded_at = due_at WHERE state = 'reminded'")
    op.create_index("ix_callback_orders_call_id", "callback_orders", ["call_id"])
    op.create_table(
        "callback_history",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("note_enc", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["serial"], ["callback_orders.serial"], name="fk_callback_history_serial", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_callback_history"),
    )
    op.create_index("ix_callback_history_serial", "callback_history", ["serial"])


def downgrade() -> None:
    op.drop_table("callback_history")
    op.drop_index("ix_callback_orders_call_id", "callback_orders")
    op.execute("UPDATE callback_orders SET state = 'reminded' WHERE state = 'open' AND reminded_at IS NOT NULL")
    op.execute("UPDATE callback_orders SET state = 'open' WHERE state IN ('assigned', 'in_hand', 'answered')")
    op.execute("UPDATE callback_orders SET state = 'cancelled' WHERE state = 'merged'")
    for name in (*_TEXTS, *_COUNTS, "answer_enc", "reminded_at"):
        op.drop_column("callback_orders", name)
