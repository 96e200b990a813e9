"""Notices that Telegram refuses the bot's token, whichever call finds out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType


class TokenWatch(BaseRequestMiddleware):
    """A session middleware that tells `refused` of every call Telegram answers with 401."""

    def __init__(self, refused: Callable[[], None]) -> None:
        self._refused = refused

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass; polling that is refused waits to be ended rather than try again."""
        try:
            return await make_request(bot, method)
        except TelegramUnauthorizedError:
            self._refused()
            if isinstance(method, GetUpdates):
                await asyncio.Event().wait()
            raise
