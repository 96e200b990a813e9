"""Each change from one mode to another in the middle of a turn, against the table of modes."""

from __future__ import annotations

import asyncio
from itertools import permutations
from pathlib import Path

import pytest

from sandbox.kanban import Play
from tests.end_to_end.chains import assert_keyboards, assert_replies, played
from tests.end_to_end.world import Chat
from tests.units.compare import compare
from tests.virtual.loop import run_virtual
from tests.virtual.tellings import (
    Telling,
    assert_digest,
    assert_notice,
    content_problems,
    open_logs,
    tellings,
)
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

VIEWS = ("realtime", "chunked")
MODES = (*VIEWS, "summary", "off")
SWITCH_S = 16.0
CHUNK_S = 5
FREE_S = 70.0
CLOSED_S = 2.0
CATCHES_UP_S = 7.0
LINE_S = 3.0
SETTLED_S = 60.0
DISABLED = "Streaming disabled"


async def _changed(folder: Path, old: str, new: str) -> None:
    """Play `many`, change the mode in its middle, and judge what the chat was told."""
    async with VirtualWorld(folder) as world:
        chat = await world.link_private()
        await world.change_settings(chat, stream_mode=old, chunk_interval_s=CHUNK_S)
        await asyncio.sleep(FREE_S)
        since = world.clock.timestamp()
        play = world.kanban.play("many")
        await asyncio.sleep(SWITCH_S)
        assert open_logs(world) == (1 if old in VIEWS else 0)
        before = _now(world, chat, since)
        await world.change_settings(chat, stream_mode=new)
        await asyncio.sleep(CLOSED_S)
        assert open_logs(world) == (1 if new in VIEWS else 0)
        await asyncio.sleep(CATCHES_UP_S - CLOSED_S)
        middle = _now(world, chat, since)
        await play.done
        await asyncio.sleep(SETTLED_S)
        (told,) = tellings(world, chat, since)
        _judge(old, new, before, middle, told, play)
        world.assert_clean()


def _now(world: VirtualWorld, chat: Chat, since: float) -> list[str]:
    return [one.text for told in tellings(world, chat, since) for one in told.messages]


def _judge(
    old: str, new: str, before: list[str], middle: list[str], told: Telling, play: Play
) -> None:
    (turn,) = played(play)
    if new in VIEWS:
        _assert_whole(told, play, old=old, new=new, before=len(before))
        assert_notice(told, turn, quotes=True)
        assert len(middle) > (len(before) if old in VIEWS else 0)
        return
    if old in VIEWS:
        _assert_disabled(told, before, middle, chunked=old == "chunked")
    else:
        assert before == middle == []
    if new == "summary":
        assert_digest(told, turn)
    else:
        assert_notice(told, turn, quotes=False)


def _assert_whole(told: Telling, play: Play, *, old: str, new: str, before: int) -> None:
    """Every unit came once and in order, and what was sealed stayed as it was."""
    (turn,) = played(play)
    problems = content_problems(turn.units, told.view)
    assert problems == [], "\n".join([*map(str, problems), *(one.text for one in told.view)])
    assert_replies(told.chain)
    assert_keyboards(told.chain)
    chunks = told.view[:before] if (old, new) == ("chunked", "realtime") else ()
    if new == "chunked":
        chunks = told.view[before:]
    for chunk in chunks:
        assert {version.text for version in chunk.versions} == {chunk.text}
    if new == "realtime":
        assert told.chrome.end == turn.end
    if (old, new) == ("chunked", "realtime"):
        assert told.view[before].text.startswith("↪ ")
    if old not in VIEWS and new == "realtime":
        assert compare(turn.units, [one.text for one in told.view]) == []


def _assert_disabled(told: Telling, before: list[str], middle: list[str], *, chunked: bool) -> None:
    """The view says so once, where its form wants it, and nothing was said after it."""
    said = [one for one in told.view if DISABLED in one.text]
    assert said == [told.view[-1]]
    last = told.view[-1]
    assert DISABLED in last.text.split("\n")[-1]
    assert (last.text.count("\n") == 0) is chunked
    assert len(told.view) == len(before) + chunked
    assert middle == [one.text for one in told.view]
    assert "In progress" not in last.text
    assert [one.button_labels for one in told.view if one.reply_markup] == []
    assert_replies(told.chain)
    assert_keyboards(told.chain)
    assert last.silent


@pytest.mark.parametrize(("old", "new"), list(permutations(MODES, 2)))
def test_a_change_of_mode(tmp_path: Path, old: str, new: str) -> None:
    """What comes of the view and the rest of the turn is what the table says, and nothing else."""
    run_virtual(_changed(tmp_path, old, new))
