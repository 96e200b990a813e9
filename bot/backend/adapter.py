"""vibe-kanban as the port that live and handlers see."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType

import aiohttp

from bot.backend.address import from_port_file, port_file
from bot.backend.client import BackendClient, open_session
from bot.backend.diff_total import read_total
from bot.backend.discovery import Discovery
from bot.backend.errors import NotFound
from bot.backend.generation import Generation
from bot.backend.log_stream import LogReader
from bot.backend.marked import Mark, MarkedListener
from bot.backend.rows import execution_of
from bot.entries.events import LogEvent
from bot.entries.story import DiffTotal, Execution
from bot.live.clock import Clock, SystemClock
from bot.live.ports import Health, Listener

DIFFS_WITHIN_S = 5.0
"""How long the diffs of a workspace are waited for, in all."""


class VibeKanban:
    """One vibe-kanban server; an async context manager that owns its HTTP session.

    Without a URL the server's port file is read again at every call. `mark` keeps its ids apart
    from those of other servers; whoever calls knows only marked ones.
    """

    def __init__(
        self,
        name: str,
        url: str | None,
        *,
        mark: str = "",
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._mark = Mark(mark)
        self._address = from_port_file(port_file()) if url is None else lambda: url
        self._clock = clock or SystemClock()
        self._chance = chance
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> VibeKanban:
        session: aiohttp.ClientSession = await self._stack.enter_async_context(open_session())
        self._client = BackendClient(self._address, session)
        self._logs = LogReader(self._client, self._clock, self._chance)
        self._discovery = Discovery(self._client, self._clock, self._chance, self._name)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def name(self) -> str:
        """Its name in the configuration; empty when there is only one."""
        return self._name

    async def watch(self, listener: Listener, since: datetime | None = None) -> None:
        """Tell the listener everything, forever; reconnects by itself.

        What began after `since`, by the backend's own clock, is told even if it is over.
        """
        await self._discovery.run(MarkedListener(listener, self._mark), since)

    async def read_log(self, execution: Execution, emit: Callable[[LogEvent], None]) -> None:
        """Read one execution's log to its end; cancel to close the socket at once."""
        its_own = self._mark.unmarked(execution)
        worktree = self._discovery.worktree(its_own.workspace_id)
        await self._logs.read(its_own, emit, worktree)

    async def stop(self, execution_id: str) -> None:
        """Stop an execution; one that no longer runs is no error. Raises BackendError."""
        await self._client.stop(self._mark.plain(execution_id))

    async def history(self, session_id: str, workspace_id: str) -> tuple[Execution, ...]:
        """Every row of a session that is there; empty for one that is gone. Raises BackendError.

        The end of those that run is announced from now on, as if they had been announced.
        """
        plain = self._mark.plain
        rows = await self._discovery.history(plain(session_id), plain(workspace_id))
        return tuple(self._mark.execution(row) for row in rows)

    async def execution(self, execution_id: str, workspace_id: str) -> Execution | None:
        """Ask for one execution, None when it is gone. Raises BackendError."""
        try:
            row = await self._client.execution(self._mark.plain(execution_id))
        except NotFound:
            return None
        its_own = execution_of(row, self._mark.plain(workspace_id), self._name)
        return self._mark.execution(its_own)

    async def diff_total(self, workspace_id: str) -> DiffTotal | None:
        """Count what a workspace changed; None where that is not told. Raises BackendError."""
        try:
            async with (
                asyncio.timeout(DIFFS_WITHIN_S),
                self._client.diffs(self._mark.plain(workspace_id)) as socket,
            ):
                return await read_total(socket)
        except TimeoutError:
            return None

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """List what a chat can choose from as (id, name). Raises BackendError.

        These are repositories; projects where the server has them (docs/vibe-kanban.md, 39).
        """
        choices = self._mark.named(await self._client.choices())
        if not self._name:
            return choices
        return tuple((id_, f"{self._name} · {name}") for id_, name in choices)

    async def check(self) -> Generation:
        """Ask now whether this is a vibe-kanban we speak to. Raises BackendError when not."""
        return await self._client.generation()

    def health(self) -> Health:
        """What is known now, without asking."""
        return self._discovery.health()
