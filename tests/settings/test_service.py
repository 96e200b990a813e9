from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.linking.model import ChatToLink
from bot.settings.model import ChatSettings, InvalidSettings
from bot.settings.service import SettingsService, UnknownChat
from bot.storage.database import Database

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def chat(database: Database) -> int:
    linked = await database.chats.link(ChatToLink(7, 0, "private", "Ada", 7, "en"), NOW)
    return linked.chat.id


@pytest.fixture
def service(database: Database) -> SettingsService:
    return SettingsService(database.chats, ["en", "pt_BR"])


async def test_change(service: SettingsService, chat: int) -> None:
    """A change is stored and leaves the other settings as they are."""
    await service.change(chat, {"rollover_min": 5})
    changed = await service.change(chat, {"verbosity": "full"})
    assert (changed.rollover_min, changed.verbosity) == (5, "full")
    assert await service.get(chat) == changed


async def test_listeners_are_told(service: SettingsService, chat: int) -> None:
    """Who listens has heard of a change when it returns."""
    heard: list[tuple[int, ChatSettings]] = []
    service.listen(lambda row, settings: heard.append((row, settings)))
    changed = await service.change(chat, {"stream_mode": "off"})
    assert heard == [(chat, changed)]


async def test_refused_change(service: SettingsService, chat: int) -> None:
    """A refused change stores nothing and tells nobody."""
    heard: list[int] = []
    service.listen(lambda row, _: heard.append(row))
    with pytest.raises(InvalidSettings):
        await service.change(chat, {"rollover_min": 5, "chunk_chars": 1})
    assert heard == []
    assert await service.get(chat) == ChatSettings()


async def test_only_shipped_locales(service: SettingsService, chat: int) -> None:
    """A locale must be shipped, or `auto`."""
    assert (await service.change(chat, {"locale": "pt_BR"})).locale == "pt_BR"
    assert (await service.change(chat, {"locale": "auto"})).locale == "auto"
    for locale in ("de", None):
        with pytest.raises(InvalidSettings, match="locale"):
            await service.change(chat, {"locale": locale})


async def test_nothing_to_change(service: SettingsService, chat: int) -> None:
    """An empty change is fine."""
    assert await service.change(chat, {}) == ChatSettings()


async def test_unknown_chat(service: SettingsService) -> None:
    """A chat that is not linked has no settings."""
    with pytest.raises(UnknownChat):
        await service.get(99)
    with pytest.raises(UnknownChat):
        await service.change(99, {"rollover_min": 5})
