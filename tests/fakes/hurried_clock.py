"""The machine's time, with pauses cut short, for tests over real sockets."""

from __future__ import annotations

import asyncio

from bot.live.clock import SystemClock

HURRY = 20
"""How much shorter a pause is than what was asked for."""


class HurriedClock(SystemClock):
    """The Clock port; only sleeping is quicker."""

    async def sleep(self, seconds: float) -> None:
        """Let a part of that time pass."""
        await asyncio.sleep(seconds / HURRY)
