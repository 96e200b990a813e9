"""A listener that remembers what it was told, and can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bot.entries.story import Execution, Workspace
from bot.i18n import Sentence

DEADLINE_S = 20.0


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until something holds that nobody tells of; fails after a while."""
    never = asyncio.Event()
    async with asyncio.timeout(DEADLINE_S):
        while not true():
            with suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.01)


class FakeListener:
    """The Listener port."""

    def __init__(self) -> None:
        self.told: list[Workspace | Execution | str] = []
        self.connections: list[tuple[bool, Sentence | None]] = []
        self._changed = asyncio.Event()

    def workspace_changed(self, workspace: Workspace) -> None:
        """Remember it."""
        self._note(workspace)

    def execution_changed(self, execution: Execution) -> None:
        """Remember it."""
        self._note(execution)

    def execution_removed(self, execution_id: str) -> None:
        """Remember it."""
        self._note(execution_id)

    def connection_changed(self, backend: str, up: bool, problem: Sentence | None) -> None:
        """Remember it."""
        self.connections.append((up, problem))
        self._changed.set()

    @property
    def executions(self) -> list[Execution]:
        """Every row that was told, in order."""
        return [one for one in self.told if isinstance(one, Execution)]

    def statuses(self, execution_id: str) -> list[str]:
        """What was told of one execution's status, in order."""
        return [row.status.value for row in self.executions if row.id == execution_id]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds; fails after a while."""
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def _note(self, what: Workspace | Execution | str) -> None:
        self.told.append(what)
        self._changed.set()
