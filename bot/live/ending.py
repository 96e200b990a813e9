"""When the bot shall end and with which exit code: a signal asks, a second one hurries."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

SIGNALS = (signal.SIGTERM, signal.SIGINT)

T = TypeVar("T")


class Ended(Exception):  # noqa: N818 - names the outcome
    """The bot was told to end before this was done."""


class Ending:
    """Whether the bot shall end; `code` is what the process then says.

    Once begun, an end is never taken back.
    """

    def __init__(self) -> None:
        self.code = 0
        self.begun = asyncio.Event()
        self.hurried = asyncio.Event()

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to end, for as long as the running loop lives."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.ask)

    def ask(self) -> None:
        """Ask for a polite end; who asks twice wants it at once."""
        if self.begun.is_set():
            self.hurried.set()
        self.begun.set()

    def fail(self, code: int) -> None:
        """End at once with this exit code; what was asked for before keeps its own."""
        if not self.begun.is_set():
            self.code = code
        self.hurried.set()
        self.begun.set()

    async def unless_begun(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work that need not be finished; raises Ended when the bot shall end meanwhile."""
        working = await _first(work, self.begun, None)
        if working.cancelled():
            raise Ended
        return working.result()

    async def unless_hurried(self, work: Coroutine[Any, Any, None], limit_s: float) -> bool:
        """Do the last work; return whether it was finished in time, unhurried."""
        working = await _first(work, self.hurried, limit_s)
        if working.cancelled():
            return False
        working.result()
        return True


async def _first(
    work: Coroutine[Any, Any, T], event: asyncio.Event, limit_s: float | None
) -> asyncio.Task[T]:
    """Work until it is done, the event comes or the time is up; the task is over then."""
    working = asyncio.create_task(work)
    told = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({working, told}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, told):
            task.cancel()
        await asyncio.wait({working, told})
    return working
