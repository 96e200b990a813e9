"""A bot that is killed and started again: the same messages go on, each thing is there once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.kanban import KanbanServer, Play
from tests.end_to_end.chains import (
    assert_chain,
    assert_view,
    stood,
    views,
    wait_view_complete,
)
from tests.end_to_end.world import Chat, World, until

pytestmark = pytest.mark.slow

FIRST_S = 20.0
GOES_ON_S = 5.0


async def _shows(world: World, chat: Chat, play: Play, text: str) -> None:
    """Wait until a view of the play shows this."""

    def shown() -> bool:
        found = views(world, chat, play)
        return any(text in one for view in found for one in view.texts)

    await world.telegram.wait_for(shown, FIRST_S)


def _messages_stored(world: World) -> int:
    return _count(world, "messages")


def _unsettled(world: World) -> int:
    return _count(world, "intents")


def _count(world: World, table: str) -> int:
    """Count the rows of one of the bot's tables, beside the bot."""
    with closing(sqlite3.connect(f"file:{world.database}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a name of ours
    return int(count)


@pytest.mark.parametrize(
    ("name", "speed", "seen"),
    [
        ("scripts", 0.5, "🔧 Setup script…"),
        ("scripts", 0.5, "🔧 Setup script ✓"),
        ("scripts", 0.5, "💬"),
        ("scripts", 0.5, "🔧 Cleanup script"),
        ("many", 2.0, "Round 3"),
        ("essay", 1.0, "💬"),
        ("followup", 1.0, "💬"),
    ],
)
async def test_a_turn_in_the_middle(tmp_path: Path, name: str, speed: float, seen: str) -> None:
    """Whatever runs when the bot is killed goes on in the messages it has."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, speed=speed)
        await _shows(world, chat, play, seen)
        await until(lambda: _unsettled(world) == 0, FIRST_S, "no send is on its way")
        await world.restart_bot(kill=True)
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)


@pytest.mark.parametrize("name", ["basic", "scripts", "failing", "many", "tools", "setupfails"])
async def test_a_turn_that_ended_meanwhile(tmp_path: Path, name: str) -> None:
    """A turn that ended while nobody looked is completed: content, end line, one notice."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, speed=2.0)
        await until(lambda: _messages_stored(world) > 0, FIRST_S, "the first link is stored")
        await world.bot.kill()
        await play.done
        await world.start_bot()
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)


@pytest.mark.parametrize("seen", ["🔧 Setup script…", "💬", "🔧 Cleanup script"])
async def test_the_older_generation(tmp_path: Path, seen: str) -> None:
    """The chain of an older server stays one turn, too."""
    async with World(tmp_path, kanban=KanbanServer(era="a", max_gap_s=1.0)) as world:
        chat = await world.link_private()
        play = world.kanban.play("scripts", speed=0.5)
        await _shows(world, chat, play, seen)
        await until(lambda: _unsettled(world) == 0, FIRST_S, "no send is on its way")
        await world.restart_bot(kill=True)
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)


async def test_what_nobody_saw(tmp_path: Path) -> None:
    """A turn that began and ended while the bot was down is shown when it is back."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        first = world.kanban.play("basic", speed=3.0)
        await wait_view_complete(world, chat, first)
        await world.bot.stop()
        second = world.kanban.play("scripts", speed=3.0)
        await second.done
        await world.start_bot()
        await wait_view_complete(world, chat, second)
        for play in (first, second):
            assert_chain(world, chat, play)
        world.assert_clean()


async def test_a_backend_that_comes_later(tmp_path: Path) -> None:
    """Views wait for a backend that is away when the bot starts, and end as its rows say."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("many", speed=1.0)
        await _shows(world, chat, play, "Round 3")
        await until(lambda: _unsettled(world) == 0, FIRST_S, "no send is on its way")
        await world.bot.kill()
        await world.kanban.kill()
        await world.start_bot(backend_ready=False)
        before = [view.texts for view in views(world, chat, play)]
        await world.kanban.restart()
        assert [view.texts for view in views(world, chat, play)] == before
        (view,) = await wait_view_complete(world, chat, play, turn_count=1)
        turn = await stood(world.kanban, play)
        assert turn.end == "⚠️ Interrupted"
        assert_view(view, turn)
