"""A bot that is killed: the same messages go on, and in the end everything is there once."""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.kanban import Play
from sandbox.telegram import Call
from sandbox.telegram.world import Change
from tests.end_to_end.chains import NOTICE, assert_chain, wait_view_complete
from tests.end_to_end.world import LATENCY_S, READY_S, WRITES, Chat, World

pytestmark = pytest.mark.slow

GOES_ON_S = 5.0
UNSETTLED_S = {False: 15.0, True: 60.0}
STEP_S = 60.0
ENDED = re.compile(r"^(✅ Done|❌ Failed|⏹ Stopped|⚠️ Interrupted)", re.MULTILINE)
LONG = "essay"
"""A recording whose view has more than one link."""
KILLS = 50
SEEDS = range(5)
BETWEEN_KILLS_S = (0.2, 5.0)


def _text(call: Call) -> str:
    return str(call.params.get("text", ""))


def _open(call: Call) -> bool:
    return "⏳ In progress" in _text(call)


STEPS: dict[str, Callable[[Call], bool]] = {
    "first send": lambda call: call.method == "sendMessage" and _text(call).startswith("🤖 Task:"),
    "edit": lambda call: call.method == "editMessageText" and _open(call) and "⚡" in _text(call),
    "roll-over edit": lambda call: (
        call.method == "editMessageText"
        and "reply_markup" not in call.params
        and not ENDED.search(_text(call))
    ),
    "roll-over send": lambda call: call.method == "sendMessage" and _text(call).startswith("↪ "),
    "final": lambda call: call.method == "editMessageText" and bool(ENDED.search(_text(call))),
    "notice": lambda call: call.method == "sendMessage" and bool(NOTICE.match(_text(call))),
}
"""What a view does, by the call that does it."""


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after the answer"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_around_each_kind_of_step(tmp_path: Path, step: str, answered: bool) -> None:
    """Killed when Telegram has applied a call, the bot goes on where it was."""
    async with World(tmp_path, max_gap_s=0.5) as world:
        chat = await world.link_private()
        play = world.kanban.play(LONG if "roll" in step else "many", speed=2)
        await _kill_at(world, chat, STEPS[step], after_s=LATENCY_S / 2 + 0.01 if answered else 0.0)
        settled = not _in_doubt(tmp_path)
        await world.restart_bot(kill=True)
        soon = settled and "roll" not in step  # a long log is read first
        limit_s = GOES_ON_S if soon else UNSETTLED_S[chat.group]
        await _goes_on(world, chat, play, limit_s)
        await _whole(world, chat, play)


@pytest.mark.parametrize("step", ["first send", "roll-over send", "notice"])
async def test_a_kill_before_the_answer_in_a_group(tmp_path: Path, step: str) -> None:
    """A send whose answer was never read is found again in a group, too."""
    async with World(tmp_path, max_gap_s=0.5) as world:
        chat = await world.link_group()
        play = world.kanban.play(LONG if "roll" in step else "many", speed=1)
        await _kill_at(world, chat, STEPS[step], after_s=0.0)
        await world.restart_bot(kill=True)
        await _goes_on(world, chat, play, UNSETTLED_S[chat.group])
        await _whole(world, chat, play)


@pytest.mark.parametrize("seed", SEEDS)
async def test_kills_at_random_moments(tmp_path: Path, seed: int) -> None:
    """However often it is killed, in whatever moment, everything arrives once and in order."""
    chance = random.Random(seed)
    kills = 0
    async with World(tmp_path, max_gap_s=0.8) as world:
        chat = await world.link_private()
        while kills < KILLS / len(SEEDS):
            play = world.kanban.play(chance.choice(("many", "tools", "followup", "unicode")))
            while not play.done.done() and kills < KILLS / len(SEEDS):
                pause_s = chance.uniform(*BETWEEN_KILLS_S)
                await asyncio.wait({play.done}, timeout=pause_s)
                await world.restart_bot(kill=True)
                kills += 1
            await play.done
            await _whole(world, chat, play)
        world.assert_clean_but_for_probes()


async def _kill_at(
    world: World, chat: Chat, step: Callable[[Call], bool], *, after_s: float
) -> None:
    """Kill the bot once a call of this kind was applied, so long after it."""
    loop, killed = asyncio.get_running_loop(), asyncio.Event()

    def kill() -> None:
        world.bot.kill_now()
        killed.set()

    def look(change: Change) -> None:
        if change.kind != "call" or struck:
            return
        call = world.telegram.calls[-1]
        if call.chat_id == chat.id and call.status == 200 and step(call):
            struck.append(call)
            if after_s:
                loop.call_later(after_s, kill)
            else:
                kill()

    struck: list[Call] = []
    stop = world.telegram.world.listen(look)
    try:
        async with asyncio.timeout(STEP_S):
            await killed.wait()
    finally:
        stop()


def _in_doubt(folder: Path) -> bool:
    """Whether the killed bot has left a send of which it did not store what came of it."""
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        return bool(database.execute("select 1 from intents").fetchone())


async def _goes_on(world: World, chat: Chat, play: Play, limit_s: float) -> None:
    """The chat is written to so soon after the bot was ready, unless all was there already."""
    await world.bot.wait_for_log(lambda line: "bot.ready" in line, READY_S)
    ready_at = world.telegram.world.clock()

    def wrote() -> bool:
        return any(
            call.chat_id == chat.id
            and call.method in WRITES
            and call.status == 200
            and call.at >= ready_at
            for call in world.telegram.calls
        )

    try:
        await world.telegram.wait_for(wrote, limit_s)
    except TimeoutError:
        # Nothing to write is fine only where nothing is missing.
        assert play.done.done()
        await wait_view_complete(world, chat, play)
        assert not wrote()


async def _whole(world: World, chat: Chat, play: Play) -> None:
    """A play arrives as if nobody had killed anything."""
    await play.done
    await wait_view_complete(world, chat, play)
    assert_chain(world, chat, play)
    assert world.telegram.flooded() == []
