"""Linked chats, their settings and the codes that link them, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.linking.model import ChatRecord, ChatToLink, Linked
from bot.settings.model import ChatSettings
from tests.fakes.recording import NOW


@dataclass
class MemoryChats:
    """The linked chats and the settings store."""

    rows: dict[int, ChatRecord] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    finds: int = 0

    async def find(self, chat_id: int, topic: int) -> ChatRecord | None:
        """Find by place."""
        self.finds += 1
        rows = self.rows.values()
        return next((r for r in rows if (r.chat_id, r.topic) == (chat_id, topic)), None)

    async def within(self, chat_id: int) -> tuple[ChatRecord, ...]:
        """List what is linked there."""
        return tuple(row for row in self.rows.values() if row.chat_id == chat_id)

    async def move(
        self, chat: int, *, chat_id: int, topic: int, chat_type: str | None = None
    ) -> ChatRecord | None:
        """Move, or give way to what is there."""
        row = self.rows.pop(chat)
        there = await self.find(chat_id, topic)
        if there is None:
            there = replace(row, chat_id=chat_id, topic=topic, type=chat_type or row.type)
            self.rows[chat] = there
        return there

    async def all(self) -> tuple[ChatRecord, ...]:
        """List."""
        return tuple(self.rows.values())

    async def unlink(self, chat: int) -> bool:
        """Forget."""
        return self.rows.pop(chat, None) is not None

    async def lose(self, chat: int, reason: str) -> None:
        """Forget, and remember why."""
        if self.rows.pop(chat, None) is not None:
            self.lost[chat] = reason

    async def settings(self, chat: int) -> ChatSettings | None:
        """Read settings."""
        return self.rows[chat].settings if chat in self.rows else None

    async def change_settings(
        self, chat: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings | None:
        """Change settings."""
        if chat not in self.rows:
            return None
        self.rows[chat] = replace(self.rows[chat], settings=change(self.rows[chat].settings))
        return self.rows[chat].settings

    def add(self, chat: ChatToLink) -> Linked:
        """Link."""
        for row in self.rows.values():
            if (row.chat_id, row.topic) == (chat.chat_id, chat.topic):
                return Linked(row, again=True)
        row = ChatRecord(
            id=len(self.rows) + 1,
            chat_id=chat.chat_id,
            topic=chat.topic,
            type=chat.type,
            title=chat.title,
            linked_by=chat.linked_by,
            language=chat.language,
            linked_at=NOW,
            messages_sent=31,
        )
        self.rows[row.id] = row
        return Linked(row, again=False)


@dataclass
class MemoryCodes:
    """The code store."""

    chats: MemoryChats
    codes: dict[bytes, datetime] = field(default_factory=dict)
    guesses: list[tuple[int, datetime]] = field(default_factory=list)

    async def add(self, digest: bytes, expires_at: datetime) -> None:
        """Store."""
        self.codes[digest] = expires_at

    async def redeem(self, digest: bytes, now: datetime, chat: ChatToLink) -> Linked | None:
        """Use up."""
        return self.chats.add(chat) if self.codes.pop(digest, None) else None

    async def guess(
        self, user_id: int, now: datetime, since: datetime
    ) -> tuple[int, tuple[datetime, ...]]:
        """Store a guess."""
        earlier = tuple(at for who, at in self.guesses if who == user_id and at >= since)
        self.guesses.append((user_id, now))
        return len(self.guesses) - 1, earlier

    async def forget_guess(self, guess_id: int) -> None:
        """Withdraw a guess."""
        self.guesses.pop(guess_id)
