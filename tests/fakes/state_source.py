"""A backend's workspaces, sessions and rows, to be changed by a test."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.backend import schema
from bot.backend.errors import BackendError, NotFound, NotReachable
from bot.backend.generation import Generation
from bot.backend.rows import Surroundings


class FakeStream:
    """A state stream: what is put is received; None ends it."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """The next frame."""
        return await self.frames.get()

    def patch(self, path: str, value: Any, op: str = "replace") -> None:
        """Say one operation."""
        operation = {"op": op, "path": path, "value": value}
        self.frames.put_nowait(json.dumps({"JsonPatch": [operation]}))


class FakeStateSource:
    """The port of discovery; `failures` are raised by name of call, one after another."""

    def __init__(self) -> None:
        self.workspaces = FakeStream()
        self.streams: defaultdict[str, FakeStream] = defaultdict(FakeStream)
        self.rows: dict[str, schema.ExecutionRow] = {}
        self.session_ids: list[str] = ["s1"]
        self.around = Surroundings((("r1", "shop"),))
        self.failures: defaultdict[str, list[BackendError]] = defaultdict(list)
        self.calls: Counter[str] = Counter()

    async def generation(self) -> Generation:
        """An up-to-date server, whose clock nobody knows."""
        self._called("generation")
        return Generation("0.1.44")

    async def execution(self, execution_id: str) -> schema.ExecutionRow:
        """A row."""
        self._called("execution")
        if execution_id not in self.rows:
            raise NotFound
        return self.rows[execution_id]

    async def sessions(self, workspace_id: str) -> list[schema.SessionRow]:
        """The sessions."""
        self._called("sessions")
        return [schema.SessionRow(id_, workspace_id) for id_ in self.session_ids]

    async def surroundings(self, workspace: schema.WorkspaceRow) -> Surroundings:
        """One repository, and what the task says."""
        self._called("surroundings")
        return self.around

    @asynccontextmanager
    async def workspaces_stream(self) -> AsyncIterator[FakeStream]:
        """The stream of workspaces; one that ended begins anew."""
        self._called("workspaces_stream")
        self.workspaces = FakeStream()
        yield self.workspaces

    @asynccontextmanager
    async def session_stream(self, session_id: str) -> AsyncIterator[FakeStream]:
        """A session's stream."""
        self._called("session_stream")
        yield self.streams[session_id]

    def _called(self, name: str) -> None:
        self.calls[name] += 1
        if self.failures[name]:
            raise self.failures[name].pop(0)


AWAY = NotReachable()
