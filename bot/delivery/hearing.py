"""Hears the ids of all messages that Telegram tells of, in updates and in answers to calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message, TelegramObject, Update

from bot.live.seen import Seen

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class HearsAnswers(BaseRequestMiddleware):
    """A session middleware: what a send made has an id."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass and listen to its answer."""
        response = await make_request(bot, method)
        _hear(self._seen, response)
        return response


class HearsUpdates(BaseMiddleware):
    """An outer middleware of updates: what people write, and what they tap on, has an id."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Listen to the update and hand it on."""
        if isinstance(event, Update):
            tap = event.callback_query
            for message in (event.message, event.edited_message, tap and tap.message):
                _hear(self._seen, message)
        return await handler(event, data)


def _hear(seen: Seen, message: object) -> None:
    if isinstance(message, Message):
        seen.hear(message.chat.id, message.message_id)
