"""A database that is locked or full while an agent works: nothing of it shows but a line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.chains import assert_chain, views, wait_view_complete
from tests.end_to_end.world import World, until

SOON_S = 60.0
HEALED_S = 60.0


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=SOON_S)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(process: psutil.Process) -> Iterator[None]:
    """No file of the process may grow."""
    _soft, hard = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    yield
    process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))


def stored_messages(file: Path) -> int:
    """How many messages of views the database knows."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=SOON_S)) as reader:
        return int(reader.execute("SELECT count(*) FROM messages").fetchone()[0])


async def sick(world: World) -> None:
    await world.bot.wait_for_log(lambda line: "database.sick" in line, SOON_S)


async def well(world: World) -> None:
    await world.bot.wait_for_log(lambda line: "database.well" in line, HEALED_S)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["locked", "full"])
async def test_a_turn_is_shown_whole(tmp_path: Path, trouble: str) -> None:
    """The view is complete, /status names the trouble, and all is stored when it is over."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        ill = locked(world.database) if trouble == "locked" else full(world.bot.measured)
        with ill:
            play = world.kanban.play("many")
            await wait_view_complete(world, chat, play)
            assert_chain(world, chat, play)
            await sick(world)
            said = (await world.say(chat, "/status")).text
            assert {"locked": "locks my database", "full": "full or broken"}[trouble] in said
            assert stored_messages(world.database) == 0
        await well(world)
        shown = sum(len(view.links) + len(view.notices) for view in views(world, chat, play))
        await until(
            lambda: stored_messages(world.database) >= shown, SOON_S, "everything is stored"
        )
        assert "database" not in (await world.say(chat, "/status")).text
        assert not any("Traceback" in line for line in world.bot.log)
        world.assert_clean()


@pytest.mark.slow
async def test_a_restart_after_it_was_over_goes_on_in_the_same_messages(tmp_path: Path) -> None:
    """What was made up for is as good as what was stored at once."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("many", speed=0.5)
        with locked(world.database):
            await until(lambda: bool(views(world, chat, play)), SOON_S, "the view has begun")
            await sick(world)
        await well(world)
        await world.restart_bot()
        await play.done
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)


@pytest.mark.slow
async def test_told_to_end_while_it_is_locked(tmp_path: Path) -> None:
    """A bot whose database takes nothing ends all the same, with 0."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        with locked(world.database):
            play = world.kanban.play("basic")
            await wait_view_complete(world, chat, play)
            await sick(world)
            assert await world.bot.stop(SOON_S) == 0
        assert any("journal.not_written" in line for line in world.bot.log)
        assert not any("Traceback" in line for line in world.bot.log)


@pytest.mark.slow
async def test_a_start_while_it_is_locked(tmp_path: Path) -> None:
    """A database that can be read is enough to begin with: chats and their views are known."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        with locked(world.database):
            await world.restart_bot()
            play = world.kanban.play("basic")
            await wait_view_complete(world, chat, play)
            assert_chain(world, chat, play)
