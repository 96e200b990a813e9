"""A house in which one bot after another lives: what outlives each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from bot.entries.model import ScriptKind
from bot.entries.story import Execution, ExecutionKind
from bot.live.ports import LinkedChat
from tests.fakes.clock import FakeClock
from tests.fakes.live import START, FakeSurface, execution
from tests.fakes.scripted import ScriptedBackend
from tests.fakes.stores import MemoryViews
from tests.live.stage import COMPLETED, Stage, stage

LONG_S = 60.0


class House:
    """What outlives a bot: the chat, the store, the backend and the time."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryViews()
        self.surface = FakeSurface()
        self.backend = ScriptedBackend()

    @asynccontextmanager
    async def bot(self, *chats: LinkedChat) -> AsyncIterator[Stage]:
        """Let a bot live in it; on the way out it is killed."""
        async with stage(
            *chats,
            store=self.store,
            backend=self.backend,
            surface=self.surface,
            clock=self.clock,
        ) as one:
            self.backend.found()
            await one.clock.advance(1)
            yield one
        self.backend.listener = None

    def texts(self, chat_id: int = 7) -> list[str]:
        """What a chat shows."""
        return [sent.text for sent in self.surface.sent if sent.chat_id == chat_id]


def over(row: Execution, after_s: float = 12) -> Execution:
    """The row of an execution that went well."""
    return replace(
        row, status=COMPLETED, exit_code=0, completed_at=START + timedelta(seconds=after_s)
    )


def later(row: Execution, seconds: float) -> Execution:
    """The row of an execution that began later."""
    return replace(row, started_at=START + timedelta(seconds=seconds))


SETUP = execution("s1", ExecutionKind.SETUP, script=ScriptKind.SETUP)
AGENT = later(execution("e1"), 2)
CLEANUP = later(execution("c1", ExecutionKind.CLEANUP, script=ScriptKind.CLEANUP), 12)
