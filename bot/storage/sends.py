"""When was written where, which chats rest, and the newest message ids: for after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.live.seen import counter_of
from bot.storage.engine import Transactions, upsert
from bot.storage.tables import chats, counters, rests, sends


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

    async def rest(self, chat_id: int, until: datetime, level: int, since: datetime) -> None:
        """Store a chat's rest and the level of its pace since then, whatever was stored before.

        A chat that is not linked leaves no trace.
        """
        pace = {"until": until, "level": level, "since": since}
        async with self._transactions.write() as connection:
            if not await connection.scalar(select(chats.c.id).where(chats.c.chat_id == chat_id)):
                return
            resting = upsert(connection, rests).values(chat_id=chat_id, **pace)
            await connection.execute(
                resting.on_conflict_do_update(index_elements=["chat_id"], set_=pace)
            )

    async def rests(self) -> tuple[tuple[int, datetime, int, datetime], ...]:
        """Return what is stored of rests, as (chat, until, level, since)."""
        query = select(rests.c.chat_id, rests.c.until, rests.c.level, rests.c.since)
        async with self._transactions.read() as connection:
            return tuple((*row,) for row in await connection.execute(query))

    async def note_newest(self, newest: Mapping[int, int]) -> None:
        """Store the newest message id of some counters; an older one changes nothing.

        Counters that number no linked chat leave no trace.
        """
        async with self._transactions.write() as connection:
            linked = await connection.scalars(select(chats.c.chat_id).distinct())
            counted = {counter_of(chat_id) for chat_id in linked}
            for counter in newest.keys() & counted:
                new = upsert(connection, counters).values(counter=counter, newest=newest[counter])
                await connection.execute(
                    new.on_conflict_do_update(
                        index_elements=["counter"],
                        set_={"newest": new.excluded.newest},
                        where=new.excluded.newest > counters.c.newest,
                    )
                )

    async def newest(self) -> Mapping[int, int]:
        """Return the newest message id of every counter that is known."""
        async with self._transactions.read() as connection:
            return {row.counter: row.newest for row in await connection.execute(select(counters))}

    async def prune(self, before: datetime, slowed_before: datetime) -> None:
        """Forget calls before the one moment, rests that began before the other."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(sends).where(sends.c.at < before))
            await connection.execute(delete(rests).where(rests.c.since < slowed_before))
