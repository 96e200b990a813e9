"""Linked chats and their settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.linking.model import ChatRecord, ChatToLink, Linked, LostChat
from bot.settings.model import ChatSettings
from bot.storage.engine import Transactions, upsert
from bot.storage.tables import absences, chats, lost_chats


class Chats:
    """The linked chats; also the SettingsStore of `bot.settings.service`."""

    def __init__(self, transactions: Transactions, clock: Callable[[], datetime]) -> None:
        self._transactions = transactions
        self._clock = clock

    async def all(self) -> tuple[ChatRecord, ...]:
        """Return every linked chat, oldest first."""
        async with self._transactions.read() as connection:
            rows = await connection.execute(select(chats).order_by(chats.c.id))
            return tuple(_record(row) for row in rows.mappings())

    async def get(self, chat: int) -> ChatRecord | None:
        """Return a linked chat by its row id."""
        async with self._transactions.read() as connection:
            return await _get(connection, chats.c.id == chat)

    async def find(self, chat_id: int, topic: int = 0) -> ChatRecord | None:
        """Return the linked chat of a Telegram chat and topic."""
        async with self._transactions.read() as connection:
            return await _get(connection, (chats.c.chat_id == chat_id) & (chats.c.topic == topic))

    async def within(self, chat_id: int) -> tuple[ChatRecord, ...]:
        """Return everything that is linked in a Telegram chat: itself and its topics."""
        query = select(chats).where(chats.c.chat_id == chat_id).order_by(chats.c.topic)
        async with self._transactions.read() as connection:
            return tuple(_record(row) for row in (await connection.execute(query)).mappings())

    async def link(self, chat: ChatToLink, now: datetime) -> Linked:
        """Link a chat, or refresh what is known of a linked one; its settings stay."""
        async with self._transactions.write() as connection:
            return await link(connection, chat, now)

    async def unlink(self, chat: int) -> bool:
        """Forget a chat and everything about it; whether it was linked."""
        async with self._transactions.write() as connection:
            gone = await connection.execute(delete(chats).where(chats.c.id == chat))
            return gone.rowcount > 0

    async def lose(self, chat: int, reason: str) -> None:
        """Forget a chat that Telegram took away, and remember that it did; idempotent."""
        async with self._transactions.write() as connection:
            record = await _get(connection, chats.c.id == chat)
            if record is None:
                return
            await connection.execute(delete(chats).where(chats.c.id == chat))
            why = {"title": record.title, "reason": reason, "lost_at": self._clock()}
            lost = upsert(connection, lost_chats).values(
                chat_id=record.chat_id, topic=record.topic, **why
            )
            await connection.execute(
                lost.on_conflict_do_update(index_elements=["chat_id", "topic"], set_=why)
            )

    async def lost(self) -> tuple[LostChat, ...]:
        """Return the chats that Telegram took away and that were not linked again, oldest first."""
        columns = [c for c in lost_chats.c if c.name != "id"]
        query = select(*columns).order_by(lost_chats.c.lost_at)
        async with self._transactions.read() as connection:
            return tuple(LostChat(**row) for row in (await connection.execute(query)).mappings())

    async def forget_lost(self, before: datetime) -> None:
        """Forget what was lost before then."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(lost_chats).where(lost_chats.c.lost_at < before))

    async def move(
        self, chat: int, *, chat_id: int, topic: int, chat_type: str | None = None
    ) -> ChatRecord | None:
        """Point a link at another place: the group was upgraded, or its topic is gone.

        When that place is linked already, this link is forgotten and the other one returned. Lines
        about backends stay behind.
        """
        there = (chats.c.chat_id == chat_id) & (chats.c.topic == topic)
        async with self._transactions.write() as connection:
            occupied = await _get(connection, there & (chats.c.id != chat))
            if occupied is not None:
                await connection.execute(delete(chats).where(chats.c.id == chat))
                return occupied
            place: dict[str, object] = {"chat_id": chat_id, "topic": topic}
            if chat_type is not None:
                place["type"] = chat_type
            await connection.execute(update(chats).where(chats.c.id == chat).values(place))
            await connection.execute(delete(absences).where(absences.c.chat == chat))
            return await _get(connection, chats.c.id == chat)

    async def settings(self, chat: int) -> ChatSettings | None:
        """Return the settings of a linked chat."""
        record = await self.get(chat)
        return record.settings if record else None

    async def change_settings(
        self, chat: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings | None:
        """Replace settings by `change(settings)` in one transaction; None when not linked."""
        async with self._transactions.write() as connection:
            query = select(chats).where(chats.c.id == chat).with_for_update()
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return None
            settings = change(_record(row).settings)
            await connection.execute(
                update(chats).where(chats.c.id == chat).values(settings=settings.to_json())
            )
            return settings


async def link(connection: AsyncConnection, chat: ChatToLink, now: datetime) -> Linked:
    """Link a chat within a transaction of the caller's."""
    there = (chats.c.chat_id == chat.chat_id) & (chats.c.topic == chat.topic)
    known = {
        "type": chat.type,
        "title": chat.title,
        "linked_by": chat.linked_by,
        "language": chat.language,
    }
    again = (await connection.execute(update(chats).where(there).values(known))).rowcount > 0
    if not again:
        place = {"chat_id": chat.chat_id, "topic": chat.topic, "linked_at": now}
        new = {"settings": {}, "messages_sent": 0}
        await connection.execute(chats.insert().values({**place, **known, **new}))
    found = (lost_chats.c.chat_id == chat.chat_id) & (lost_chats.c.topic == chat.topic)
    await connection.execute(delete(lost_chats).where(found))
    row = (await connection.execute(select(chats).where(there))).mappings().one()
    return Linked(_record(row), again)


async def _get(connection: AsyncConnection, condition: ColumnElement[bool]) -> ChatRecord | None:
    row = (await connection.execute(select(chats).where(condition))).mappings().one_or_none()
    return _record(row) if row else None


def _record(row: RowMapping) -> ChatRecord:
    return ChatRecord(**{**row, "settings": ChatSettings.from_json(row["settings"])})
