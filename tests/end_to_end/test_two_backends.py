"""Two backends of different eras, one behind a login and a path: views of both, told apart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.kanban import KanbanServer, Play
from sandbox.telegram import Message
from tests.end_to_end.chains import assert_view, played, stood, views, wait_view_complete
from tests.end_to_end.endless import SAID, endless
from tests.end_to_end.world import ANSWER_S, READY_S, Chat, World, until

LOGIN = ("ann", "p@ss: w/rd")
CHOICES = ["home · shop", "home · web", "copy · shop", "copy · web"]
BEGUN_S = 60.0


@pytest.mark.slow
async def test_one_of_two_backends_is_killed_and_comes_back(tmp_path: Path) -> None:
    """Its view is closed as interrupted, the other's goes on, and what follows is named too."""
    async with (
        KanbanServer(era="a", prefix="/team/vk", basic=LOGIN) as office,
        World(tmp_path, others={"office": office.url_with_login}) as world,
    ):
        chat = await world.link_private()
        await _watched(office)
        at_home, at_work = world.kanban.play("basic"), office.play(endless("a"))
        await until(lambda: SAID in _text(world, chat, at_work), BEGUN_S, "work is shown")
        await office.kill()
        await office.restart()
        await _watched(office)
        await at_home.done
        await _ended(world, chat, "home", at_home)
        (broken,) = await wait_view_complete(world, chat, at_work, turn_count=1)
        turn = await stood(office, at_work)
        assert turn.end == "⚠️ Interrupted"
        assert_view(broken, turn)

        again, beside = office.play("scripts", max_gap_s=1.0), world.kanban.play("failing")
        await asyncio.gather(again.done, beside.done)
        await _ended(world, chat, "office", again)
        await _ended(world, chat, "home", beside)
        assert not [line for line in world.bot.log if "p@ss" in line or "p%40ss" in line]
        world.assert_clean()


@pytest.mark.slow
async def test_copies_of_one_server_are_two(tmp_path: Path) -> None:
    """Where both have the same ids, a group that chose a repository of one sees nothing else."""
    async with (
        KanbanServer(max_gap_s=1.0) as copy,
        World(tmp_path, others={"copy": copy.url}) as world,
    ):
        await _watched(copy)
        world.kanban.world.repository("web")
        copy.world.repository("web")
        group = await world.link_group()
        question = await world.telegram.wait_for(lambda: _question(world, group), ANSWER_S)
        assert question is not None
        assert question.button_labels[:4] == CHOICES
        await world.tap(group, question, "copy · shop")
        await world.telegram.wait_for(lambda: _chosen(world, group), ANSWER_S)
        await world.all_updates_handled()
        plays = [
            world.kanban.play("failing"),
            copy.play("failing"),
            copy.play("failing", repo="web"),
        ]
        await asyncio.gather(*(play.done for play in plays))
        await _ended(world, group, "copy", plays[1])
        assert [len(views(world, group, play)) for play in plays] == [0, 1, 0]
        world.assert_clean()


async def _watched(kanban: KanbanServer) -> None:
    def watched() -> bool:
        return kanban.open_sockets["workspaces"] > 0

    await until(watched, READY_S, "the bot watches the other backend")


async def _ended(world: World, chat: Chat, name: str, play: Play) -> None:
    """Wait until a play's views are complete, check them, and that they say where it ran."""
    found = await wait_view_complete(world, chat, play)
    for view, turn in zip(found, played(play), strict=True):
        assert_view(view, turn)
        first, *later = view.texts
        assert first.startswith(f"🤖 Task: {name} · ")
        assert [text for text in later if not text.startswith(f"↪ {name} · ")] == []
        assert f"\n{name} · " in view.notices[0].text


def _chosen(world: World, group: Chat) -> bool:
    """Whether the question says that the choice was taken."""
    messages = world.telegram.bot_messages(group.id)
    return any("✓ copy · shop" in one.button_labels for one in messages)


def _question(world: World, group: Chat) -> Message | None:
    """Return the question which repositories to show."""
    messages = world.telegram.bot_messages(group.id)
    return next((one for one in messages if "home · shop" in one.button_labels), None)


def _text(world: World, chat: Chat, play: Play) -> str:
    return "\n".join(text for view in views(world, chat, play) for text in view.texts)
