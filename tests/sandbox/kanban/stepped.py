"""Time that passes only when a test says so, so that no play begins before somebody listens."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

_BEGUN_S = 1_800_000_000.0
_STEPS = 100_000
_TURNS = 10


class SteppedTime:
    """A clock and the sleep that goes with it."""

    def __init__(self) -> None:
        self.now_s = _BEGUN_S
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    def clock(self) -> float:
        """Tell the time."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Wait until so much time was let pass."""
        if seconds > 0:
            woken = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (self.now_s + seconds, next(self._number), woken))
            await woken

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking who sleeps in order."""
        end_s = self.now_s + seconds
        await settled()
        while self._waiting and self._waiting[0][0] <= end_s:
            await self._wake_next()
        self.now_s = end_s

    async def until(self, said: Callable[[], bool]) -> None:
        """Let time pass, from one sleeper to the next, until `said` is true."""
        await settled()
        for _ in range(_STEPS):
            if said():
                return
            assert self._waiting, "nothing is going to happen any more"
            await self._wake_next()
        raise AssertionError("it does not happen")

    async def _wake_next(self) -> None:
        due_s, _, woken = heapq.heappop(self._waiting)
        if not woken.done():
            self.now_s = max(self.now_s, due_s)
            woken.set_result(None)
            await settled()


async def settled() -> None:
    """Let the tasks that can go on do so: a turn wakes a sleeper, others who waits for it.

    A play that stood still for a decision takes six until it sleeps again.
    """
    for _ in range(_TURNS):
        await asyncio.sleep(0)
