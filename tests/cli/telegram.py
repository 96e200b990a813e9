"""A Telegram that says what a test wants it to, over a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

ME = {"ok": True, "result": {"id": 42, "is_bot": True, "username": "companion_bot"}}
NO_WEBHOOK = {"ok": True, "result": {"url": "", "pending_update_count": 0}}


@asynccontextmanager
async def telegram(answers: Mapping[str, object]) -> AsyncIterator[str]:
    """Serve a JSON value for each method; a text is sent as a page of HTML."""

    async def answer(request: web.Request) -> web.Response:
        told = answers[request.match_info["method"]]
        if isinstance(told, str):
            return web.Response(text=told, content_type="text/html")
        return web.json_response(told)

    app = web.Application()
    app.router.add_get("/bot{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
