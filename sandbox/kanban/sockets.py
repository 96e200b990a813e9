"""The WebSockets of the pretend server: state streams and log streams."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from .answers import a_uuid, failure, missing
from .era import DIALECTS
from .streams import FINISHED, READY, Feed, Log, patch
from .world import Execution, Workspace, World

LOG_KINDS = ("normalized", "raw")

_CLOSE_PATIENCE_S = 2.0
_GONE_S = 0.5
_NO_LOG = "ExecutionProcessError: Execution process not found"


@dataclass(eq=False, slots=True)
class OpenSocket:
    """One connection: `about` is the session or execution it is about."""

    kind: str
    about: str
    transport: asyncio.Transport


@dataclass(slots=True)
class Sockets:
    """The connections that are open now, so that they can be counted and cut."""

    opened_so_far: int = 0
    _open: set[OpenSocket] = field(default_factory=set)
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self) -> Counter[str]:
        """Count the open sockets by kind."""
        return Counter(socket.kind for socket in self._open)

    async def until_opened(self, count: int) -> None:
        """Wait until so many sockets have been opened since the server was made."""
        while self.opened_so_far < count:
            self._grown.clear()
            await self._grown.wait()

    def cut(self, kinds: Iterable[str], about: Iterable[str] | None = None) -> int:
        """Drop connections without a word, and say how many there were."""
        named = None if about is None else set(about)
        chosen = [s for s in self._open if s.kind in kinds and (named is None or s.about in named)]
        for socket in chosen:
            socket.transport.abort()
        return len(chosen)

    def cut_all(self) -> None:
        """Drop every connection."""
        for socket in self._open:
            socket.transport.abort()

    @contextmanager
    def opened(self, kind: str, about: str, request: web.Request) -> Iterator[OpenSocket]:
        """Count a connection as open."""
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError
        socket = OpenSocket(kind, about, transport)
        self._open.add(socket)
        self.opened_so_far += 1
        self._grown.set()
        try:
            yield socket
        finally:
            self._open.discard(socket)


class StreamRoutes:
    """Serve the streams of a world."""

    def __init__(
        self,
        world: World,
        sockets: Sockets,
        clock: Callable[[], float],
        gap: Callable[[], Awaitable[None]],
    ) -> None:
        self._world, self._sockets, self._clock, self._gap = world, sockets, clock, gap

    def all(self) -> list[web.RouteDef]:
        """List the routes."""
        log_path = "/api/execution-processes/{id}/{kind:normalized|raw}-logs/ws"
        return [
            web.get("/api/workspaces/streams/ws", self.workspaces),
            web.get("/api/task-attempts/stream/ws", self.workspaces),
            web.get("/api/tasks/stream/ws", self.tasks),
            web.get("/api/projects/stream/ws", self.projects),
            web.get("/api/events", self.events),
            web.get("/api/execution-processes/stream/session/ws", self.session),
            web.get("/api/approvals/stream/ws", self.approvals),
            web.get("/api/workspaces/{id}/git/diff/ws", self.diffs),
            web.get("/api/task-attempts/{id}/diff/ws", self.diffs),
            web.get(log_path, self.log),
        ]

    async def workspaces(self, request: web.Request) -> web.StreamResponse:
        """Stream all workspaces."""

        def snapshot() -> bytes:
            rows = {key: workspace.row for key, workspace in self._world.workspaces.items()}
            return patch("replace", "/workspaces", rows)

        frames = self._state(self._world.workspace_feed, snapshot)
        return await self._serve(request, "workspaces", "", frames)

    async def tasks(self, request: web.Request) -> web.StreamResponse:
        """Stream the tasks of a project."""
        project_id = a_uuid(request.query.get("project_id"), "project_id")

        def snapshot() -> bytes:
            rows = {
                k: row for k, row in self._world.tasks.items() if row["project_id"] == project_id
            }
            return patch("replace", "/tasks", rows)

        frames = self._state(self._world.task_feeds[project_id], snapshot)
        return await self._serve(request, "tasks", project_id, frames)

    async def projects(self, request: web.Request) -> web.StreamResponse:
        """Stream the projects."""

        def snapshot() -> bytes:
            return patch("replace", "/projects", self._world.projects)

        frames = self._state(self._world.project_feed, snapshot)
        return await self._serve(request, "projects", "", frames)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell every change of a row since the server's start, and then those that follow."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self._sockets.opened("events", "", request) as opened:
            telling = asyncio.create_task(_tell(response, self._world.events))
            try:
                while not (telling.done() or opened.transport.is_closing()):
                    await asyncio.wait([telling], timeout=_GONE_S)
            finally:
                telling.cancel()
                await asyncio.wait([telling])
        return response

    async def session(self, request: web.Request) -> web.StreamResponse:
        """Stream the executions of a session; of an unknown one, that there are none."""
        session_id = a_uuid(request.query.get("session_id"), "session_id")

        def snapshot() -> bytes:
            rows = {e.id: e.shown for e in self._world.of_session(session_id)}
            return patch("replace", "/execution_processes", rows)

        frames = self._state(self._world.session_feeds[session_id], snapshot)
        return await self._serve(request, "session", session_id, frames)

    async def approvals(self, request: web.Request) -> web.StreamResponse:
        """Stream the approvals that wait for a decision."""

        def snapshot() -> bytes:
            return patch("replace", "/pending", self._world.approvals)

        frames = self._state(self._world.approval_feed, snapshot)
        return await self._serve(request, "approvals", "", frames)

    async def diffs(self, request: web.Request) -> web.StreamResponse:
        """Stream what a workspace changed; nothing follows, and the socket stays open."""
        workspace = self._world.workspaces.get(a_uuid(request.match_info["id"], "id"))
        if workspace is None:
            return missing()
        changed = _diffs(workspace, flat=self._world.era == "a")

        def snapshot() -> bytes:
            return patch("replace", "/entries", changed)

        return await self._serve(request, "diffs", "", self._state(Feed(), snapshot))

    async def log(self, request: web.Request) -> web.StreamResponse:
        """Stream the log of an execution to its end, which is said.

        Reading an old log touches the row of its workspace.
        """
        execution = self._world.executions.get(a_uuid(request.match_info["id"], "id"))
        if execution is None:
            return missing()
        kind, dialect = request.match_info["kind"], DIALECTS[self._world.era]
        if self._is_refused(execution, kind):
            return failure(404, _NO_LOG)
        if execution.log.ended and kind == "normalized":
            self._world.touch_workspace(execution.workspace_id, self._clock())
        frames = self._log_frames(execution, kind)
        return await self._serve(request, kind, execution.id, frames, closes=dialect.closes_logs)

    def _is_refused(self, execution: Execution, kind: str) -> bool:
        """Say whether there is no such log: not yet, or for ever."""
        log, older = execution.log, DIALECTS[self._world.era].missing_log_is_404
        if log.ended:
            return older and kind == "normalized" and execution.log_kind == "raw"
        if execution.missing_left:
            execution.missing_left -= 1
            return True
        return older and not log.opened

    async def _log_frames(self, execution: Execution, kind: str) -> AsyncGenerator[bytes, None]:
        log, too_early = execution.log, not execution.log.opened
        if execution.early_left and not log.ended:
            execution.early_left -= 1
            too_early = True
        if not too_early:
            gap = self._world.workspaces[execution.workspace_id].faults.log_gap
            async with aclosing(log.frames(gap)) as frames:
                async for frame in frames:
                    if kind == execution.log_kind:
                        yield frame
        yield FINISHED

    async def _state(
        self, feed: Feed, snapshot: Callable[[], bytes]
    ) -> AsyncGenerator[bytes, None]:
        first = snapshot()
        await self._gap()
        with feed.listen() as changes:
            yield first
            yield READY
            async with aclosing(changes):
                async for change in changes:
                    yield change

    async def _serve(
        self,
        request: web.Request,
        kind: str,
        about: str,
        frames: AsyncGenerator[bytes, None],
        *,
        closes: bool = True,
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoclose=False, compress=False)
        await socket.prepare(request)
        with self._sockets.opened(kind, about, request) as opened:
            tasks = [asyncio.create_task(_send(socket, frames, closes=closes))]
            tasks.append(asyncio.create_task(_until_closed(socket)))
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if tasks[0].done():
                    patience_s = _CLOSE_PATIENCE_S if closes else None
                    await asyncio.wait(tasks, timeout=patience_s)
                    opened.transport.close()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
        return socket


def _diffs(workspace: Workspace, *, flat: bool) -> dict[str, object]:
    """Tell what a workspace changed: by repository and file, or flat, as the older generation."""
    name = str(workspace.repository["name"])
    changed: dict[str, object] = {
        path.replace("/", "~1"): diff(path, plus, minus)
        for path, (plus, minus) in workspace.changed.items()
    }
    return {f"{name}~1{path}": one for path, one in changed.items()} if flat else {name: changed}


def diff(path: str, additions: int, deletions: int) -> dict[str, object]:
    """Tell what became of a file, without its content."""
    content = {
        "change": "modified",
        "oldPath": path,
        "newPath": path,
        "oldContent": None,
        "newContent": None,
        "contentOmitted": True,
        "additions": additions,
        "deletions": deletions,
    }
    return {"type": "DIFF", "content": content}


async def _send(
    socket: web.WebSocketResponse, frames: AsyncGenerator[bytes, None], *, closes: bool
) -> None:
    """Send all frames, then a close frame without a code, or nothing more."""
    async with aclosing(frames):
        with suppress(ConnectionError):
            async for frame in frames:
                await socket.send_frame(frame, WSMsgType.TEXT)
            if closes:
                await socket.send_frame(b"", WSMsgType.CLOSE)


async def _tell(response: web.StreamResponse, log: Log) -> None:
    async with aclosing(log.frames()) as events:
        with suppress(ConnectionError):
            async for one in events:
                await response.write(one)


async def _until_closed(socket: web.WebSocketResponse) -> None:
    """Read and forget what the client says, until it goes."""
    ends = {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}
    while (await socket.receive()).type not in ends:
        pass
