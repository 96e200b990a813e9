"""Lines about backends that are away."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.linking.model import ChatToLink
from bot.live.stores import StoredLine
from bot.storage.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_a_line_is_kept_until_it_is_taken_back(database: Database) -> None:
    """One line per chat and backend; nothing of a chat that is not linked."""
    chat = (await database.chats.link(ChatToLink(7, 0, "private", "Ada", 7, "en"), NOW)).chat.id
    await database.absences.told(StoredLine(chat, "", 11))
    await database.absences.told(StoredLine(chat, "", 12))
    await database.absences.told(StoredLine(chat, "two", 13))
    await database.absences.told(StoredLine(chat + 1, "", 14))
    lines = await database.absences.lines()
    assert set(lines) == {StoredLine(chat, "", 12), StoredLine(chat, "two", 13)}
    for _ in range(2):
        await database.absences.untold(StoredLine(chat, "", 12))
    assert await database.absences.lines() == (StoredLine(chat, "two", 13),)
    await database.chats.unlink(chat)
    assert await database.absences.lines() == ()
