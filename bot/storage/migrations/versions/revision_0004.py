"""What a message shows that is never written again, while nobody knows whether it arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Give intents their covers."""
    op.add_column("intents", sa.Column("covers", sa.String))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("intents", "covers")
