"""How slowly a chat goes after a rest, and the newest message ids, after which a lost one is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of rests anew, since rests are short, and create the one of counters."""
    op.drop_table("rests")
    op.create_table(
        "rests",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_rests"),
    )
    op.create_table(
        "counters",
        sa.Column("counter", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("newest", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("counter", name="pk_counters"),
    )


def downgrade() -> None:
    """Go back to rests without a pace."""
    op.drop_table("counters")
    op.drop_table("rests")
    op.create_table(
        "rests",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_rests"),
    )
