"""Owned tasks: isolated, tried again, never adding up."""

from __future__ import annotations

import asyncio

from bot.live.tasks import Tasks
from tests.fakes.clock import FakeClock


class TestTasks:
    async def test_a_failing_task_touches_no_other(self) -> None:
        """A child that raises is logged, tried again a few times, and given up alone."""
        clock = FakeClock()
        runs, done = [], asyncio.Event()

        async def fail() -> None:
            runs.append(clock.now())
            raise ValueError("bug")

        async with Tasks(clock) as tasks:
            tasks.spawn("fails", fail, done=done.set)
            other = tasks.spawn("lives", asyncio.Event().wait)  # type: ignore[arg-type]  # its result does not matter
            await clock.advance(100)
            assert len(runs) == 6
            assert done.is_set()
            assert tasks.failed == ["fails"]
            assert not other.done()
            tasks.cancel_all()

    async def test_rare_failures_never_add_up(self) -> None:
        """Work that was well for a minute before it failed starts anew."""
        clock = FakeClock()
        runs = []

        async def fail_daily() -> None:
            runs.append(clock.now())
            await clock.sleep(86_400)
            raise ValueError("locked")

        async with Tasks(clock) as tasks:
            tasks.spawn("rare", fail_daily)
            await clock.advance(86_400 * 9)

            assert len(runs) == 9
            assert tasks.failed == []
            tasks.cancel_all()

    async def test_what_must_never_end_is_never_given_up(self) -> None:
        """A task that is needed for good is tried again and again, every half a minute."""
        clock = FakeClock()
        runs = []

        async def fail() -> None:
            runs.append(clock.now())
            raise ValueError("bug")

        async with Tasks(clock) as tasks:
            tasks.spawn("needed", fail, forever=True)
            await clock.advance(600)

            assert len(runs) > 20
            assert tasks.failed == []
            tasks.cancel_all()
