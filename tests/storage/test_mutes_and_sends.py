from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.model import ChatToLink
from bot.storage.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SUPERGROUP = -1_000_000_000_600


@pytest.fixture
async def chat(database: Database) -> int:
    return (await database.chats.link(ChatToLink(7, 0, "private", "Ada", 7, "en"), NOW)).chat.id


async def test_mute(database: Database, chat: int) -> None:
    """Muting and unmuting are idempotent, and apart for each workspace."""
    for _ in range(2):
        await database.mutes.mute(chat, "one")
    await database.mutes.mute(chat, "two")
    assert await database.mutes.muted() == {(chat, "one"), (chat, "two")}
    for _ in range(2):
        await database.mutes.unmute(chat, "one")
    assert await database.mutes.muted() == {(chat, "two")}


async def test_recent_sends(database: Database, chat: int) -> None:
    """The times of calls come back by chat, oldest first, from a moment on."""
    await database.chats.link(ChatToLink(-100, 0, "group", "Shop", 7, "en"), NOW)
    for chat_id, after in ((7, 2), (7, 0), (-100, 1), (7, 1)):
        await database.sends.record([(chat_id, NOW + after * SECOND)])
    assert await database.sends.recent(NOW + SECOND) == {
        7: (NOW + SECOND, NOW + 2 * SECOND),
        -100: (NOW + SECOND,),
    }


async def test_a_stranger_leaves_no_row(database: Database, chat: int) -> None:
    """Calls to a chat that is not linked are not stored, beside those to linked ones."""
    await database.sends.record([(99, NOW)])
    await database.sends.record([(99, NOW), (7, NOW)])
    assert await database.sends.recent(NOW) == {7: (NOW,)}


async def test_rests(database: Database, chat: int) -> None:
    """A chat's newest rest counts, with its pace; a stranger's leaves no row."""
    await database.sends.rest(7, NOW + 60 * SECOND, 1, NOW)
    await database.sends.rest(7, NOW + 30 * SECOND, 2, NOW + SECOND)
    await database.sends.rest(-100, NOW, 1, NOW)
    assert await database.sends.rests() == ((7, NOW + 30 * SECOND, 2, NOW + SECOND),)


async def test_newest_ids(database: Database, chat: int) -> None:
    """The newest message id of a counter never goes back; one of strangers leaves no row."""
    await database.chats.link(ChatToLink(SUPERGROUP, 0, "supergroup", "Shop", 7, "en"), NOW)
    await database.sends.note_newest({0: 30, SUPERGROUP: 8, SUPERGROUP - 1: 5})
    await database.sends.note_newest({0: 29})
    assert await database.sends.newest() == {0: 30, SUPERGROUP: 8}


async def test_prune(database: Database, chat: int) -> None:
    """What lanes no longer need is forgotten."""
    await database.sends.record([(7, NOW), (7, NOW + SECOND)])
    await database.sends.rest(7, NOW, 1, NOW)
    await database.sends.prune(NOW + SECOND, NOW)
    assert await database.sends.recent(NOW) == {7: (NOW + SECOND,)}
    assert await database.sends.rests() == ((7, NOW, 1, NOW),)
    await database.sends.prune(NOW + SECOND, NOW + SECOND)
    assert await database.sends.rests() == ()
