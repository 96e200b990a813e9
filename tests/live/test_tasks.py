"""Owned tasks: isolated, tried again, never adding up."""

from __future__ import annotations

import asyncio

from bot.live.tasks import GIVEN_UP, HEALTHY_S, TOLD_S, TRIED_AGAIN, Tasks
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
            assert not other.done()
            tasks.cancel_all()

    async def test_a_failure_is_a_problem_until_it_is_well(self) -> None:
        """What failed is told while it is tried again, and no longer when it ran for a minute."""
        clock = FakeClock()
        runs = []

        async def fail_once() -> None:
            runs.append(clock.now())
            if len(runs) == 1:
                raise ValueError("bug")
            await asyncio.Event().wait()

        async with Tasks(clock) as tasks:
            assert tasks.problems() == ()
            tasks.spawn("rarely", fail_once)
            await clock.advance(1)
            assert tasks.problems() == (TRIED_AGAIN,)
            await clock.advance(HEALTHY_S)

            assert tasks.problems() == ()
            tasks.cancel_all()

    async def test_what_ended_well_is_no_problem(self) -> None:
        """Work that failed and then came to its end is not told of any more."""
        clock = FakeClock()
        runs = []

        async def fail_once() -> None:
            runs.append(clock.now())
            if len(runs) == 1:
                raise ValueError("bug")

        async with Tasks(clock) as tasks:
            tasks.spawn("once", fail_once)
            await clock.advance(2)

            assert len(runs) == 2
            assert tasks.problems() == ()

    async def test_what_was_given_up_is_told_for_an_hour(self) -> None:
        """However many tasks gave up, one sentence says so, and not for ever."""
        clock = FakeClock()

        async def fail() -> None:
            raise ValueError("bug")

        async with Tasks(clock) as tasks:
            for number in range(3):
                tasks.spawn(f"fails {number}", fail)
            await clock.advance(100)
            assert tasks.problems() == (GIVEN_UP,)
            await clock.advance(TOLD_S)

            assert tasks.problems() == ()

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
            assert GIVEN_UP not in tasks.problems()
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
            assert GIVEN_UP not in tasks.problems()
            tasks.cancel_all()
