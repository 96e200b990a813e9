"""Puts a model behind a socket: the Bot API for the bot and the page for people."""

from __future__ import annotations

from types import TracebackType

from aiohttp import web

from sandbox.telegram.bot_routes import BotRoutes
from sandbox.telegram.model import Telegram
from sandbox.telegram.page_routes import PageRoutes

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
CLOSING_GRACE_S = 0.5


class TelegramServer:
    """Serves a model while the `async with` block lasts; port 0 takes a free one.

    `latency_s` is added to every call of the bot.
    """

    def __init__(
        self,
        model: Telegram,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        latency_s: float = 0.0,
    ) -> None:
        self._host = host
        self._port = port
        self._bot_routes = BotRoutes(model, latency_s)
        self._page_routes = PageRoutes(model)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address of the page, and the base of the Bot API."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> TelegramServer:
        """Open the port."""
        app = web.Application(client_max_size=MAX_UPLOAD_BYTES)
        app.add_routes(self._bot_routes.routes())
        app.add_routes(self._page_routes.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSING_GRACE_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the long polls and the pages' sockets, and close the port."""
        self._bot_routes.close()
        await self._page_routes.close()
        if self._runner is not None:
            await self._runner.cleanup()
