"""What may answer in the place of a server that a bot can use, and must be refused by it."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from .answers import page, success

ImpostorKind = Literal["era-b", "too-old", "too-new", "html", "json", "json-404", "hang", "refuses"]

_VERSIONS: dict[ImpostorKind, str] = {"era-b": "0.1.20", "too-old": "0.0.71", "too-new": "1.0.0"}
_FIRST_TOLD = (0, 1, 25)


class Impostor:
    """Something on a port that is no server for the bot, as an asynchronous context manager.

    `era-b` is vibe-kanban 0.1.15 to 0.1.26, which tells its `version` from 0.1.25 on and lists
    task attempts but no projects; `too-old` and `too-new` have neither of the lists a bot knows.
    `html` and `json` answer 200 to everything, `json-404` that there is no such thing, `hang`
    takes the call and never answers, `refuses` is a port where nobody listens.
    """

    def __init__(
        self, kind: ImpostorKind, *, version: str | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.kind, self.host, self.port = kind, host, 0
        self.version = version or _VERSIONS.get(kind)
        self.paths: list[str] = []
        self._asked = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address to give to a client."""
        return f"http://{self.host}:{self.port}"

    async def asked(self) -> None:
        """Wait until somebody has asked for anything."""
        await self._asked.wait()

    async def __aenter__(self) -> Self:
        self._socket = socket.socket()
        self._socket.bind((self.host, 0))
        self.port = self._socket.getsockname()[1]
        if self.kind != "refuses":
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", self._answer)
            self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await self._runner.setup()
            await web.SockSite(self._runner, self._socket).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._socket is not None:
            self._socket.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self._asked.set()
        return await _OTHERS.get(self.kind, self._as_vibe_kanban)(request)

    async def _as_vibe_kanban(self, request: web.Request) -> web.StreamResponse:
        lists = {"/api/task-attempts"} if self.kind == "era-b" else set()
        if request.method != "GET":
            return web.Response(status=405)
        if request.path == "/api/health":
            return success("OK")
        if request.path == "/api/info":
            return success({"config": {}, "executors": {}, **self._told_version()})
        return success([]) if request.path in lists else page()

    def _told_version(self) -> dict[str, str]:
        version = self.version or ""
        number = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
        return {"version": version} if number >= _FIRST_TOLD else {}


async def _html(_: web.Request) -> web.StreamResponse:
    return page()


async def _json(_: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok"})


async def _json_404(_: web.Request) -> web.StreamResponse:
    return web.json_response({"detail": "Not Found"}, status=404)


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


_OTHERS: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "html": _html,
    "json": _json,
    "json-404": _json_404,
    "hang": _hang,
}
