"""The database as the rest sees it: one object that opens, migrates, and holds every store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.absences import Absences
from bot.storage.chats import Chats
from bot.storage.codes import Codes
from bot.storage.engine import Transactions, open_engine, parse_url
from bot.storage.mutes import Mutes
from bot.storage.sends import Sends
from bot.storage.trouble import DatabaseSick, DatabaseUnusable, Trouble
from bot.storage.views import Views

REVISION = "0005"
"""The newest migration; a database that has it is opened without importing alembic."""


OPENINGS = 50
OPENING_S = 0.1
"""How often and how soon a database that another process is creating is tried again."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """An open database and its stores; `async with` migrates it and closes it.

    Opening raises DatabaseUnusable, or DatabaseSick where another try may help.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = _utc_now) -> None:
        try:
            self._engine = open_engine(parse_url(url))
        except OSError as error:
            raise DatabaseUnusable(str(error)) from error
        self._transactions = Transactions(self._engine)
        self.chats = Chats(self._transactions, clock)
        self.codes = Codes(self._transactions)
        self.mutes = Mutes(self._transactions)
        self.absences = Absences(self._transactions)
        self.views = Views(self._transactions, clock)
        self.sends = Sends(self._transactions)

    async def __aenter__(self) -> Self:
        try:
            await self._migrate_in_turn()
        except BaseException as error:
            await self._engine.dispose()
            if isinstance(error, DatabaseSick) and error.trouble is Trouble.UNUSABLE:
                raise DatabaseUnusable(str(error)) from error
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._engine.dispose()

    async def ping(self) -> None:
        """Raise what the database raises when it cannot be read."""
        async with self._transactions.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def _migrate_in_turn(self) -> None:
        """Migrate; a new SQLite file is locked for a moment whatever its timeout says."""
        for _ in range(OPENINGS):
            try:
                return await self._migrate()
            except DatabaseSick as sick:
                if sick.trouble is not Trouble.LOCKED:
                    raise
                await asyncio.sleep(OPENING_S)
        return await self._migrate()

    async def _migrate(self) -> None:
        async with self._transactions.read() as connection:
            current = await revision_of(connection)
        if current == REVISION:
            return
        from bot.storage.migrations.upgrade import upgrade

        # Another process may have been faster: alembic looks again within the write transaction.
        async with self._transactions.write() as connection:
            await connection.run_sync(upgrade)


async def revision_of(connection: AsyncConnection) -> str | None:
    """Return the migration a database has; None for one that is empty."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(revision) if revision else None
