"""Paces what handlers say: a session middleware that lets no call pass without a grant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    Response,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType

from bot.delivery.lanes import Lanes
from bot.live.ports import Urgency

PACED = (SendMessage, SendDocument, EditMessageText, EditMessageReplyMarkup, DeleteMessage)
"""Methods that Telegram counts per chat; callback answers and getters are free."""

TRIES = 3
"""How often an answer to a person is tried when flood control refuses it."""

_granted: ContextVar[bool] = ContextVar("granted", default=False)


@contextmanager
def granted() -> Iterator[None]:
    """Mark calls made inside as already granted by their chat's lane."""
    token = _granted.set(True)
    try:
        yield
    finally:
        _granted.reset(token)


class Gate(BaseRequestMiddleware):
    """Asks the chat's lane for a grant, of the class of answers, before a handler's call leaves."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass in its turn; a flood's refusal rests the lane and is tried again."""
        chat_id: Any = getattr(method, "chat_id", None)
        paced = isinstance(method, PACED) and isinstance(chat_id, int)
        if _granted.get() or not paced:
            return await make_request(bot, method)
        for left in range(TRIES - 1, -1, -1):
            async with self._lanes.grant(chat_id, lambda: Urgency.ANSWER, "answers"):
                try:
                    return await make_request(bot, method)
                except TelegramRetryAfter as error:
                    self._lanes.rest(chat_id, float(error.retry_after))
                    if not left:
                        raise
        raise AssertionError("unreachable")
