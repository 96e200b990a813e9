"""Keeps the bot's token out of what went wrong with a call: the call's address holds it."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

HIDDEN = "<token>"


class Scrub(BaseRequestMiddleware):
    """The innermost session middleware: failures of the HTTP client lose the token here.

    Their cause stays, since it tells whether a call may have arrived, unless it has the token, too.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass."""
        try:
            return await make_request(bot, method)
        except TelegramNetworkError as error:
            error.message = error.message.replace(bot.token, HIDDEN)
            error.args = (error.message,)
            if bot.token in str(error.__cause__):
                error.__cause__ = error.__context__ = None
            raise
