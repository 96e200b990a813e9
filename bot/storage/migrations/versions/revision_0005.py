"""What an entry said of which only a masked form was shown, so that a restart recognises it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Remember length and digest of the source."""
    op.add_column("shown", sa.Column("source_length", sa.Integer))
    op.add_column("shown", sa.Column("source_digest", sa.LargeBinary(8)))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("shown", "source_digest")
    op.drop_column("shown", "source_length")
