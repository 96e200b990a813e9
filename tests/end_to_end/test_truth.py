"""Logs that are cut off, have gaps or come in another order: what is missing is shown."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sandbox.kanban import Faults
from tests.end_to_end.chains import assert_chain, views, wait_view_complete
from tests.end_to_end.world import World

pytestmark = pytest.mark.slow

FIRST_S = 20.0


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("basic", Faults(log_gap=4)),
        ("many", Faults(log_gap=12)),
        ("basic", Faults(finished_after_s=-1.0)),
        ("many", Faults(finished_after_s=-2.0)),
        ("tools", Faults(finished_after_s=math.inf)),
        ("scripts", Faults(finished_after_s=1.5)),
        ("basic", Faults(log_404=3)),
        ("many", Faults(cut_logs_at=(0.3, 0.6), reordered_replay=True)),
    ],
    ids=str,
)
async def test_a_log_that_does_not_tell_the_truth(
    tmp_path: Path, name: str, faults: Faults
) -> None:
    """The log is read once more after the end, and compared by content, before the end line."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, faults=faults, speed=2.0)
        await play.done
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


@pytest.mark.parametrize("name", ["many", "tools", "scripts"])
async def test_another_order_after_a_restart(tmp_path: Path, name: str) -> None:
    """A log that a new bot reads in another order shows nothing twice."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play(name, faults=Faults(reordered_replay=True), speed=1.5)

        def grown() -> bool:
            return any("💬" in text for view in views(world, chat, play) for text in view.texts)

        await world.telegram.wait_for(grown, FIRST_S)
        await world.restart_bot()
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
