"""Which chats have a line about a backend that is away."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.live.stores import StoredLine
from bot.storage.engine import Transactions, upsert
from bot.storage.tables import absences, chats


class Absences:
    """The AbsenceStore of `bot.live.ports`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def told(self, line: StoredLine) -> None:
        """Store that a chat has this line; nothing is stored of a chat that is not linked."""
        there = select(chats.c.id).where(chats.c.id == line.chat)
        place = {"chat": line.chat, "backend": line.backend}
        async with self._transactions.write() as connection:
            if await connection.scalar(there) is None:
                return
            row = upsert(connection, absences).values(**place, message_id=line.message_id)
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=["chat", "backend"], set_={"message_id": line.message_id}
                )
            )

    async def untold(self, line: StoredLine) -> None:
        """Forget a line; idempotent."""
        this = (absences.c.chat == line.chat) & (absences.c.backend == line.backend)
        async with self._transactions.write() as connection:
            await connection.execute(delete(absences).where(this))

    async def lines(self) -> tuple[StoredLine, ...]:
        """Every line that stands somewhere."""
        async with self._transactions.read() as connection:
            rows = await connection.execute(select(absences))
            return tuple(StoredLine(row.chat, row.backend, row.message_id) for row in rows)
