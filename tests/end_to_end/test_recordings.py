"""Recorded executions on their way into a private chat and a group, whole and in time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from math import ceil
from pathlib import Path
from statistics import median, quantiles

import pytest

from sandbox.kanban import Play, names
from tests.end_to_end.chains import (
    FREE_GROUP_CALLS,
    Timing,
    assert_chain,
    timings,
    wait_view_complete,
)
from tests.end_to_end.world import SLOWER, Chat, World

QUICK = ("basic", "failing", "tools", "scripts", "missing", "question")
QUICK_IN_A_GROUP = ("basic", "setupfails")
TOGETHER = (("basic", "tools", "subagent"), ("many", "scripts", "unicode"))

FIRST_LINK_S = 1.5 * SLOWER
END_LINE_S = {False: 2.5 * SLOWER, True: 4.0 * SLOWER}


async def test_six_recordings_privately(tmp_path: Path) -> None:
    """Six recordings, one after another, arrive whole in a private chat."""
    async with World(tmp_path) as world:
        chats = [await world.link_private()]
        measured = await _one_after_another(world, chats, QUICK)
        world.assert_clean()
    _assert_in_time(measured)


async def test_two_recordings_in_a_group_too(tmp_path: Path) -> None:
    """A group and a private chat show the same turns, each at its own pace."""
    async with World(tmp_path) as world:
        chats = [await world.link_private(), await world.link_group()]
        measured = await _one_after_another(world, chats, QUICK_IN_A_GROUP)
        world.assert_clean()
    _assert_in_time(measured)


@pytest.mark.slow
async def test_all_recordings_in_both_chats(tmp_path: Path) -> None:
    """Every recording arrives whole in both chats, from one bot, at the lanes' real pace."""
    async with World(tmp_path) as world:
        chats = [await world.link_private(), await world.link_group()]
        measured = await _one_after_another(world, chats, names())
        world.assert_clean()
    _assert_in_time(measured)


@pytest.mark.slow
@pytest.mark.parametrize("together", TOGETHER, ids="-".join)
async def test_three_turns_at_once(tmp_path: Path, together: Sequence[str]) -> None:
    """Three turns that run at the same time share a chat's lane and do not mix."""
    async with World(tmp_path) as world:
        chats = [await world.link_private(), await world.link_group()]
        plays = [world.kanban.play(name) for name in together]
        for play in plays:
            await _checked(world, chats, play)
        world.assert_clean()


async def _one_after_another(
    world: World, chats: Sequence[Chat], recordings: Iterable[str]
) -> list[Timing]:
    """Play recordings, each when the one before is complete everywhere; return what it took."""
    measured: list[Timing] = []
    for name in recordings:
        measured += await _checked(world, chats, world.kanban.play(name))
    _report(measured)
    return measured


async def _checked(world: World, chats: Sequence[Chat], play: Play) -> list[Timing]:
    """Wait until a play's views are complete in all chats, and check them."""
    await play.done
    found = await asyncio.gather(*(wait_view_complete(world, chat, play) for chat in chats))
    for chat in chats:
        assert_chain(world, chat, play)
    return [
        timing
        for chat, shown in zip(chats, found, strict=True)
        for timing in timings(world, chat, play, shown)
    ]


def _assert_in_time(measured: Sequence[Timing]) -> None:
    """95 of 100 views begin and end about as fast as promised; of fewer than 20, all."""
    free = [one for one in measured if not one.group or one.calls_before <= FREE_GROUP_CALLS]
    late = [one for one in free if one.first_link_s > FIRST_LINK_S]
    assert len(late) <= _may_be_late(free), late
    for group in {one.group for one in measured}:
        own = [one for one in measured if one.group is group]
        late = [one for one in own if one.end_line_s > END_LINE_S[group]]
        assert len(late) <= _may_be_late(own), late


def _may_be_late(views: Sequence[Timing]) -> int:
    """Return how many views may be late: one in twenty begun, none of fewer than twenty."""
    return ceil(len(views) / 20) if len(views) >= 20 else 0


def _p95(values: Sequence[float]) -> float:
    """Return the 95th percentile; of few values, the largest."""
    return max(values) if len(values) < 20 else quantiles(values, n=20, method="inclusive")[-1]


def _report(measured: Sequence[Timing]) -> None:
    """Write the numbers where E2E_REPORT says, or to the test's output."""
    lines = [
        f"{one.play:14} {'group' if one.group else 'private':8}"
        f" first link {one.first_link_s:5.2f} s   end line {one.end_line_s:5.2f} s"
        for one in measured
    ]
    for group in sorted({one.group for one in measured}):
        own = [one for one in measured if one.group is group]
        firsts, ends = [one.first_link_s for one in own], [one.end_line_s for one in own]
        lines.append(
            f"{'group' if group else 'private'}: {len(own)} views,"
            f" first link p50 {median(firsts):.2f} s p95 {_p95(firsts):.2f} s,"
            f" end line p50 {median(ends):.2f} s p95 {_p95(ends):.2f} s"
        )
    text = "\n".join(lines)
    if path := os.environ.get("E2E_REPORT"):
        with Path(path).open("a") as report:
            report.write(text + "\n")
    else:
        print(text)  # noqa: T201 - pytest keeps it for -rA
