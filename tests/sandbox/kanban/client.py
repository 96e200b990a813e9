"""A client of the pretend server that keeps what it hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.kanban import KanbanServer, Play

from .stepped import SteppedTime, settled

PATIENCE_S = 30.0

Row = dict[str, Any]


class Heard:
    """What one WebSocket said so far; `ended` holds the kind of message it ended with."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.ended: aiohttp.WSMsgType | None = None
        self.close_code: int | None = None
        self._changed = asyncio.Condition()

    async def until(self, said: Callable[[Heard], bool]) -> None:
        """Wait until `said` is true of this."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: said(self))

    async def until_frames(self, count: int) -> list[str]:
        """Wait until so many frames were said and return all of them."""
        await self.until(lambda heard: len(heard.frames) >= count)
        return self.frames

    async def until_patches(self, count: int) -> list[Row]:
        """Wait until so many changes were told and return all of them."""
        await self.until(lambda heard: len(heard.patches) >= count)
        return self.patches

    async def until_ended(self) -> list[str]:
        """Wait for the end and return all frames."""
        await self.until(lambda heard: heard.ended is not None)
        return self.frames

    @property
    def patches(self) -> list[Row]:
        """All patch operations, in order."""
        decoded = [json.loads(frame) for frame in self.frames]
        return [op for frame in decoded for op in frame.get("JsonPatch", [])]

    @property
    def state(self) -> Row:
        """The rows of a state stream, folded."""
        rows: Row = {}
        for op in self.patches:
            if op["path"].count("/") == 1:
                rows = dict(op["value"])
            elif op["op"] == "remove":
                rows.pop(op["path"].rpartition("/")[2], None)
            else:
                rows[op["path"].rpartition("/")[2]] = op["value"]
        return rows

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Take in everything until the end."""
        while True:
            message = await socket.receive()
            async with self._changed:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self.frames.append(message.data)
                else:
                    self.ended, self.close_code = message.type, socket.close_code
                self._changed.notify_all()
            if self.ended is not None:
                return


class Client:
    """Requests and sockets to one server."""

    def __init__(
        self, kanban: KanbanServer, session: aiohttp.ClientSession, time: SteppedTime
    ) -> None:
        self._kanban, self._session, self._time = kanban, session, time

    async def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        """GET a path: status, content type, body."""
        async with self._session.get(self._kanban.url + path, headers=headers) as answer:
            return answer.status, answer.content_type, await answer.text()

    async def post(self, path: str, body: Any = None) -> tuple[int, str]:
        """POST JSON, or nothing, to a path: status, body."""
        async with self._session.post(self._kanban.url + path, json=body) as answer:
            return answer.status, await answer.text()

    async def posted(self, path: str, body: Any = None, *, takes_s: float) -> tuple[int, str]:
        """POST to a path whose answer takes time, and let that pass once it has arrived."""
        asked = len(self._kanban.requests)
        posting = asyncio.create_task(self.post(path, body))
        async with asyncio.timeout(PATIENCE_S):
            while len(self._kanban.requests) == asked:
                await asyncio.wait([posting], timeout=0.01)
            await self._time.advance(takes_s)
            return await posting

    async def data(self, path: str) -> Any:
        """GET what the envelope holds."""
        status, _, body = await self.get(path)
        envelope = json.loads(body)
        assert (status, envelope["success"]) == (200, True)
        return envelope["data"]

    @asynccontextmanager
    async def listening(self, path: str) -> AsyncIterator[Heard]:
        """Open a WebSocket and hear what it says, from the moment on that this is entered."""
        url, open_before = self._kanban.url + path, self._kanban.sockets_opened
        async with self._session.ws_connect(url, max_msg_size=0) as socket:
            async with asyncio.timeout(PATIENCE_S):
                await self._kanban.until_sockets_opened(open_before + 1)
            await settled()
            heard = Heard()
            task = asyncio.create_task(heard.listen(socket))
            try:
                yield heard
            finally:
                task.cancel()
                await asyncio.wait({task})

    @asynccontextmanager
    async def log(self, play: Play, *, number: int = 0, kind: str = "") -> AsyncIterator[Heard]:
        """Open the log of a play's execution, as soon as it exists."""
        execution_id = await self.born(play, number)
        async with self.listening(self.log_path(execution_id, kind)) as heard:
            yield heard

    def log_path(self, execution_id: str, kind: str = "") -> str:
        """Name the log of an execution, of its own kind if none is named."""
        kind = kind or self._kanban.execution(execution_id).log_kind
        return f"/api/execution-processes/{execution_id}/{kind}-logs/ws"

    async def born(self, play: Play, number: int = 0) -> str:
        """Let time pass until an execution exists, and return its id."""
        await self._time.until(lambda: len(play.rows()) > number)
        return list(play.execution_ids.values())[number]

    async def admitted(self, play: Play, number: int = 0) -> str:
        """Let time pass until an execution's log can be opened, and return its id."""
        execution_id = await self.born(play, number)
        await self._time.until(lambda: self._kanban.execution(execution_id).log.opened)
        return execution_id

    async def played(self, play: Play) -> None:
        """Let time pass until everything has happened."""
        await self._time.until(play.done.done)


def session_stream(play: Play) -> str:
    """Name the stream of a play's session."""
    return f"/api/execution-processes/stream/session/ws?session_id={play.session_id}"


WORKSPACES = "/api/workspaces/streams/ws"
ATTEMPTS = "/api/task-attempts/stream/ws"
APPROVALS = "/api/approvals/stream/ws"
