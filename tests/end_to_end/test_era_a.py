"""The older generation, with projects and tasks: its recordings on their way into chats."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.kanban import KanbanServer, Play, names
from tests.end_to_end.chains import assert_chain, views, wait_view_complete
from tests.end_to_end.endless import SAID, endless
from tests.end_to_end.world import Chat, World, until

BEGUN_S = 60.0
SHORT_GAP_S = 0.3
ALL = tuple(name.removeprefix("era-a/") for name in names("a"))


async def test_scripts_and_their_agent_are_one_view(tmp_path: Path) -> None:
    """Setup, agent and cleanup arrive whole as one view under the task's title."""
    async with _world(tmp_path, max_gap_s=SHORT_GAP_S) as world:
        chat = await world.link_private()
        play = world.kanban.play("scripts")
        await _arrive(world, [chat], play)
        (view,) = views(world, chat, play)
        title = play.recording.header.prompt
        assert view.texts[0].startswith(f"🤖 Task: {title}\nclaude-code · vk/")
        assert "".join(view.texts).count(title) == 1
        status = (await world.say(chat, "/status")).text
        assert "🖥 vibe-kanban ≤ 0.1.14: reachable" in status
        world.assert_clean()


@pytest.mark.slow
async def test_all_recordings_in_both_chats(tmp_path: Path) -> None:
    """Every recording arrives whole in a private chat and in a group."""
    async with _world(tmp_path) as world:
        chats = [await world.link_private(), await world.link_group()]
        for name in ALL:
            await _arrive(world, chats, world.kanban.play(name))
        world.assert_clean()


@pytest.mark.slow
async def test_three_turns_at_once(tmp_path: Path) -> None:
    """Three turns that run at the same time share a chat's lane and do not mix."""
    async with _world(tmp_path) as world:
        chats = [await world.link_private(), await world.link_group()]
        for play in [world.kanban.play(name) for name in ("basic", "scripts", "unicode")]:
            await _arrive(world, chats, play)
        world.assert_clean()


@pytest.mark.slow
async def test_a_stop_that_complains_has_stopped(tmp_path: Path) -> None:
    """The server answers a stop with 500 and has stopped all the same: nobody is told otherwise."""
    async with _world(tmp_path, max_gap_s=None) as world:
        chat = await world.link_private()
        play = world.kanban.play(endless("a"))
        await until(lambda: SAID in _text(world, chat, play), BEGUN_S, "the turn is shown")
        link = views(world, chat, play)[0].links[-1]
        await world.tap(chat, link, "⏹ Stop")
        answer = await world.tap(chat, link, "⏹ Stop")
        assert "refused" not in answer.text
        (view,) = await wait_view_complete(world, chat, play, turn_count=1)
        assert view.chrome.end == "⏹ Stopped"
        assert len(world.kanban.stops) == 1
        world.assert_clean()


def _world(folder: Path, *, max_gap_s: float | None = 1.0) -> World:
    return World(folder, kanban=KanbanServer(era="a", max_gap_s=max_gap_s))


async def _arrive(world: World, chats: Sequence[Chat], play: Play) -> None:
    """Wait until a play's views are complete in all chats, and check them."""
    await play.done
    await asyncio.gather(*(wait_view_complete(world, chat, play) for chat in chats))
    for chat in chats:
        assert_chain(world, chat, play)


def _text(world: World, chat: Chat, play: Play) -> str:
    return "\n".join(text for view in views(world, chat, play) for text in view.texts)
