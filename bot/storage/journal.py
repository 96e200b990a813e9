"""Writes what must survive a restart, in order, and goes on from memory while it cannot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from bot.i18n import Sentence
from bot.live.clock import Clock
from bot.storage.trouble import DatabaseSick

log = structlog.get_logger(__name__)

RETRY_S = 5.0
"""How often a sick database is tried again."""

PATIENCE_S = 1.0
"""How long a chat waits for a write; after that it goes on, and the write is made up for."""

MOST_WAITING = 2_000
"""How many writes wait for a sick database; what comes later is not stored."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Write:
    """One write and, once it is `done`, what came of it."""

    work: Callable[[], Awaitable[object]]
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is done, and when it is clear that this will take long."""
    done: bool = False
    result: object = None
    error: Exception | None = None
    abandoned: bool = False
    """Nobody waits for its result any more."""


class Journal:
    """Does writes one after the other; `run` must be running.

    A write that the database refuses because it is sick stays the first and is tried again every
    RETRY_S; those behind it wait, so that the order never changes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[_Write] = deque()
        self._more = asyncio.Event()
        self._sick: DatabaseSick | None = None
        self._losing = False

    @property
    def problems(self) -> tuple[Sentence, ...]:
        """What is wrong now, for /status."""
        return (self._sick.told,) if self._sick is not None else ()

    async def write(self, work: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """Write in turn; `otherwise` is returned when that takes long, and it is written later.

        Raises what the work raises, unless nobody waits any more.
        """
        if len(self._waiting) >= MOST_WAITING:
            self._say_losing()
            return otherwise
        write = _Write(work)
        self._waiting.append(write)
        self._more.set()
        if not self._waiting[0].abandoned:
            await self._clock.wait(write.told, PATIENCE_S)
        if not write.done:
            write.abandoned = True
            return otherwise
        if write.error is not None:
            raise write.error
        return write.result  # type: ignore[return-value]  # it is what the work returned

    async def run(self) -> None:
        """Write what is there to be written, forever."""
        while True:
            if self._sick is not None:
                await self._clock.sleep(RETRY_S)
            else:
                await self._clock.wait(self._more, None)
            self._more.clear()
            await self._write_all()

    async def flush(self, limit_s: float) -> None:
        """Wait until everything is written that a healthy database takes, at most so long."""
        if self._waiting and self._sick is None:
            await self._clock.wait(self._waiting[-1].told, limit_s)
        if self._waiting:
            log.error("journal.not_written", writes=len(self._waiting))

    # --- inside -----------------------------------------------------------------------------------

    async def _write_all(self) -> None:
        while self._waiting:
            write = self._waiting[0]
            try:
                write.result = await write.work()
            except DatabaseSick as sick:
                self._fall_sick(sick)
                return
            except Exception as error:
                write.error = error
                if write.abandoned:
                    log.error("journal.refused", exc_info=error)
            self._waiting.popleft()
            write.done = True
            write.told.set()
        self._recover()

    def _fall_sick(self, sick: DatabaseSick) -> None:
        if self._sick is None or self._sick.trouble is not sick.trouble:
            log.error("database.sick", why=str(sick), again_in_s=RETRY_S)
        self._sick = sick
        for write in self._waiting:
            write.abandoned = True
            write.told.set()

    def _recover(self) -> None:
        if self._sick is not None:
            log.info("database.well")
        self._sick, self._losing = None, False

    def _say_losing(self) -> None:
        if not self._losing:
            self._losing = True
            log.error("journal.full", writes=MOST_WAITING)
