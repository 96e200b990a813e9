"""Lanes on a fake clock, and calls that note when they went out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from bot.delivery.lanes import Lanes, Slowed
from bot.live.ports import Urgency
from tests.fakes.clock import FakeClock

ANSWER, FINAL, LINK, EDIT = Urgency.ANSWER, Urgency.FINAL, Urgency.NEW_LINK, Urgency.EDIT
PRIVATE, GROUP = 7, -100


class FakeSendLog:
    """Remembers what was recorded, or fails."""

    def __init__(self, *, broken: bool = False) -> None:
        self.recorded: list[tuple[int, datetime]] = []
        self.rests: dict[int, Slowed] = {}
        self.broken = broken

    async def record(self, sent: Sequence[tuple[int, datetime]]) -> None:
        """Remember calls."""
        if self.broken:
            raise OSError("disk full")
        self.recorded += sent

    async def rest(self, chat_id: int, until: datetime, level: int, since: datetime) -> None:
        """Remember a rest."""
        if self.broken:
            raise OSError("disk full")
        self.rests[chat_id] = Slowed(chat_id, until, level, since)


class Street:
    """Lanes on a fake clock, and calls that note when they went out."""

    def __init__(self, clock: FakeClock, lanes: Lanes) -> None:
        self.clock = clock
        self.lanes = lanes
        self.went: list[tuple[str, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def call(
        self,
        name: str,
        urgency: Urgency = EDIT,
        chat: int = PRIVATE,
        *,
        who: str = "view",
        lasts_s: float = 0.0,
        is_edit: bool = False,
        unused: bool = False,
    ) -> asyncio.Task[None]:
        """Make a call as soon as the lane lets it."""

        async def go() -> None:
            async with self.lanes.grant(chat, lambda: urgency, who) as grant:
                if is_edit:
                    grant.edits()
                if unused:
                    grant.unused()
                else:
                    self.went.append((name, round(self.clock.now() - 1_000, 2)))
                if lasts_s:
                    await self.clock.sleep(lasts_s)

        task = asyncio.create_task(go())
        self.tasks.append(task)
        return task

    @property
    def names(self) -> list[str]:
        """What went out, in order."""
        return [name for name, _ in self.went]


@asynccontextmanager
async def street(**options: object) -> AsyncIterator[Street]:
    clock = FakeClock()
    log = options.pop("log", None) or FakeSendLog()
    options.setdefault("chance", lambda: 0.0)
    lanes = Lanes(clock, log, **options)  # type: ignore[arg-type]  # tests pass what they need
    running = asyncio.create_task(lanes.run())
    made = Street(clock, lanes)
    yield made
    for task in (running, *made.tasks):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
