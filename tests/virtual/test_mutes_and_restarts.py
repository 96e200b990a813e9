"""Mute, Unmute and restarts in the middle of what a mode shows: nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.kanban import Play
from sandbox.telegram import Message
from tests.end_to_end.chains import assert_keyboards, played
from tests.end_to_end.world import Chat, until
from tests.virtual.loop import run_virtual
from tests.virtual.tellings import (
    Telling,
    assert_chunks,
    assert_digest,
    assert_notice,
    content_problems,
    open_logs,
    tellings,
)
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

FREE_S = 70.0
MIDDLE_S = 13.0
STEP_S = 3.0
MUTED_S = 6.0
PATIENCE_S = 120.0
SETTLED_S = 60.0
MUTE, UNMUTE = "🔇 Mute", "🔊 Unmute"
MUTED = "🔇 Muted"
REMARKS = (MUTED, "🔊 ")


async def _linked(world: VirtualWorld, mode: str) -> tuple[Chat, float]:
    """Link a chat with short intervals; returns also when its lane is free."""
    chat = await world.link_private()
    await world.change_settings(chat, stream_mode=mode, chunk_interval_s=5)
    await asyncio.sleep(FREE_S)
    return chat, world.clock.timestamp()


async def _over(play: Play) -> None:
    await play.done
    await asyncio.sleep(SETTLED_S)


def _newest(world: VirtualWorld, chat: Chat) -> Message:
    return world.telegram.bot_messages(chat.id)[-1]


async def _tap(world: VirtualWorld, chat: Chat, label: str) -> None:
    """Tap a button of the newest message, and let what follows be written."""
    await world.tap(chat, _newest(world, chat), label)
    await asyncio.sleep(STEP_S)


def _without_remarks(messages: Sequence[Message]) -> list[Message]:
    return [one for one in messages if not one.text.startswith(REMARKS)]


def _states(world: VirtualWorld, chat: Chat, since: float) -> list[int]:
    (told,) = tellings(world, chat, since)
    return [len(message.versions) for message in told.messages]


@pytest.mark.parametrize("mode", ["realtime", "chunked"])
def test_mute_and_unmute(tmp_path: Path, mode: str) -> None:
    """A muted view says so, is written no more, and goes on with what it missed."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat, since = await _linked(world, mode)
            play = world.kanban.play("many")
            await asyncio.sleep(MIDDLE_S)
            before = len(tellings(world, chat, since)[0].view)
            await _tap(world, chat, MUTE)
            _assert_muted(tellings(world, chat, since)[0], before, chunked=mode == "chunked")
            assert open_logs(world) == 0
            states = _states(world, chat, since)
            await asyncio.sleep(MUTED_S)
            assert _states(world, chat, since) == states
            await _tap(world, chat, UNMUTE)
            assert open_logs(world) == 1
            await _over(play)
            (told,), (turn,) = tellings(world, chat, since), played(play)
            problems = content_problems(turn.units, _without_remarks(told.view))
            assert problems == [], "\n".join(map(str, problems))
            assert_keyboards(told.chain)
            assert_notice(told, turn, quotes=True)
            world.assert_clean()

    run_virtual(run())


def _assert_muted(told: Telling, before: int, *, chunked: bool) -> None:
    """The newest message says so and alone has buttons; in chunks it is a short one."""
    newest = told.view[-1]
    assert newest.text.split("\n")[-1] == MUTED
    assert newest.button_labels[:2] == [UNMUTE, "⏹ Stop"]
    assert [one for one in told.view[:-1] if one.reply_markup] == []
    assert len(told.view) == before + chunked
    assert (newest.text == MUTED) is chunked
    assert newest.silent


@pytest.mark.parametrize("mode", ["realtime", "chunked"])
def test_muted_to_the_end_and_beyond(tmp_path: Path, mode: str) -> None:
    """One edit ends a muted view; the next turn of its workspace says nothing but its notice."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat, since = await _linked(world, mode)
            play = world.kanban.play("many")
            await asyncio.sleep(MIDDLE_S)
            await _tap(world, chat, MUTE)
            states = _states(world, chat, since)
            await _over(play)
            follow_up = world.kanban.play("basic", session_id=play.session_id)
            await _over(follow_up)
            first, second = tellings(world, chat, since)
            (turn,), (later,) = played(play), played(follow_up)
            assert [len(one.versions) for one in first.view] == [*states[:-1], states[-1] + 1]
            assert first.chrome.end == turn.end
            assert [one for one in first.view if one.reply_markup] == []
            assert second.view == ()
            assert_notice(first, turn, quotes=True)
            assert_notice(second, later, quotes=True)
            world.assert_clean()

    run_virtual(run())


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("after_s", [7.0, 10.2, 13.0, 20.05])
def test_a_restart_between_chunks(tmp_path: Path, kill: bool, after_s: float) -> None:
    """What was sent is not sent again, and the buttons find their way."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat, since = await _linked(world, "chunked")
            play = world.kanban.play("many")
            await asyncio.sleep(after_s)
            await world.restart_bot(kill=kill)
            await _over(play)
            (told,), (turn,) = tellings(world, chat, since), played(play)
            assert_chunks(told, turn)
            assert_notice(told, turn, quotes=True)

    run_virtual(run())


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_a_restart_within_a_digest(tmp_path: Path, kill: bool, parts: int) -> None:
    """The parts that were sent are not sent again; the others follow, without a sound."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat, since = await _linked(world, "summary")
            await world.change_settings(chat, stream_max_message_length=1500)
            play = world.kanban.play("long")

            def told_so_far() -> bool:
                return sum(len(told.after) for told in tellings(world, chat, since)) >= parts

            await until(told_so_far, PATIENCE_S, f"{parts} parts of the digest")
            await world.restart_bot(kill=kill)
            await _over(play)
            (told,), (turn,) = tellings(world, chat, since), played(play)
            assert len(told.after) > parts
            assert_digest(told, turn)
            assert told.view == ()

    run_virtual(run())
