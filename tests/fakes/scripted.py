"""A backend that outlives the bot: rows and logs stay, whoever reads them and how often."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

from bot.entries.events import Finished, Interrupted, LogEvent, Reopened, Settled
from bot.entries.story import Execution
from tests.fakes.live import WORKSPACE, FakeBackend


class ScriptedBackend(FakeBackend):
    """What a test makes happen is told to the bot that lives, and kept for the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: defaultdict[str, list[LogEvent]] = defaultdict(list)
        self.ended: set[str] = set()
        self.readable = asyncio.Event()
        """Not set: logs can be opened, but tell nothing yet."""
        self.readable.set()
        self._more: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def row(self, execution: Execution) -> None:
        """An execution begins or changes."""
        self.rows[execution.id] = execution
        if self.listener is not None:
            self.listener.workspace_changed(WORKSPACE)
            self.listener.execution_changed(execution)

    def log(self, execution_id: str, *events: LogEvent) -> None:
        """A log goes on."""
        self.logs[execution_id] += events
        self._more[execution_id].set()

    def close(self, execution_id: str) -> None:
        """A log is complete."""
        self.ended.add(execution_id)
        self._more[execution_id].set()

    def interrupt(self, execution_id: str) -> None:
        """The connection to a log breaks."""
        self.emits[execution_id](Interrupted())

    def found(self) -> None:
        """Tell a bot that has just come what runs, as discovery does."""
        for row in tuple(self.rows.values()):
            if row.running:
                self.row(row)

    async def read_log(self, execution: Execution, emit: Callable[[LogEvent], None]) -> None:
        """Tell what there is, then what comes."""
        self.opened.append(execution.id)
        self.emits[execution.id] = emit
        emit(Reopened())
        await self.readable.wait()
        told = 0
        settled = False
        while True:
            self._more[execution.id].clear()
            for event in self.logs[execution.id][told:]:
                emit(event)
            told = len(self.logs[execution.id])
            if told and not settled:
                settled = True
                emit(Settled())
            if execution.id in self.ended:
                break
            await self._more[execution.id].wait()
        emit(Finished())
