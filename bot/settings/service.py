"""Changes settings in one place, so that every change acts at once everywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from bot.settings.model import (
    AUTO_LOCALE,
    ChatSettings,
    InvalidSettings,
    SettingProblem,
    expectation,
)

Listener = Callable[[int, ChatSettings], None]
"""Told (linked chat's row id, new settings); must not wait."""


class UnknownChat(LookupError):  # noqa: N818 - named by its outcome
    """The chat is not linked (any more)."""


class SettingsStore(Protocol):
    """Where settings are kept, by the linked chat's row id."""

    async def settings(self, chat: int) -> ChatSettings | None:
        """Return the settings of a linked chat."""

    async def change_settings(
        self, chat: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings | None:
        """Replace settings by `change(settings)` in one transaction; None when not linked.

        What `change` raises leaves the settings as they were.
        """


class SettingsService:
    """Reads and changes settings and tells who acts on them."""

    def __init__(self, store: SettingsStore, locales: Collection[str]) -> None:
        self._store = store
        self._locales = frozenset(locales) | {AUTO_LOCALE}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell `listener` about every change, synchronously, after it is stored."""
        self._listeners.append(listener)

    async def get(self, chat: int) -> ChatSettings:
        """Return a chat's settings; raises UnknownChat."""
        settings = await self._store.settings(chat)
        if settings is None:
            raise UnknownChat(chat)
        return settings

    async def change(self, chat: int, changes: Mapping[str, object]) -> ChatSettings:
        """Apply any subset of the settings, or none of it.

        Raises InvalidSettings naming every refused field, and UnknownChat.
        """
        self._check_locale(changes)
        settings = await self._store.change_settings(chat, lambda now: now.changed(changes))
        if settings is None:
            raise UnknownChat(chat)
        for listener in self._listeners:
            listener(chat, settings)
        return settings

    def _check_locale(self, changes: Mapping[str, object]) -> None:
        locale = changes.get("locale", AUTO_LOCALE)
        if not isinstance(locale, str) or locale not in self._locales:
            raise InvalidSettings((SettingProblem("locale", expectation("locale")),))
