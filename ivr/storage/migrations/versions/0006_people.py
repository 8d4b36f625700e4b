"""People at the desks: accounts, signed agreements, who holds a case and who took a call.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("seat", sa.String(), nullable=True))
    op.create_index("ix_calls_region_began_at", "calls", ["region", "began_at"])
    op.create_index("ix_calls_seat_began_at", "calls", ["seat", "began_at"])
    op.add_column("car_move_cases", sa.Column("holder", sa.String(), nullable=True))
    op.add_column("car_move_cases", sa.Column("merged_into", sa.String(), nullable=True))
    op.create_index(
        "ix_car_move_cases_is_open_region_opened_at", "car_move_cases", ["is_open", "region", "opened_at"]
    )
    op.add_column("case_history", sa.Column("said_enc", sa.Text(), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("second_factor_enc", sa.Text(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
    )
    op.create_index("ix_agreements_account", "agreements", ["account"])


def downgrade() -> None:
    op.drop_table("agreements")
    op.drop_table("accounts")
    op.drop_column("case_history", "said_enc")
    op.drop_index("ix_car_move_cases_is_open_region_opened_at", "car_move_cases")
    op.drop_column("car_move_cases", "merged_into")
    op.drop_column("car_move_cases", "holder")
    op.drop_index("ix_calls_seat_began_at", "calls")
    op.drop_index("ix_calls_region_began_at", "calls")
    op.drop_column("calls", "seat")
