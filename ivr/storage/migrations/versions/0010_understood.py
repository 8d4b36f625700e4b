"""What the dialogue understood of a turn, and turns by their time; where a car-move case is on the map.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("understood_enc", sa.Text(), nullable=True))
    op.add_column("turns", sa.Column("given", sa.Integer(), nullable=True))
    op.add_column("turns", sa.Column("corrected", sa.Integer(), nullable=True))
    op.create_index("ix_turns_at", "turns", ["at"])
    op.add_column("car_move_cases", sa.Column("spot_enc", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("car_move_cases") as cases:
        cases.drop_column("spot_enc")
    op.drop_index("ix_turns_at", "turns")
    with op.batch_alter_table("turns") as turns:
        for name in ("corrected", "given", "understood_enc"):
            turns.drop_column(name)
