"""Who administers a group, asked from Telegram and kept for a minute."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

KEPT_S = 60.0
UNKNOWN_S = 5.0
"""So long nobody administers a group of which Telegram did not tell; then it is asked again."""

_log = structlog.get_logger(__name__)


class Administrators:
    """Remembers the administrators of the groups that asked within the last `kept_s` seconds."""

    def __init__(self, clock: Callable[[], float], kept_s: float = KEPT_S) -> None:
        self._clock = clock
        self._kept_s = kept_s
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    async def of(self, bot: Bot, chat_id: int) -> frozenset[int]:
        """Name a group's administrators; nobody while Telegram does not tell."""
        now = self._clock()
        self._known = {
            chat: known for chat, known in self._known.items() if now - known[0] < self._kept_s
        }
        if chat_id in self._known:
            return self._known[chat_id][1]
        try:
            members = await bot.get_chat_administrators(chat_id)
        except AiogramError as error:
            _log.warning("administrators.unknown", chat_id=chat_id, error=type(error).__name__)
            self._known[chat_id] = (now - self._kept_s + UNKNOWN_S, frozenset())
            return frozenset()
        found = frozenset(member.user.id for member in members)
        self._known[chat_id] = (now, found)
        return found
