"""A pretend server over real sockets, the bot's side of it, and what that was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import inf

from bot.backend.adapter import VibeKanban
from bot.entries.events import Finished, LogEvent
from bot.entries.model import Content
from bot.entries.story import Execution
from bot.entries.transcript import Transcript
from sandbox.kanban import Era, Faults, KanbanServer, Play
from tests.fakes.hurried_clock import HurriedClock
from tests.fakes.listener import DEADLINE_S, FakeListener

NO_FAULTS = Faults()


class World:
    """A pretend server, the bot's side of it, and what that was told."""

    def __init__(self, kanban: KanbanServer, backend: VibeKanban) -> None:
        self.kanban = kanban
        self.backend = backend
        self.listener = FakeListener()

    async def first(self, play: Play, index: int = 0) -> Execution:
        """Wait for an execution of a play."""
        execution_id = list(play.execution_ids.values())[index]
        await self.listener.until(lambda: bool(self.listener.statuses(execution_id)))
        return next(row for row in self.listener.executions if row.id == execution_id)

    async def ended(self, play: Play) -> list[list[str]]:
        """Wait until every execution of a play has ended; returns what was told of each."""
        ids = list(play.execution_ids.values())
        tell = self.listener.statuses
        await self.listener.until(lambda: all(set(tell(id_)) - {"running"} for id_ in ids))
        return [tell(id_) for id_ in ids]

    async def read(self, execution: Execution) -> list[Content]:
        """Read a log to its end; returns all that is visible then, however long."""
        transcript = Transcript(execution.id, limit_chars=inf)
        events: list[LogEvent] = []

        def emit(event: LogEvent) -> None:
            events.append(event)
            transcript.fold(event)

        async with asyncio.timeout(DEADLINE_S):
            await self.backend.read_log(execution, emit)
        assert events.index(Finished()) == len(events) - 1
        return [entry.content for entry in transcript.snapshot().entries]


@asynccontextmanager
async def world(
    faults: Faults = NO_FAULTS, *, era: Era = "c", speed: float = 20
) -> AsyncIterator[World]:
    """A server that plays fast, watched from the start."""
    async with (
        KanbanServer(era=era, speed=speed, max_gap_s=1, faults=faults) as kanban,
        VibeKanban("", kanban.url, clock=HurriedClock()) as backend,
    ):
        here = World(kanban, backend)
        watching = asyncio.create_task(backend.watch(here.listener))
        try:
            await here.listener.until(lambda: bool(here.listener.connections))
            yield here
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
