"""Recorded executions through a backend that stutters, lies about its rows, or dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.kanban import Faults
from tests.end_to_end.chains import (
    assert_chain,
    assert_view,
    stood,
    views,
    wait_view_complete,
)
from tests.end_to_end.world import READY_S, World, pass_time, until

CUTS = 5
STALE = Faults(stale_session_rows=True, stale_workspace_rows=True)
FIRST_S = 10.0
BEFORE_CUT_S = 0.1


async def test_a_log_that_is_cut_five_times(tmp_path: Path) -> None:
    """A log socket that breaks again and again loses nothing and doubles nothing."""
    await _arrives_whole_though_cut(tmp_path, "basic", speed=0.3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "speed"), [("many", 1.0), ("unicode", 0.2), ("scripts", 0.3), ("long", 0.7)]
)
async def test_longer_logs_that_are_cut_five_times(tmp_path: Path, name: str, speed: float) -> None:
    """The same holds over page borders, for scripts, and while a text grows."""
    await _arrives_whole_though_cut(tmp_path, name, speed=speed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["basic", "scripts"])
async def test_an_early_finished(tmp_path: Path, name: str) -> None:
    """A log that says `finished` before it began is asked again."""
    await _arrives_whole(tmp_path, name, Faults(early_finished=3))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("basic", Faults(stale_session_rows=True)),
        ("failing", STALE),
        ("followup", Faults(stale_session_rows=True)),
    ],
)
async def test_rows_that_stay_running_on_the_streams(
    tmp_path: Path, name: str, faults: Faults
) -> None:
    """The row by HTTP ends a turn, whatever the streams go on to say."""
    await _arrives_whole(tmp_path, name, faults)


@pytest.mark.slow
async def test_a_workspace_stream_that_is_cut(tmp_path: Path) -> None:
    """Discovery that loses its streams in the middle of a turn finds its way back."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("scripts")
        await world.telegram.wait_for(lambda: bool(views(world, chat, play)), FIRST_S)
        assert world.kanban.cut_workspace_stream() > 0
        world.kanban.cut_session_streams()
        await play.done
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


@pytest.mark.slow
async def test_a_backend_that_is_killed_and_started_again(tmp_path: Path) -> None:
    """What ran when the server died is interrupted, shown up to there, and closed."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("many")
        await world.telegram.wait_for(
            lambda: any(
                "Round 3" in one for view in views(world, chat, play) for one in view.texts
            ),
            FIRST_S,
        )
        await world.kanban.kill()
        await world.kanban.restart()
        await until(lambda: world.watching, READY_S, "the bot is back at the backend")
        (view,) = await wait_view_complete(world, chat, play, turn_count=1)
        turn = await stood(world.kanban, play)
        assert turn.end == "⚠️ Interrupted"
        assert_view(view, turn)

        after = world.kanban.play("basic")
        await wait_view_complete(world, chat, after)
        assert_chain(world, chat, after)
        world.assert_clean()


@pytest.mark.slow
async def test_a_bot_that_is_restarted_between_turns(tmp_path: Path) -> None:
    """A bot that starts again knows its chats and shows what begins from now on."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        await world.restart_bot()
        play = world.kanban.play("basic")
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


async def _arrives_whole(folder: Path, name: str, faults: Faults) -> None:
    """Play a recording with faults to a private chat and check its views."""
    async with World(folder) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, faults=faults)
        await play.done
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


async def _arrives_whole_though_cut(folder: Path, name: str, *, speed: float) -> None:
    """Play a recording to a private chat, cut its log again and again, and check its views."""
    async with World(folder) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, speed=speed)
        for _ in range(CUTS):
            await until(lambda: _logs_open(world) > 0, FIRST_S, "the bot reads the log")
            await pass_time(BEFORE_CUT_S)
            assert world.kanban.cut_logs() > 0
            await until(lambda: _logs_open(world) == 0, FIRST_S, "the log is cut")
        assert not play.done.done()
        await play.done
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


def _logs_open(world: World) -> int:
    return world.kanban.open_sockets["normalized"] + world.kanban.open_sockets["raw"]
