"""A real aiogram client for a server at hand, and what lanes need beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from sandbox.telegram import TOKEN


@asynccontextmanager
async def make_bot(
    url: str,
    *,
    token: str = TOKEN,
    proxy: str | None = None,
    timeout_s: float = 5.0,
    default: DefaultBotProperties | None = None,
) -> AsyncIterator[Bot]:
    """Make a bot that talks to the server at `url`."""
    api = TelegramAPIServer.from_base(url)
    session = AiohttpSession(proxy=proxy, api=api, timeout=timeout_s)
    try:
        yield Bot(token, session=session, default=default)
    finally:
        # aiogram's own closing sleeps a quarter of a second, for TLS
        await (await session.create_session()).close()


class NoSendLog:
    """Remembers no call."""

    async def record(self, sent: Sequence[tuple[int, datetime]]) -> None:
        """Forget them."""

    async def rest(self, chat_id: int, until: datetime, level: int, since: datetime) -> None:
        """Forget it."""
