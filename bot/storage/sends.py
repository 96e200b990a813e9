"""When was written to which chat, and which chats rest: what lanes need after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.storage.engine import Transactions, upsert
from bot.storage.tables import chats, rests, sends


class Sends:
    """Wall-clock times of calls, by Telegram's chat id (all topics of a group share its lane)."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def record(self, sent: Sequence[tuple[int, datetime]]) -> None:
        """Store that calls left, as (chat, time); a chat that is not linked leaves no trace."""
        told = {chat_id for chat_id, _ in sent}
        async with self._transactions.write() as connection:
            linked = set(
                await connection.scalars(select(chats.c.chat_id).where(chats.c.chat_id.in_(told)))
            )
            rows = [{"chat_id": chat_id, "at": at} for chat_id, at in sent if chat_id in linked]
            if rows:
                await connection.execute(insert(sends), rows)

    async def recent(self, since: datetime) -> Mapping[int, tuple[datetime, ...]]:
        """Return the times of calls since then by chat, oldest first."""
        query = select(sends.c.chat_id, sends.c.at).where(sends.c.at >= since).order_by(sends.c.at)
        times: dict[int, tuple[datetime, ...]] = {}
        async with self._transactions.read() as connection:
            for chat_id, at in await connection.execute(query):
                times[chat_id] = (*times.get(chat_id, ()), at)
        return times

    async def rest(self, chat_id: int, until: datetime) -> None:
        """Store that the chat's lane rests until then, whatever was stored before."""
        async with self._transactions.write() as connection:
            resting = upsert(connection, rests).values(chat_id=chat_id, until=until)
            await connection.execute(
                resting.on_conflict_do_update(index_elements=["chat_id"], set_={"until": until})
            )

    async def rests(self, now: datetime) -> Mapping[int, datetime]:
        """Return until when each chat rests, of those that still do."""
        query = select(rests.c.chat_id, rests.c.until).where(rests.c.until > now)
        async with self._transactions.read() as connection:
            return {row.chat_id: row.until for row in await connection.execute(query)}

    async def prune(self, before: datetime) -> None:
        """Forget calls and rests that ended before then."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(sends).where(sends.c.at < before))
            await connection.execute(delete(rests).where(rests.c.until < before))
