"""Every cell of the table of notifications, with its sounds."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path

import pytest

from sandbox.kanban import Play
from tests.end_to_end.chains import played
from tests.end_to_end.world import Chat
from tests.units.turn import Turn
from tests.virtual.loop import run_virtual
from tests.virtual.tellings import (
    Telling,
    answer,
    assert_digest,
    assert_notice,
    is_quoted,
    open_logs,
    tellings,
)
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

MODES = ("realtime", "chunked", "summary", "off")
VIEWS = ("realtime", "chunked")
SETTLED_S = 60.0
FREE_S = 70.0
CLOSED_S = 2.0
MIDDLE_S = 15.0
DISABLED = "Streaming disabled"

Cell = tuple[str, bool, bool]
CELLS: tuple[Cell, ...] = tuple(product(MODES, (True, False), (True, False)))


@pytest.mark.parametrize("name", ["basic", "long", "many", "setupfails", "stopped"])
def test_every_cell(tmp_path: Path, name: str) -> None:
    """Sixteen chats, one for each cell, are told of the same turn what their cell says."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chats = {cell: await _linked(world, cell) for cell in CELLS}
            await asyncio.sleep(FREE_S)
            since = world.clock.timestamp()
            play = world.kanban.play(name)
            await _over(play)
            (turn,) = played(play)
            for cell, chat in chats.items():
                _assert_cell(cell, tellings(world, chat, since), turn)
            world.assert_clean()

    run_virtual(run())


@pytest.mark.parametrize("mode", MODES)
def test_the_master_switch(tmp_path: Path, mode: str) -> None:
    """Without notifications a chat hears nothing of a turn, and its log is not read."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, stream_mode=mode, notifications_enabled=False)
            await asyncio.sleep(FREE_S)
            since = world.clock.timestamp()
            for name in ("approve", "many"):
                play = world.kanban.play(name)
                await asyncio.sleep(CLOSED_S)
                assert open_logs(world) == 0
                await _over(play)
            assert tellings(world, chat, since) == []
            assert "Active" in (await world.say(chat, "/status")).text
            world.assert_clean()

    run_virtual(run())


@pytest.mark.parametrize("mode", VIEWS)
def test_the_master_switch_closes_what_runs(tmp_path: Path, mode: str) -> None:
    """A running view closes as for a mode without one, and no notice follows."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, stream_mode=mode, chunk_interval_s=5)
            await asyncio.sleep(FREE_S)
            since = world.clock.timestamp()
            play = world.kanban.play("many")
            await asyncio.sleep(MIDDLE_S)
            await world.change_settings(chat, notifications_enabled=False)
            await asyncio.sleep(CLOSED_S)
            assert open_logs(world) == 0
            await asyncio.sleep(CLOSED_S)
            (middle,) = tellings(world, chat, since)
            middle_text = [one.text for one in middle.messages]
            await _over(play)
            (told,) = tellings(world, chat, since)
            assert [one.text for one in told.messages] == middle_text
            assert told.view[-1].text.split("\n")[-1].endswith(DISABLED)
            assert [one.text for one in told.view if one.reply_markup] == []
            world.assert_clean()

    run_virtual(run())


async def _linked(world: VirtualWorld, cell: Cell) -> Chat:
    mode, notify, summary = cell
    chat = await world.link_private()
    await world.change_settings(
        chat, stream_mode=mode, notify_on_task_done=notify, include_llm_summary=summary
    )
    return chat


async def _over(play: Play) -> None:
    await play.done
    await asyncio.sleep(SETTLED_S)


def _assert_cell(cell: Cell, found: list[Telling], turn: Turn) -> None:
    mode, notify, summary = cell
    if mode == "off" and not notify:
        assert found == []
        return
    (told,) = found
    assert bool(told.view) is (mode in VIEWS)
    assert all(one.silent for one in told.view)
    if mode == "summary":
        assert_digest(told, turn, with_answer=summary, sounds=notify)
        return
    if mode == "realtime":
        assert told.chrome.end == turn.end
    if notify:
        assert_notice(told, turn, quotes=summary and mode in VIEWS)
    else:
        assert told.after == ()
        assert told.chrome.end == turn.end
    said = answer(turn)
    if mode == "off" and said is not None:
        assert not is_quoted(said, told.messages)
