"""A backend's logs and rows, scripted."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.backend import schema
from bot.backend.errors import BackendError

SILENCE = object()
"""In a connection: nothing arrives within any time."""

CUT = object()
"""In a connection: the socket ends without a word."""


class FakeSocket:
    """Says what it was given, then ends."""

    def __init__(self, says: list[object]) -> None:
        self._says = deque(says)
        self.timeouts: list[float | None] = []

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """The next frame, silence, or the end."""
        self.timeouts.append(timeout_s)
        said = self._says.popleft() if self._says else CUT
        if said is SILENCE:
            raise TimeoutError
        return said if isinstance(said, str) else None


class FakeLogSource:
    """One log, a connection after another; the last row stays.

    A connection is what its socket says, or the error that opening it raises.
    """

    def __init__(
        self,
        connections: list[list[object] | BackendError],
        rows: list[schema.ExecutionRow | BackendError],
    ) -> None:
        self._connections = deque(connections)
        self._rows = deque(rows)
        self.opened: list[bool] = []
        self.sockets: list[FakeSocket] = []

    @asynccontextmanager
    async def log(self, execution_id: str, *, raw: bool) -> AsyncIterator[FakeSocket]:
        """Open the next connection."""
        self.opened.append(raw)
        says = self._connections.popleft()
        if isinstance(says, BackendError):
            raise says
        socket = FakeSocket(says)
        self.sockets.append(socket)
        yield socket

    async def execution(self, execution_id: str) -> schema.ExecutionRow:
        """The next row."""
        row = self._rows.popleft() if len(self._rows) > 1 else self._rows[0]
        if isinstance(row, BackendError):
            raise row
        return row
