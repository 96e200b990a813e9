"""A group's minute: several turns at once share twenty calls, and each one ends in time."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from sandbox.telegram import Limits
from tests.end_to_end.world import Chat
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.timing import Shown, shown_whole
from tests.virtual.world import VirtualWorld

RUN_S = 90.0
LONG_RUN_S = 700.0
TEN_MINUTES_S = 600.0
QUIET_S = 120.0
SEEDS = 32
APART_S = 10.0
END_LINE_S = 4.0
WHOLE_S = 20.0


@pytest.mark.slow
def test_three_turns_share_a_groups_minute(tmp_path: Path) -> None:
    """Three turns that end ten seconds apart are never flooded, and all of them end in time."""

    async def run() -> list[Shown]:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_group()
            await asyncio.sleep(QUIET_S)
            found = await _three_turns(world, chat)
            world.assert_clean()
            return found

    for one in run_virtual(run()):
        assert one.end_line_s <= END_LINE_S
        assert one.whole_s <= WHOLE_S


async def _three_turns(world: VirtualWorld, chat: Chat) -> list[Shown]:
    """Run three turns of ninety seconds beside each other and return when each was shown."""
    made = [Script(f"Run {n}", RUN_S, entries=30, seed=n).recording() for n in range(3)]
    playing = []
    for recording in made:
        playing.append((world.kanban.play(recording), recording))
        await asyncio.sleep(APART_S)
    shown = [await shown_whole(world, chat, play, made) for play, made in playing]
    return [one for _, one in shown]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_group_is_flooded_twice_at_most(tmp_path: Path, seed: int) -> None:
    """Whatever a group's budget is: after the first 429 one more may come in ten minutes."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_group()
            await asyncio.sleep(QUIET_S)
            world.telegram.limit(chat.id, Limits.random(random.Random(seed)))
            made = [
                Script(f"Run {n}", LONG_RUN_S, entries=200, seed=n).recording() for n in range(3)
            ]
            playing = [(world.kanban.play(recording), recording) for recording in made]
            for play, recording in playing:
                await play.done
                await shown_whole(world, chat, play, recording)
            floods = [call.at for call in world.telegram.flooded()]
            assert len([at for at in floods if at - floods[0] <= TEN_MINUTES_S]) <= 2
            assert world.telegram.inside_rest() == []

    run_virtual(run())
