"""What each mode shows of a turn, and when, against the recordings alone."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from sandbox.kanban import Faults, KanbanServer, Play, names
from tests.end_to_end.chains import assert_chain, played
from tests.end_to_end.world import Chat
from tests.virtual.loop import run_virtual
from tests.virtual.tellings import (
    Telling,
    assert_chunks,
    assert_digest,
    assert_notice,
    began_at,
    edits_of_text,
    ended_at,
    tellings,
)
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

MODES = ("realtime", "chunked", "summary", "off")
SETTLED_S = 60.0
FREE_S = 70.0
CLOSE_S = 1.5
INTERVAL_S = 30.0
CHUNK_CHARS = 3500
FULL_CHARS = 3000
"""Blocks are kept whole where that is possible, so that a full chunk may end before its limit."""

HEAD_AND_FOOT_CHARS = 700
LAST_S = 5.0
NO_FAULTS = Faults()


async def _chats(world: VirtualWorld) -> dict[str, Chat]:
    """Link a chat for each mode, and wait until their lanes are free."""
    chats = {}
    for mode in MODES:
        chats[mode] = await world.link_private()
        await world.change_settings(chats[mode], stream_mode=mode)
    await asyncio.sleep(FREE_S)
    return chats


async def _over(play: Play) -> None:
    await play.done
    await asyncio.sleep(SETTLED_S)


@pytest.mark.parametrize("name", [*names(), *names("a")])
def test_every_recording_in_every_mode(tmp_path: Path, name: str) -> None:
    """The same turns at the same time in four chats: each shows what its mode says, once."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            await _judge(world, name)

    async def run_old() -> None:
        async with OldWorld(tmp_path) as world:
            await _judge(world, name.removeprefix("era-a/"))

    run_virtual(run_old() if name.startswith("era-a/") else run())


class OldWorld(VirtualWorld):
    """A world with a backend of the older generation."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kanban = KanbanServer(era="a", clock=self.clock.timestamp)


@pytest.mark.parametrize("name", ["basic", "tools", "scripts", "failing"])
def test_a_log_that_never_ends(tmp_path: Path, name: str) -> None:
    """Only the row tells the end: the last word of the answer, which might grow, is shown too."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            await _judge(world, name, Faults(finished_after_s=math.inf))

    run_virtual(run())


async def _judge(world: VirtualWorld, name: str, faults: Faults = NO_FAULTS) -> None:
    chats = await _chats(world)
    since = world.clock.timestamp()
    play = world.kanban.play(name, faults=faults)
    await _over(play)
    turns = played(play)
    assert_chain(world, chats["realtime"], play)
    told = {mode: tellings(world, chat, since) for mode, chat in chats.items()}
    assert {mode: len(found) for mode, found in told.items()} == dict.fromkeys(MODES, len(turns))
    for place, turn in enumerate(turns):
        assert_chunks(told["chunked"][place], turn)
        for mode in ("realtime", "chunked"):
            assert_notice(told[mode][place], turn, quotes=True)
        assert_digest(told["summary"][place], turn)
        assert (told["summary"][place].view, told["off"][place].view) == ((), ())
        assert_notice(told["off"][place], turn, quotes=False)
        for mode in ("summary", "off"):
            assert told[mode][place].after[0].sent_at >= ended_at(play, turn)
    for mode in ("chunked", "summary", "off"):
        assert edits_of_text(world, chats[mode], since) == 0
    world.assert_clean()


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["many", "essay", "long"])
def test_when_chunks_come(tmp_path: Path, name: str) -> None:
    """A chunk comes at 30, 60, 90 s of the turn, or when it is full, or at the end."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chats = await _chats(world)
            since = world.clock.timestamp()
            play = world.kanban.play(name)
            await _over(play)
            (turn,) = played(play)
            (told,) = tellings(world, chats["chunked"], since)
            _assert_on_time(told, began_at(play, turn), ended_at(play, turn))

    run_virtual(run())


def _assert_on_time(told: Telling, began: float, ended: float) -> None:
    """No chunk came early, but one that was full; none was larger than is set."""
    for chunk in told.view:
        after = chunk.sent_at - began
        on_time = min(after % INTERVAL_S, INTERVAL_S - after % INTERVAL_S) <= CLOSE_S
        is_full = len(chunk.text) >= FULL_CHARS
        assert is_full or on_time or chunk.sent_at >= ended, (after, len(chunk.text))
        assert len(chunk.text) <= CHUNK_CHARS + HEAD_AND_FOOT_CHARS
    due = [INTERVAL_S * tick for tick in range(1, int((ended - began) // INTERVAL_S) + 1)]
    for moment in due:
        assert any(abs(chunk.sent_at - began - moment) <= CLOSE_S for chunk in told.view), moment
    assert told.view[-1].sent_at <= ended + LAST_S
