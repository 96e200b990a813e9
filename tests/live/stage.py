"""A running bot without Telegram and without a backend, for tests of followers and views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.entries.events import Finished, Put
from bot.entries.model import Answer
from bot.entries.story import Execution, ExecutionStatus
from bot.live.followers import Followers
from bot.live.ports import (
    Gauges,
    LinkedChat,
)
from bot.live.tasks import Tasks
from bot.live.wiring import Wiring
from tests.fakes.clock import FakeClock, settle
from tests.fakes.live import (
    START,
    WORKSPACE,
    FakeBackend,
    FakeSurface,
    OpenLanes,
    Sent,
    english,
    execution,
    linked,
)
from tests.fakes.stores import MemoryViews

COMPLETED, FAILED, KILLED = (
    ExecutionStatus.COMPLETED,
    ExecutionStatus.FAILED,
    ExecutionStatus.KILLED,
)


@dataclass
class Stage:
    """A running bot without Telegram and without a backend."""

    followers: Followers
    backend: FakeBackend
    surface: FakeSurface
    lanes: OpenLanes
    store: MemoryViews
    clock: FakeClock
    gauges: Gauges
    tasks: Tasks
    gone: list[tuple[int, str]]
    moved: list[tuple[int, int]]

    def say(self, position: int, text: str, execution_id: str = "e1") -> None:
        """Let the agent say something."""
        self.backend.emits[execution_id](Put(position, Answer(text)))

    async def begin(self, row: Execution | None = None) -> None:
        """Let a turn begin."""
        self.followers.workspace_changed(WORKSPACE)
        self.followers.execution_changed(row or execution())
        await settle()

    async def end(self, **changes: Any) -> None:
        """Let the agent end, and the turn be over."""
        if "e1" in self.backend.emits:
            self.backend.emits["e1"](Finished())
        self.backend.finish("e1")
        ended = START + timedelta(seconds=12)
        row = execution(status=COMPLETED, completed_at=ended, **changes)
        self.followers.execution_changed(row)
        await self.clock.advance(3)

    def chat(self, chat_id: int = 7) -> list[Sent]:
        """What a chat has."""
        return [sent for sent in self.surface.sent if sent.chat_id == chat_id]


@asynccontextmanager
async def stage(
    *chats: LinkedChat,
    store: MemoryViews | None = None,
    rows: Iterable[Execution] = (),
    backend: FakeBackend | None = None,
    surface: FakeSurface | None = None,
    clock: FakeClock | None = None,
) -> AsyncIterator[Stage]:
    """A bot that has started; `rows` are what the backend has.

    What is given was there before: the chat, the store, the backend and the time go on.
    """
    clock, surface = clock or FakeClock(), surface or FakeSurface()
    surface.restart()
    lanes, gauges = OpenLanes(), Gauges()
    store = store or MemoryViews()
    gone: list[tuple[int, str]] = []
    moved: list[tuple[int, int]] = []
    wiring = Wiring(
        surface,
        lanes,
        store,
        clock,
        gauges,
        english,
        lambda chat, why: gone.append((chat.id, why)),
        lambda chat, to: moved.append((chat.id, to)),
        lambda chat: moved.append((chat.id, 0)),
        seen=surface.seen,
        chance=lambda: 0.0,
    )
    backend, tasks = backend or FakeBackend(), Tasks(clock)
    backend.rows.update({row.id: row for row in rows})
    followers = Followers({"": backend}, wiring, store, tasks, store, store)
    async with tasks:
        await followers.start(chats or (linked(),))
        await settle()
        yield Stage(followers, backend, surface, lanes, store, clock, gauges, tasks, gone, moved)
        tasks.cancel_all()
