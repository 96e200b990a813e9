"""What one chat suffers is not felt in another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import quantiles

import pytest

from sandbox.telegram import Fault, Respond
from tests.end_to_end.chains import View, wait_view_complete
from tests.end_to_end.world import Chat
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.world import VirtualWorld

RUNS = tuple(Script(f"Private {n}", 60.0, entries=30, pieces=2, words=6, seed=n) for n in (1, 2))
BESIDE = Script("Beside", 60.0, entries=40, words=6)
FREE_S = 60.0
REST_S = 6
UNCHANGED_S = 0.05


@pytest.mark.slow
def test_a_resting_group_delays_nobody_else(tmp_path: Path) -> None:
    """Two turns in a private chat are shown as fast as ever while a group rests for six seconds."""
    alone = run_virtual(_private_delays(tmp_path / "alone", beside=False))
    disturbed = run_virtual(_private_delays(tmp_path / "disturbed", beside=True))
    assert len(alone) == len(disturbed) == sum(script.entries for script in RUNS)
    assert abs(_p95(disturbed) - _p95(alone)) <= UNCHANGED_S


async def _private_delays(folder: Path, *, beside: bool) -> list[float]:
    """Return how long each step of two private turns took to show, with a group's turn or not."""
    async with VirtualWorld(folder) as world:
        private = await _linked(world, "private", group=False)
        group = await _linked(world, "group", group=True)
        await asyncio.sleep(FREE_S)
        plays = [(one, world.kanban.play(one.recording(), repo="private")) for one in RUNS]
        began_at = world.clock.timestamp()
        if beside:
            play = world.kanban.play(BESIDE.recording(), repo="group")
            flood = Respond(429, f"Too Many Requests: retry after {REST_S}", retry_after=REST_S)
            fault = Fault("editMessageText", flood, chat_id=group.id, nth=4)
            world.telegram.faults.append(fault)
            await wait_view_complete(world, group, play, turn_count=1)
            _assert_rested(world, group)
        found = []
        for script, play in plays:
            (view,) = await wait_view_complete(world, private, play, turn_count=1)
            found += _delays(view, script, began_at)
        return found


async def _linked(world: VirtualWorld, repository: str, *, group: bool) -> Chat:
    chat = await (world.link_group() if group else world.link_private())
    row = world.kanban.world.repository(repository)
    await world.change_settings(chat, repositories=(row["id"],))
    return chat


def _assert_rested(world: VirtualWorld, group: Chat) -> None:
    """The group was told to be silent once, and nothing came before that was over."""
    calls = [call for call in world.telegram.calls if call.chat_id == group.id]
    (at,) = [n for n, call in enumerate(calls) if call.status == 429]
    assert calls[at + 1].at - calls[at].at >= REST_S


def _delays(view: View, script: Script, began_at: float) -> list[float]:
    """Return how long after it was said each step was first shown."""
    versions = [version for link in view.links for version in link.versions]
    return [
        min(version.at for version in versions if script.step(number) in version.text) - said
        for number, said in enumerate(script.said_at(began_at))
    ]


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
