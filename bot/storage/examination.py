"""Looks at a database from beside the bot: whether it opens, takes writes, and how old it is."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.i18n import sentence
from bot.storage.database import REVISION, revision_of
from bot.storage.engine import Transactions, open_engine, parse_url, sqlite_file
from bot.storage.trouble import DatabaseUnusable


class Found(Enum):
    """What there is."""

    CURRENT = "current"
    OLDER = "older"
    """The bot brings it up to date when it starts."""
    NEWER = "newer"
    """A newer bot has written it; this one does not know how."""
    NOTHING = "nothing"
    """The bot makes it when it starts."""


async def examine(url: str) -> Found:
    """Try to read and to write without changing what is there, and without making anything.

    Raises DatabaseSick or DatabaseUnusable. A running bot is not disturbed: its lock is not asked
    for, and a write of its own waits for a moment at most.
    """
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    if file is not None and not _is_there(file):
        _require_room_for(file)
        return Found.NOTHING
    engine = open_engine(parsed)
    try:
        transactions = Transactions(engine)
        async with transactions.read() as connection:
            revision = await revision_of(connection)
        async with transactions.write() as connection:
            await _write(connection)
    finally:
        await engine.dispose()
    return _compared(revision)


def place(url: str) -> str:
    """Say where a database lies, without user and password."""
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    if file is not None:
        return str(file.absolute())
    bare = URL.create("postgresql", None, None, parsed.host, parsed.port, parsed.database)
    return bare.render_as_string() if parsed.host else str(parsed.database)


def _require_room_for(file: Path) -> None:
    """Raise DatabaseUnusable where no file can be made."""
    above = next(folder for folder in file.absolute().parents if _is_there(folder))
    if not above.is_dir():
        raise DatabaseUnusable(sentence("{folder} is no folder", folder=above))
    if not os.access(above, os.W_OK | os.X_OK):
        raise DatabaseUnusable(sentence("{folder} may not be written", folder=above))


def _is_there(path: Path) -> bool:
    """Look for a path; in a folder that may not be entered there is nothing."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises there


def _compared(revision: str | None) -> Found:
    if revision is None:
        return Found.NOTHING
    if revision == REVISION:
        return Found.CURRENT
    return Found.OLDER if revision < REVISION else Found.NEWER


async def _write(connection: AsyncConnection) -> None:
    """Write what stands there already, so that locks, rights and room are really asked for."""
    if connection.dialect.name == "sqlite":
        version = int(await connection.scalar(text("PRAGMA user_version")) or 0)
        await connection.execute(text(f"PRAGMA user_version = {version}"))
    elif await connection.scalar(text("SHOW transaction_read_only")) == "on":
        raise DatabaseUnusable(sentence("it only takes questions, no changes"))
