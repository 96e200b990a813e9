from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.model import ChatRecord, ChatToLink, Linked, LostChat
from bot.live.stores import NewView, StoredLine
from bot.settings.model import ChatSettings
from bot.storage.database import Database
from tests.fakes.clock import FakeClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GROUP = ChatToLink(-100, 0, "supergroup", "Team", 7, "de")
TOPIC = replace(GROUP, topic=5)
PRIVATE = ChatToLink(7, 0, "private", "Ada", 7, None)


async def test_link(database: Database) -> None:
    """A linked chat is found by its place and by its row, with everything that was told."""
    linked = await database.chats.link(GROUP, NOW)
    record = ChatRecord(linked.chat.id, -100, 0, "supergroup", "Team", 7, "de", NOW)
    assert linked == Linked(record, again=False)
    assert await database.chats.find(-100) == record
    assert await database.chats.get(record.id) == record


async def test_link_again(database: Database) -> None:
    """Linking again refreshes title and linker and keeps row, settings and date."""
    first = (await database.chats.link(GROUP, NOW)).chat
    await database.chats.change_settings(first.id, lambda s: s.changed({"rollover_min": 5}))
    renamed = replace(GROUP, title="Crew", linked_by=8, language="en")
    again = await database.chats.link(renamed, NOW + timedelta(days=1))
    assert again.again
    assert again.chat == replace(
        first, title="Crew", linked_by=8, language="en", settings=ChatSettings(rollover_min=5)
    )


async def test_topics_are_chats_of_their_own(database: Database) -> None:
    """A topic and its group are linked apart and listed together."""
    group = (await database.chats.link(GROUP, NOW)).chat
    assert await database.chats.find(-100, 5) is None
    topic = (await database.chats.link(TOPIC, NOW)).chat
    private = (await database.chats.link(PRIVATE, NOW)).chat
    assert await database.chats.within(-100) == (group, topic)
    assert await database.chats.all() == (group, topic, private)


async def test_unlink(database: Database) -> None:
    """Unlinking forgets the chat with everything about it, and its row never comes again."""
    chat = (await database.chats.link(GROUP, NOW)).chat
    view = await database.views.begin(NewView(chat.id, "t", "w", "s", "", "Fix", NOW))
    intent = await database.views.intend(view.id, "page", 0)
    await database.views.settle(intent, view.id, "page", 0, 11)
    await database.mutes.mute(chat.id, "w")

    for _ in range(2):
        await database.chats.unlink(chat.id)

    assert await database.chats.all() == ()
    assert await database.views.get(view.id) is None
    assert await database.views.of_message(-100, 11) is None
    assert await database.mutes.muted() == frozenset()
    assert (await database.chats.link(GROUP, NOW)).chat.id > chat.id


async def test_lose(database: Database, clock: FakeClock) -> None:
    """A chat that Telegram took away is forgotten, and listed until it is linked again."""
    chat = (await database.chats.link(TOPIC, NOW)).chat
    for _ in range(2):
        await database.chats.lose(chat.id, "bot was kicked")
    assert await database.chats.all() == ()
    assert await database.chats.lost() == (
        LostChat(-100, 5, "Team", "bot was kicked", clock.wall()),
    )
    await database.chats.link(GROUP, NOW)
    assert len(await database.chats.lost()) == 1
    await database.chats.link(TOPIC, NOW)
    assert await database.chats.lost() == ()


async def test_lose_twice(database: Database, clock: FakeClock) -> None:
    """A chat that was lost twice is listed once, with the newer reason, and forgotten in time."""
    for reason in ("bot was kicked", "bot was blocked"):
        await database.chats.lose((await database.chats.link(GROUP, NOW)).chat.id, reason)
    (lost,) = await database.chats.lost()
    assert lost.reason == "bot was blocked"
    await database.chats.forget_lost(clock.wall())
    assert await database.chats.lost() == (lost,)
    await database.chats.forget_lost(clock.wall() + timedelta(seconds=1))
    assert await database.chats.lost() == ()


async def test_move(database: Database) -> None:
    """A group that is upgraded keeps its row, settings and views under the new id."""
    chat = (await database.chats.link(replace(GROUP, type="group"), NOW)).chat
    moved = await database.chats.move(chat.id, chat_id=-200, topic=0, chat_type="supergroup")
    assert moved == replace(chat, chat_id=-200, type="supergroup")
    assert await database.chats.all() == (moved,)


async def test_a_line_about_a_backend_stays_behind(database: Database) -> None:
    """In the new chat another message may have the line's number."""
    chat = (await database.chats.link(GROUP, NOW)).chat
    await database.absences.told(StoredLine(chat.id, "", 11))
    await database.chats.move(chat.id, chat_id=-200, topic=0)
    assert await database.absences.lines() == ()


async def test_move_to_a_linked_place(database: Database) -> None:
    """A topic that is gone gives way to the link of General."""
    general = (await database.chats.link(GROUP, NOW)).chat
    topic = (await database.chats.link(TOPIC, NOW)).chat
    assert await database.chats.move(topic.id, chat_id=-100, topic=0) == general
    assert await database.chats.all() == (general,)


async def test_move_of_an_unlinked_chat(database: Database) -> None:
    """A chat that was unlinked meanwhile is not brought back by a move."""
    assert await database.chats.move(99, chat_id=-100, topic=0) is None


async def test_settings(database: Database) -> None:
    """Settings are changed from what is stored; a change that raises stores nothing."""
    chat = (await database.chats.link(PRIVATE, NOW)).chat.id
    assert await database.chats.settings(chat) == ChatSettings()
    for field in ("rollover_min", "max_live_views"):
        await database.chats.change_settings(chat, lambda s, f=field: s.changed({f: 7}))  # type: ignore[misc] # mypy cannot infer a lambda's default
    with pytest.raises(ValueError, match="rollover_min"):
        await database.chats.change_settings(chat, lambda s: s.changed({"rollover_min": 0}))
    assert await database.chats.settings(chat) == ChatSettings(rollover_min=7, max_live_views=7)


async def test_settings_of_an_unlinked_chat(database: Database) -> None:
    """A chat that is not linked has no settings to read or change."""
    assert await database.chats.settings(99) is None
    assert await database.chats.change_settings(99, lambda settings: settings) is None
