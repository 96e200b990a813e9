"""What a restart forgot: where late results stand, and lines about backends that are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "late_results",
        sa.Column("view", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("after", sa.String),
        sa.PrimaryKeyConstraint("view", "key", name="pk_late_results"),
        sa.ForeignKeyConstraint(
            ["view"], ["views.id"], name="fk_late_results_view", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "absences",
        sa.Column("chat", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("backend", sa.String, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat", "backend", name="pk_absences"),
        sa.ForeignKeyConstraint(
            ["chat"], ["chats.id"], name="fk_absences_chat", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("absences")
    op.drop_table("late_results")
