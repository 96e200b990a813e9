"""The pretend server itself: its port, its plays, its faults, and what it has seen."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from aiohttp import web

from .actions import ActionRoutes
from .answers import page, success
from .asked import Asked
from .era import DIALECTS, Era
from .front import Front
from .play import Pace, Play
from .port_file import PortForm, port_file_text
from .recording import Recording, load
from .refusals import Refusal, Refusals
from .routes import HttpRoutes
from .sockets import LOG_KINDS, Sockets, StreamRoutes
from .world import NO_FAULTS, Execution, Faults, World

Pretence = Literal["era-c", "era-b", "era-a", "html", "json"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REQUESTS_KEPT = 100_000
_ACCEPTING_TURNS = 5
_EPOCH_S = time.time() - time.monotonic()


def steady_time() -> float:
    """Tell the time of day, unmoved by adjustments of the clock since the start."""
    return _EPOCH_S + time.monotonic()


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the server got, sockets included."""

    method: str
    path: str
    query: str
    at: float


class KanbanServer:
    """A pretend vibe-kanban on a port of this machine, as an asynchronous context manager.

    `era` is the generation whose recordings it plays. `speed`, `max_gap_s` and `faults` are those
    of plays that do not say otherwise. `pretence` may be changed at any time: another generation
    of the server, or other software on that port. `prefix` and `basic` are of a web server in
    front of it. `ring` is how many frames a subscriber may lag behind; while `subscribe_gap_s`
    passes, a new subscriber of rows has its snapshot and hears of no change.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        era: Era = "c",
        speed: float = 1.0,
        max_gap_s: float | None = None,
        latency_s: float = 0.0,
        pretence: Pretence | None = None,
        version: str | None = None,
        prefix: str = "",
        basic: tuple[str, str] | None = None,
        ring: int | None = None,
        subscribe_gap_s: float = 0.0,
        faults: Faults = NO_FAULTS,
        clock: Callable[[], float] = steady_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.host, self.port = host, port
        self.speed, self.max_gap_s, self.latency_s = speed, max_gap_s, latency_s
        self.pretence: Pretence = pretence or ("era-a" if era == "a" else "era-c")
        self.version = DIALECTS[era].version if version is None else version
        self.faults = faults
        self.begins_with: str | Recording = "basic"
        self.requests: deque[Request] = deque(maxlen=_REQUESTS_KEPT)
        self.stops: list[str] = []
        self.plays: list[Play] = []
        self.subscribe_gap_s = subscribe_gap_s
        self.world = World(era, DIALECTS[era].ring if ring is None else ring)
        self._front, self._refusals = Front(prefix, basic), Refusals()
        self._clock, self._sleep = clock, sleep
        self._sockets = Sockets()
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.kill()

    @property
    def url(self) -> str:
        """The address to give to a client, without the login."""
        return self._front.url(self.host, self.port, with_login=False)

    @property
    def url_with_login(self) -> str:
        """The address with name and password, where there are any."""
        return self._front.url(self.host, self.port, with_login=True)

    @property
    def sockets_opened(self) -> int:
        """How many sockets have been opened so far."""
        return self._sockets.opened_so_far

    async def until_sockets_opened(self, count: int) -> None:
        """Wait until so many sockets have been opened, the first ones included."""
        await self._sockets.until_opened(count)

    @property
    def open_sockets(self) -> Counter[str]:
        """How many sockets are open: projects, tasks, workspaces, session, approvals, and logs."""
        return self._sockets.count()

    def play(
        self,
        recording: str | Recording,
        *,
        repo: str = "shop",
        speed: float | None = None,
        max_gap_s: float | None = None,
        faults: Faults | None = None,
        prompt: str | None = None,
        title: str | None = None,
        session_id: str | None = None,
        awaits_answers: bool = False,
    ) -> Play:
        """Begin to play a recording, or one of the server's era by its name.

        It is a new workspace, or goes on in the session that is named.
        """
        if isinstance(recording, str):
            recording = load(f"era-a/{recording}" if self.world.era == "a" else recording)
        gap_s = self.max_gap_s if max_gap_s is None else max_gap_s
        play = Play(
            recording,
            self.world,
            Pace(self._clock, self._sleep, speed or self.speed, gap_s),
            Asked(
                repo,
                self.faults if faults is None else faults,
                prompt=prompt,
                title=title,
                session_id=session_id,
                awaits_answers=awaits_answers,
            ),
            cut_logs=lambda executions: self._sockets.cut(LOG_KINDS, executions),
        )
        self.plays.append(play)
        self._tasks.append(asyncio.create_task(play.run(), name=f"play {play.name}"))
        return play

    def execution(self, execution_id: str) -> Execution:
        """Get what the server knows of an execution."""
        return self.world.executions[execution_id]

    def write_port_file(self, path: Path, form: PortForm | None = None) -> None:
        """Leave the port in a file, in the form of the server's era unless told otherwise."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(port_file_text(self.port, form or DIALECTS[self.world.era].port_form))

    def refuse(self, method: str, ends: str, how: Refusal, *, times: int = 1) -> None:
        """Refuse the next calls of a method whose path ends so."""
        self._refusals.plan(method, ends, how, times)

    def cut_logs(self) -> int:
        """Drop all log sockets without a word, and say how many there were."""
        return self._sockets.cut(LOG_KINDS)

    def cut_workspace_stream(self) -> int:
        """Drop the workspace sockets without a word, and say how many there were."""
        return self._sockets.cut({"workspaces"})

    def cut_session_streams(self) -> int:
        """Drop the session sockets without a word, and say how many there were."""
        return self._sockets.cut({"session"})

    async def kill(self) -> None:
        """End as a killed process does: sockets reset, port closed, plays over where they are."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._sockets.cut_all()
        runner, self._runner = self._runner, None
        if runner is not None:
            await _close(runner, self._listening)
        for task in tasks:
            if not task.cancelled():
                task.result()

    async def restart(self) -> None:
        """Kill the server if it runs, and start it again on the same port with what it knew."""
        await self.kill()
        self.world.recover(self._clock())
        await self._open()

    async def _open(self) -> None:
        app = web.Application(middlewares=[self._middleware])
        streams = StreamRoutes(self.world, self._sockets, self._clock, self._subscribe_gap)
        routes = [web.get("/api/health", self._health), web.get("/api/info", self._info)]
        routes += streams.all()
        routes += HttpRoutes(self.world, self._clock, self._stop).all()
        routes += ActionRoutes(self.world, self._clock, self._begin).all()
        app.add_routes(self._front.placed(routes))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._listening = socket.create_server((self.host, self.port))
        await web.SockSite(self._runner, self._listening).start()
        self.port = self._listening.getsockname()[1]

    def _begin(self, **asked: Any) -> Play:
        return self.play(self.begins_with, **asked)

    async def _stop(self, execution_id: str) -> None:
        self.stops.append(execution_id)
        play = next(p for p in self.plays if execution_id in p.execution_ids.values())
        await play.stop(execution_id)

    @web.middleware
    async def _middleware(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        path, query = self._front.path(request), request.rel_url.query_string
        self.requests.append(Request(request.method, path, query, self._clock()))
        if self.latency_s:
            await self._sleep(self.latency_s)
        if self.pretence in {"html", "json"}:
            return page() if self.pretence == "html" else web.json_response({"status": "ok"})
        if (refusal := self._front.refusal(request)) is not None:
            return refusal
        if not _is_own(request):
            return web.Response(status=403)
        if request.match_info.http_exception is not None or self._is_hidden(path):
            return page() if request.method == "GET" else web.Response(status=405)
        return await self._refusals.answer(request) or await handler(request)

    async def _subscribe_gap(self) -> None:
        if self.subscribe_gap_s:
            await self._sleep(self.subscribe_gap_s)

    def _is_hidden(self, path: str) -> bool:
        """Say whether another generation of the server has no such path."""
        return path.startswith(_HIDDEN.get(self.pretence, ()))

    async def _health(self, _: web.Request) -> web.Response:
        answer = success("OK")
        answer.headers["Date"] = formatdate(self._clock(), usegmt=True)
        return answer

    async def _info(self, _: web.Request) -> web.Response:
        version = {"version": self.version} if self.version else {}
        return success(version | {"config": {}, "executors": {}, "capabilities": {}})


_TASKS = ("/api/projects", "/api/tasks")
_NEWER = ("/api/workspaces", "/api/approvals/stream")
_HIDDEN: dict[str, tuple[str, ...]] = {
    "era-a": _NEWER,
    "era-b": (*_NEWER, *_TASKS),
    "era-c": (*_TASKS, "/api/task-attempts"),
}


async def _close(runner: web.AppRunner, listening: socket.socket) -> None:
    """Take no more connections, let those arrive that are being accepted, and close everything.

    One that is accepted in the moment in which its port is closed would stay open inside asyncio.
    """
    asyncio.get_running_loop().remove_reader(listening)
    for _ in range(_ACCEPTING_TURNS):
        await asyncio.sleep(0)
    await runner.cleanup()


def _is_own(request: web.Request) -> bool:
    """Say whether a browser's page of this very server asks, or no browser's page at all."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"//{request.host}")
        same_port = (theirs.port or 80) == (ours.port or 80)
    except ValueError:
        return False
    both = {theirs.hostname, ours.hostname}
    return same_port and (len(both) == 1 or both <= _LOOPBACK)
