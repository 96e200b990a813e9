"""The measurements: each drives the real process through the sandbox and returns its figures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

from bench.speed import slowness
from sandbox.kanban import Play, Recording
from sandbox.kanban.server import steady_time
from tests.end_to_end.chains import (
    FREE_GROUP_CALLS,
    Timing,
    View,
    timings,
    views,
    wait_view_complete,
)
from tests.end_to_end.page import demo_page, first_view
from tests.end_to_end.process import BotProcess
from tests.end_to_end.world import Chat, World, until

RECORDINGS = ("basic", "tools", "failing", "scripts", "question", "approve") * 2
PARTS = 8
PART_EVERY_S = 3.0
ESSAY_SPEED = 4.0
MIB = 1024 * 1024
_COUNTS = re.compile(r"\brenders=(\d+).*\bwrites=(\d+)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number and the most it may be; `p50` where there were several."""

    name: str
    unit: str
    value: float
    limit: float
    p50: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.limit


async def begin_and_end(folder: Path) -> list[Figure]:
    """Measure first links and end lines of several turns in a private chat and a group."""
    measured: list[Timing] = []
    async with World(folder) as world:
        chats = [await world.link_private(), await world.link_group()]
        for name in RECORDINGS:
            play = world.kanban.play(name)
            await play.done
            for chat, shown in zip(chats, await _complete(world, chats, play), strict=True):
                measured += timings(world, chat, play, shown)
    figures = []
    for group, kind, end_s in ((False, "private", 2.5), (True, "group", 4.0)):
        own = [one for one in measured if one.group is group]
        free = [one for one in own if not group or one.calls_before <= FREE_GROUP_CALLS]
        figures.append(_spread(f"first link, {kind}", [one.first_link_s for one in free], 1.5))
        figures.append(_spread(f"end line, {kind}", [one.end_line_s for one in own], end_s))
    return figures


async def content_delay(folder: Path) -> list[Figure]:
    """Measure how long new content takes to show while the lane is free."""
    frames = [(PART_EVERY_S, _said(number)) for number in range(PARTS)]
    async with World(folder, max_gap_s=None) as world:
        chat = await world.link_private()
        play = world.kanban.play(Recording.of_frames(frames))
        said_at = await _observe(world, play)
        await wait_view_complete(world, chat, play, turn_count=1)
        (view,) = views(world, chat, play)
        delays = [_shown_at(view, number) - at for number, at in said_at.items()]
    return [_spread("content, private (interval 0.5 s)", delays, 1.0)]


async def long_answer(folder: Path) -> list[Figure]:
    """Measure what 18 MB of frames at four times their speed cost, beside a small turn."""
    async with World(folder, max_gap_s=None) as world:
        chats = [await world.link_private(), await world.link_group()]
        await _complete(world, chats, world.kanban.play("basic"))
        rss_after_basic = world.rss_bytes()
        cpu_before = world.cpu_seconds()
        play = world.kanban.play("essay", speed=ESSAY_SPEED)
        await _complete(world, chats, play)
        cpu_s = world.cpu_seconds() - cpu_before
        grown = world.rss_bytes() - rss_after_basic
        bot = world.bot
        await bot.stop()
    figures = [
        Figure("essay at 4x: processor time", "s", cpu_s / slowness(), 0.6),
        Figure("essay: memory above basic", "MiB", grown / MIB, 8.0),
    ]
    counts = [found for line in bot.log if (found := _COUNTS.search(line))]
    if counts:
        renders, writes = map(int, counts[-1].groups())
        limit = float(writes + 2 * len(chats))
        figures.append(Figure("render calls (limit: writes + 1 a view)", "", float(renders), limit))
    return figures


async def demo(_: Path) -> list[Figure]:
    """Measure how long the demo of an installed tree takes to its first view."""
    started_at = steady_time()
    process = await BotProcess.start({}, "demo", "--port", "0")
    try:
        await first_view(await demo_page(process))
        took_s = steady_time() - started_at
    finally:
        await process.stop()
    return [Figure("demo: first view", "s", took_s, 10.0)]


async def _complete(world: World, chats: Sequence[Chat], play: Play) -> list[list[View]]:
    """Wait until a play is complete in all chats."""
    await play.done
    return list(await asyncio.gather(*(wait_view_complete(world, chat, play) for chat in chats)))


async def _observe(world: World, play: Play) -> dict[int, float]:
    """Read a play's log beside the bot, and return when each part was said."""
    said_at: dict[int, float] = {}
    (execution_id,) = play.execution_ids.values()
    await until(lambda: bool(play.rows()), 5.0, "the execution begins")
    url = f"{world.kanban.url}/api/execution-processes/{execution_id}/normalized-logs/ws"
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as log:
        async for frame in log:
            for number in range(PARTS):
                if _part(number) in str(frame.data):
                    said_at.setdefault(number, steady_time())
    return said_at


def _shown_at(view: View, number: int) -> float:
    """Return when a part was first shown."""
    versions = (version for link in view.links for version in link.versions)
    return min(version.at for version in versions if _part(number) in version.text)


def _part(number: int) -> str:
    return f"Part {number}:"


def _said(number: int) -> dict[str, Any]:
    """A frame with one more answer."""
    words = f"{_part(number)} the last word may be held back."
    entry = {"entry_type": {"type": "assistant_message"}, "content": words}
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    return {"JsonPatch": [{"op": "add", "path": f"/entries/{number}", "value": value}]}


def _spread(name: str, values: Sequence[float], limit: float) -> Figure:
    """Return the 95th percentile of seconds, and their median."""
    p95 = max(values) if len(values) < 20 else quantiles(values, n=20, method="inclusive")[-1]
    return Figure(f"{name}, p95 of {len(values)}", "s", p95, limit, median(values))
