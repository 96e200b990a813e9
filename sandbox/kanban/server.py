"""The pretend server itself: its port, its plays, its faults, and what it has seen."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from aiohttp import web

from .actions import ActionRoutes
from .answers import page, success
from .asked import Asked
from .catalog import Offers
from .deciding import DecisionRoutes
from .era import DIALECTS, Era
from .front import Front
from .lists import ListRoutes
from .play import Pace, Play
from .port_file import PortForm, port_file_text
from .recording import Recording
from .refusals import Refusal, Refusals
from .requests import Request, received
from .routes import HttpRoutes
from .sockets import LOG_KINDS, Sockets, StreamRoutes
from .stage import Stage
from .world import NO_FAULTS, Execution, Faults, Row, World

Pretence = Literal["era-c", "era-b", "era-a", "html", "json"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REQUESTS_KEPT = 100_000
_ACCEPTING_TURNS = 5
_EPOCH_S = time.time() - time.monotonic()


def steady_time() -> float:
    """Tell the time of day, unmoved by adjustments of the clock since the start."""
    return _EPOCH_S + time.monotonic()


class KanbanServer:
    """A pretend vibe-kanban on a port of this machine, as an asynchronous context manager.

    `era` is the generation whose recordings it plays. `speed`, `max_gap_s` and `faults` are those
    of plays that do not say otherwise. `pretence` may be changed at any time: another generation
    of the server, or other software on that port. `prefix` and `basic` are of a web server in
    front of it. `ring` is how many frames a subscriber may lag behind; while `subscribe_gap_s`
    passes, a new subscriber of rows has its snapshot and hears of no change. `changes` says whether
    a play's agent changes files, where the play does not say so: what was recorded, if it is None.
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
        offers: Offers | None = None,
        approval_timeout_s: float | None = None,
        changes: bool | None = None,
        faults: Faults = NO_FAULTS,
        clock: Callable[[], float] = steady_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.host, self.port = host, port
        self.speed, self.max_gap_s, self.latency_s = speed, max_gap_s, latency_s
        self.pretence: Pretence = pretence or ("era-a" if era == "a" else "era-c")
        self.version = DIALECTS[era].version if version is None else version
        self.faults, self.changes = faults, changes
        self.requests: deque[Request] = deque(maxlen=_REQUESTS_KEPT)
        self.stops: list[str] = []
        self.subscribe_gap_s = subscribe_gap_s
        ring = DIALECTS[era].ring if ring is None else ring
        patience_s = approval_timeout_s or DIALECTS[era].approval_timeout_s
        self.world = World(era, ring, offers or Offers(), patience_s)
        self._front, self._refusals = Front(prefix, basic), Refusals()
        self._clock, self._sleep = clock, sleep
        self._sockets = Sockets()
        self._stage = Stage(self.world, lambda ids: self._sockets.cut(LOG_KINDS, ids))
        self._runner: web.AppRunner | None = None

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
    def plays(self) -> list[Play]:
        """Everything that has begun, oldest first."""
        return self._stage.plays

    @property
    def begins_with(self) -> str | Recording:
        """What a client's start plays, and its follow-up where nothing was recorded to follow."""
        return self._stage.begins_with

    @begins_with.setter
    def begins_with(self, recording: str | Recording) -> None:
        self._stage.begins_with = recording

    @property
    def begins_asking(self) -> str | Recording | None:
        """What begins instead of it where a client's agent is to ask first."""
        return self._stage.begins_asking

    @begins_asking.setter
    def begins_asking(self, recording: str | Recording | None) -> None:
        self._stage.begins_asking = recording

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
        steered: bool = False,
        changes: bool | None = None,
    ) -> Play:
        """Begin to play a recording, or one of the server's era by its name.

        It is a new workspace, or goes on in the session that is named.
        """
        asked = Asked(
            repo,
            self.faults if faults is None else faults,
            prompt=prompt,
            title=title,
            session_id=session_id,
            steered=steered,
            changes=self.changes if changes is None else changes,
        )
        return self._stage.put_on(recording, asked, self._pace(speed, max_gap_s))

    def execution(self, execution_id: str) -> Execution:
        """Get what the server knows of an execution."""
        return self.world.executions[execution_id]

    def write_port_file(self, path: Path, form: PortForm | None = None) -> None:
        """Leave the port in a file, in the form of the server's era unless told otherwise."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(port_file_text(self.port, form or DIALECTS[self.world.era].port_form))

    def refuse(
        self, method: str, ends: str, how: Refusal, *, times: int = 1, acts: bool = False
    ) -> None:
        """Refuse the next calls of a method whose path ends so, before they act or after it."""
        self._refusals.plan(method, ends, how, times, acts=acts)

    def decide(self, approval_id: str, verdict: Row) -> None:
        """Decide what waits as another client does: `{"status": "approved"}` and the like."""
        self.world.decide(approval_id, verdict)

    def expire(self, approval_id: str) -> None:
        """Let the time of what waits be over now."""
        self.world.decide(approval_id, {"status": "timed_out"})

    async def end(
        self, execution_id: str, status: str = "failed", exit_code: int | None = 1
    ) -> None:
        """End an execution by itself, whatever waits in it and whatever is queued behind it."""
        await self._stage.of(execution_id).stop(execution_id, status, exit_code)

    def cut_logs(self) -> int:
        """Drop all log sockets without a word, and say how many there were."""
        return self._sockets.cut(LOG_KINDS)

    def cut_workspace_stream(self) -> int:
        """Drop the workspace sockets without a word, and say how many there were."""
        return self._sockets.cut({"workspaces"})

    def cut_session_streams(self) -> int:
        """Drop the session sockets without a word, and say how many there were."""
        return self._sockets.cut({"session"})

    def cut_approval_streams(self) -> int:
        """Drop the sockets of approvals without a word, and say how many there were."""
        return self._sockets.cut({"approvals"})

    async def kill(self) -> None:
        """End as a killed process does: sockets reset, port closed, plays over where they are."""
        try:
            await self._stage.clear()
        finally:
            self._sockets.cut_all()
            runner, self._runner = self._runner, None
            if runner is not None:
                await _close(runner, self._listening)

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
        routes += ListRoutes(self.world).all()
        routes += HttpRoutes(self.world, self._clock, self._stop).all()
        routes += ActionRoutes(self.world, self._clock, self._begin).all()
        routes += DecisionRoutes(self.world).all()
        app.add_routes(self._front.placed(routes))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._listening = socket.create_server((self.host, self.port))
        await web.SockSite(self._runner, self._listening).start()
        self.port = self._listening.getsockname()[1]

    def _begin(self, *, repo: str = "shop", **told: Any) -> Play:
        asked = Asked(repo, self.faults, steered=True, changes=self.changes, **told)
        return self._stage.begin(asked, self._pace(None, None))

    def _pace(self, speed: float | None, max_gap_s: float | None) -> Pace:
        gap_s = self.max_gap_s if max_gap_s is None else max_gap_s
        return Pace(self._clock, self._sleep, speed or self.speed, gap_s)

    async def _stop(self, execution_id: str) -> None:
        self.stops.append(execution_id)
        await self._stage.of(execution_id).stop(execution_id)

    @web.middleware
    async def _middleware(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        taken_down = await received(request, self._front.path(request), self._clock())
        self.requests.append(taken_down)
        try:
            response = await self._answer(request, taken_down.path, handler)
        except web.HTTPException as error:
            taken_down.status = error.status
            raise
        taken_down.answered(response)
        return response

    async def _answer(
        self,
        request: web.Request,
        path: str,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
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
        planned = self._refusals.take(request)
        if planned is None:
            return await handler(request)
        if planned.acts:
            await handler(request)
        return await planned.answer(request)

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
        executors = self.world.offers.profiles()
        config = {"executor_profile": {"executor": next(iter(executors)), "variant": None}}
        return success(version | {"config": config, "executors": executors, "capabilities": {}})


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
