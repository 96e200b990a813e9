"""Paces what handlers say: a session middleware that lets no call pass without a grant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import count
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
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

from bot.delivery.answer import Answer, Surroundings
from bot.delivery.lanes import Lanes
from bot.live.clock import Clock
from bot.live.doubts import Doubts
from bot.live.seen import Seen

PACED = (SendMessage, SendDocument, EditMessageText, EditMessageReplyMarkup, DeleteMessage)
"""Methods that Telegram counts per chat; callback answers and getters are free."""

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

    def __init__(self, lanes: Lanes, seen: Seen, doubts: Doubts, clock: Clock) -> None:
        self._around = Surroundings(lanes, seen, doubts, clock)
        self._numbers = count()

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass in its turn, again where that may help."""
        chat_id: Any = getattr(method, "chat_id", None)
        if _granted.get() or not isinstance(method, PACED) or not isinstance(chat_id, int):
            return await make_request(bot, method)
        call = partial(make_request, bot)
        answer = Answer(self._around, bot, call, method, chat_id, ("answer", next(self._numbers)))
        try:
            return await answer.deliver()  # type: ignore[return-value]  # what the call returned
        finally:
            self._around.doubts.release(chat_id, answer.who)
