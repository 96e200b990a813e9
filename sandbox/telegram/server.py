"""Puts a model behind a socket: the Bot API for the bot and the page for people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from types import TracebackType

from aiohttp import web

from sandbox.telegram.bot_routes import BotRoutes, Sleep
from sandbox.telegram.model import Telegram
from sandbox.telegram.page_routes import PageRoutes
from sandbox.telegram.poster import Poster
from sandbox.telegram.webhook import WebhookDelivery

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
CLOSING_GRACE_S = 0.5


class TelegramServer:
    """Serves a model while an `async with` block lasts; port 0 takes a free one.

    Left and entered again it serves on the same port, which refuses connections meanwhile.
    `latency_s`, a number or what draws one, is added to every call of the bot; `sleep` lets it and
    the pauses of webhooks pass.
    """

    def __init__(
        self,
        model: Telegram,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        latency_s: float | Callable[[], float] = 0.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._host = host
        self._port = port
        self._model = model
        self._latency_s = latency_s if callable(latency_s) else lambda: latency_s
        self._sleep = sleep
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """The address of the page, and the base of the Bot API."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> TelegramServer:
        """Open the port and post to webhooks."""
        async with AsyncExitStack() as stack:
            bot_routes = BotRoutes(self._model, self._latency_s, self._sleep)
            page_routes = PageRoutes(self._model)
            app = web.Application(client_max_size=MAX_UPLOAD_BYTES)
            app.add_routes(page_routes.routes())
            app.add_routes(bot_routes.routes())
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSING_GRACE_S)
            stack.push_async_callback(runner.cleanup)
            stack.push_async_callback(page_routes.close)
            stack.callback(bot_routes.close)
            await runner.setup()
            await web.TCPSite(runner, self._host, self._port).start()
            self._port = runner.addresses[0][1]
            poster = Poster()
            stack.push_async_callback(poster.close)
            stack.push_async_callback(_end, self._start_webhook(poster))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the long polls, the webhook and the pages' sockets, and close the port."""
        await self._stack.aclose()

    def _start_webhook(self, poster: Poster) -> asyncio.Task[None]:
        delivery = WebhookDelivery(self._model, poster.post, self._sleep)
        return asyncio.create_task(delivery.run(), name="the pretend Telegram's webhook")


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
