"""What is built of the pretend world is true of the whole bot in one process, too."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.end_to_end.chains import assert_chain, wait_view_complete
from tests.virtual.loop import Stuck, run_virtual
from tests.virtual.world import VirtualWorld


def test_time_jumps_to_the_next_timer() -> None:
    """A day of sleep takes no time, and the loop's clock has seen all of it."""

    async def sleep() -> float:
        await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert run_virtual(sleep()) >= 86_400
    assert time.monotonic() - began < 10


def test_a_world_that_cannot_go_on_says_who_waits() -> None:
    """Where no timer is left and nobody can be woken, the names of the waiting are told."""

    async def wait() -> None:
        await asyncio.create_task(asyncio.Event().wait(), name="a lonely waiter")

    with pytest.raises(Stuck, match="a lonely waiter"):
        run_virtual(wait())


def test_no_time_passes_while_a_thread_works() -> None:
    """What a worker thread does takes no virtual time, however long it takes."""

    async def work() -> float:
        async with asyncio.timeout(0.001):
            await asyncio.to_thread(time.sleep, 0.05)
        return asyncio.get_running_loop().time()

    assert run_virtual(work()) == 0


@pytest.mark.parametrize("name", ["basic", "scripts"])
def test_a_recording_arrives_whole(tmp_path: Path, name: str) -> None:
    """The whole bot shows a turn in one process as it does as a process of its own."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            play = world.kanban.play(name)
            await wait_view_complete(world, chat, play)
            assert_chain(world, chat, play)
            world.assert_clean()
        assert {task.get_name() for task in asyncio.all_tasks()} == {
            asyncio.current_task().get_name()  # type: ignore[union-attr]  # one runs here
        }

    run_virtual(show())


def test_a_killed_bot_is_silent(tmp_path: Path) -> None:
    """After a kill nothing of the bot runs on to call anybody."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            await world.kill_bot()
            calls = len(world.telegram.calls)
            await asyncio.sleep(120)
            assert len(world.telegram.calls) == calls

    run_virtual(show())
