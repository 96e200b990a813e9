"""A day of work: ten chats, two hundred turns, and nothing is left of them but the messages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.world import Chat
from tests.virtual.holdings import Holdings, holdings
from tests.virtual.loop import VirtualLoop, run_virtual
from tests.virtual.scripts import Script
from tests.virtual.timing import Shown, shown_whole
from tests.virtual.world import VirtualWorld

HALF_DAY_S = 12 * 3600.0
TURNS = 100
CHATS = 10
LENGTHS_S = (20.0, 600.0)
ENTRIES = 6
ROWS = frozenset({"Turn", "Execution", "Workspace", "_Ended"})
ROW_CHARS = 1024
"""Of a turn that is over a few rows stay, so that it is known again; each kind has its bound."""

SLACK = 1.1
"""Where pages are cut differs a little from turn to turn."""

QUIET_S = 1200.0
"""So long before each half's end no turn begins: what is counted then is what stays."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A turn to come."""

    at: float
    chat: int
    script: Script


@pytest.mark.slow
def test_a_day_leaves_nothing_behind(tmp_path: Path) -> None:
    """Two hundred turns in ten chats are shown whole, never flooded, and held no longer."""
    began, noon, night, left = run_virtual(_day(tmp_path))
    assert noon.tasks == night.tasks == began.tasks
    assert noon.connection_ends == night.connection_ends == began.connection_ends
    assert night.texts <= noon.texts * SLACK
    assert night.objects["View"] <= noon.objects["View"]
    assert night.objects["Lane"] == noon.objects["Lane"] == began.objects["Lane"] >= CHATS
    assert all(night.objects[name] - noon.objects[name] <= TURNS for name in ROWS)
    assert night.total - _rows(night) <= (noon.total - _rows(noon)) * SLACK
    assert night.chars - noon.chars <= TURNS * ROW_CHARS
    assert left == (1, 0)


def _rows(held: Holdings) -> int:
    return sum(held.objects[name] for name in ROWS)


async def _day(folder: Path) -> tuple[Holdings, Holdings, Holdings, tuple[int, int]]:
    async with VirtualWorld(folder) as world:
        chats = await _linked(world)
        held = [holdings()]
        for half in range(2):
            shown = await _half_a_day(world, chats, half)
            held.append(holdings())
            assert max(one.end_line_s for one in shown) <= 4.0
            assert max(one.first_link_s for one in shown) <= 1.5
        world.assert_clean()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    began, noon, night = held
    return began, noon, night, (len(asyncio.all_tasks()), len(loop.network.open_ends))


async def _linked(world: VirtualWorld) -> list[Chat]:
    """Link private chats and groups, each with a repository of its own."""
    chats = []
    for number in range(CHATS):
        chat = await (world.link_group() if number % 2 else world.link_private())
        repository = world.kanban.world.repository(_repository(number))
        await world.change_settings(chat, repositories=(repository["id"],))
        chats.append(chat)
    await asyncio.sleep(QUIET_S)
    return chats


async def _half_a_day(world: VirtualWorld, chats: list[Chat], half: int) -> list[Shown]:
    """Let turns begin at random moments; return when each was shown, at the half's end."""
    began = world.clock.now()
    async with asyncio.TaskGroup() as group:
        turns = [group.create_task(_turn(world, chats, began, one)) for one in _plan(half)]
    await asyncio.sleep(began + HALF_DAY_S - world.clock.now())
    return [turn.result() for turn in turns]


def _plan(half: int) -> Iterator[_Planned]:
    chance = random.Random(half)
    for number in range(TURNS):
        length_s = chance.uniform(*LENGTHS_S)
        script = Script(f"Turn {half}.{number}", length_s, ENTRIES, pieces=2)
        at = chance.uniform(0, HALF_DAY_S - QUIET_S - length_s)
        yield _Planned(at, chance.randrange(CHATS), script)


async def _turn(world: VirtualWorld, chats: list[Chat], began: float, planned: _Planned) -> Shown:
    await asyncio.sleep(began + planned.at - world.clock.now())
    made = planned.script.recording()
    play = world.kanban.play(made, repo=_repository(planned.chat))
    await play.done
    _, shown = await shown_whole(world, chats[planned.chat], play, made)
    return shown


def _repository(number: int) -> str:
    return f"repository {number}"
