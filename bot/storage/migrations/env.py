"""What alembic runs for each command: migrate over the connection that it was given."""

from __future__ import annotations

from alembic import context

from bot.storage.migrations.upgrade import CONNECTION
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes[CONNECTION],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
