"""What strangers and forgers try, told to the log once a minute each."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.handlers.once import OncePerMinute

_log = structlog.get_logger(__name__)


class Suspects:
    """Tells the log what was refused: once a minute for each person, chat and reason."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._once = OncePerMinute(clock)

    def note(self, event: TelegramObject, why: str) -> None:
        """Take note of what somebody tried."""
        person, chat = sender_id(event), _chat_id(event)
        if self._once.allows((why, person, chat)):
            _log.warning("access.refused", why=why, person=person, chat=chat)


def sender_id(event: TelegramObject) -> int | None:
    """Name who sent a message or tapped: the chat in whose name somebody writes, or the person."""
    channel = getattr(event, "sender_chat", None)
    person = getattr(event, "from_user", None)
    writer = channel or person
    return writer.id if writer is not None else None


def _chat_id(event: TelegramObject) -> int | None:
    message = event.message if isinstance(event, CallbackQuery) else event
    chat = getattr(message, "chat", None) if isinstance(event, CallbackQuery | Message) else None
    return chat.id if chat else None
