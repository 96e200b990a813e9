"""Time that passes only when a test says so."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from typing import Any

SETTLE_ROUNDS = 60
"""How often the loop turns so that everything that can happen now has happened."""


class FakeClock:
    """The Clock port; `advance` lets time pass, firing what is due in order."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._start = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
        self._timers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        """Monotonic seconds."""
        return self._now

    def wall(self) -> datetime:
        """The time of day."""
        return self._start + timedelta(seconds=self._now - 1_000.0)

    async def sleep(self, seconds: float) -> None:
        """Wait until that much time was let pass."""
        await self._timer(seconds)

    async def wait(self, event: asyncio.Event, timeout_s: float | None) -> bool:
        """Wait for the event or the time."""
        if event.is_set():
            return True
        if timeout_s is None:
            return await event.wait()
        waiter: asyncio.Future[Any] = asyncio.ensure_future(event.wait())
        timer = self._timer(max(0.0, timeout_s))
        try:
            await asyncio.wait({waiter, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
            timer.cancel()
        return event.is_set()

    async def advance(self, seconds: float) -> None:
        """Let time pass; whatever becomes due happens at its moment."""
        end = self._now + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            if timer.done():
                continue
            self._now = max(self._now, at)
            timer.set_result(None)
            await settle()
        self._now = end
        await settle()

    def _timer(self, seconds: float) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._timers, (self._now + seconds, self._count, future))
        return future


async def settle() -> None:
    """Let everything happen that can happen without time passing."""
    for _ in range(SETTLE_ROUNDS):
        await asyncio.sleep(0)
