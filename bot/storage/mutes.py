"""Which workspaces a chat has muted."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.storage.engine import Transactions, upsert
from bot.storage.tables import mutes


class Mutes:
    """The MuteStore of `bot.live.ports`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute; idempotent."""
        async with self._transactions.write() as connection:
            muted = upsert(connection, mutes).values(chat=chat, workspace_id=workspace_id)
            await connection.execute(muted.on_conflict_do_nothing())

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute; idempotent."""
        async with self._transactions.write() as connection:
            this = (mutes.c.chat == chat) & (mutes.c.workspace_id == workspace_id)
            await connection.execute(delete(mutes).where(this))

    async def muted(self) -> frozenset[tuple[int, str]]:
        """Every (chat row, workspace) that is muted."""
        async with self._transactions.read() as connection:
            rows = await connection.execute(select(mutes.c.chat, mutes.c.workspace_id))
            return frozenset((row.chat, row.workspace_id) for row in rows)
