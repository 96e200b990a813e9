"""Runs alembic inside a transaction of the caller's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

CONNECTION = "connection"
"""Under this name `env.py` finds the connection."""


def config() -> Config:
    """Describe where the revisions lie; needs no file."""
    described = Config()
    described.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    described.set_main_option("path_separator", "os")
    return described


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest revision."""
    described = config()
    described.attributes[CONNECTION] = connection
    command.upgrade(described, "head")
