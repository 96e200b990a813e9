"""Opens a database and runs its transactions; everything that differs between dialects is here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.trouble import DatabaseSick, Trouble

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another process's lock before it says "database is locked"."""

_READING = "reading"

_SQLITE = {
    "SQLITE_BUSY": Trouble.LOCKED,
    "SQLITE_LOCKED": Trouble.LOCKED,
    "SQLITE_FULL": Trouble.FULL,
    "SQLITE_IOERR": Trouble.FULL,
    "SQLITE_CANTOPEN": Trouble.UNUSABLE,
    "SQLITE_READONLY": Trouble.UNUSABLE,
    "SQLITE_NOTADB": Trouble.UNUSABLE,
    "SQLITE_CORRUPT": Trouble.UNUSABLE,
    "SQLITE_PERM": Trouble.UNUSABLE,
}
"""By the primary name of SQLite's result code; an extended one begins with it."""


class Transactions:
    """Runs reads and writes; a write is serialised with all others from its beginning.

    Both raise DatabaseSick where the database, not the statement, is to blame.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads: one consistent view, waiting for no writer."""
        with _sickness_told():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(**{_READING: True})

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that commits when its block ends and rolls back when it raises."""
        with _sickness_told():
            async with self._engine.begin() as connection:
                yield connection


@contextmanager
def _sickness_told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        sick = _sickness_of(error)
        if sick is None:
            raise
        raise sick from error


def parse_url(url: str) -> URL:
    """Read a database URL, also in the forms platforms hand out (`postgres://…`)."""
    parsed = make_url(url)
    if parsed.get_backend_name() in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed.set(drivername="sqlite+aiosqlite")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for another kind."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def open_engine(url: URL) -> AsyncEngine:
    """Create the engine, and a SQLite file with its folder; connects only when used.

    Raises OSError where no such file can be.
    """
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()  # the driver would find out in a thread, and leave that behind
    engine = create_async_engine(url, pool_pre_ping=file is None)
    if file is not None:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that can say ON CONFLICT, which both dialects spell alike."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes late (at the first write) and never for DDL: we send it.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could fail at once with "locked".
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _sickness_of(error: DBAPIError) -> DatabaseSick | None:
    """Tell what a driver's error says of the database; None where the statement is to blame."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if isinstance(name, str):
        trouble = next((_SQLITE[code] for code in _SQLITE if name.startswith(code)), None)
    else:
        trouble = Trouble.AWAY if error.connection_invalidated or _unconnected(error) else None
    return DatabaseSick(trouble, str(error.orig)) if trouble is not None else None


def _unconnected(error: DBAPIError) -> bool:
    """Whether a server refused or never answered: then no statement has a code of its own."""
    unnamed = getattr(error.orig, "sqlstate", None) is None
    return type(error.orig).__name__ == "OperationalError" and unnamed
