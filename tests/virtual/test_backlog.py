"""A chain that has fallen behind catches up in a few links, and says how much it left out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.kanban import Recording
from sandbox.telegram import Message
from tests.end_to_end.chains import wait_view_complete
from tests.end_to_end.world import Chat
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.timing import shown
from tests.virtual.world import VirtualWorld

SLOW = 12
SLOW_S = 3.0
"""The first and the last steps come slowly enough for any lane."""

BURST = Script("Much to say", length_s=240.0, entries=1600, pieces=1, words=110)
"""About a megabyte of log in four minutes, which is more than any chat can take."""

SILENCE_S = 20.0
QUIET_S = 60.0
ANSWER_S = 30.0
OUTAGE_S = 300.0
BURST_IS_OVER_S = 2 * OUTAGE_S
LINKS = 5
EARLIER = re.compile(r"^… (\d+) earlier entr(?:y|ies), /log$", re.MULTILINE)
STEP = re.compile(rf"{BURST.title}, step (\d+):")


def _recording() -> Recording:
    """A few steps, a burst within the outage, silence until it is over, and a few steps more."""
    frames = list(BURST.frames())
    pauses = dict.fromkeys((*range(SLOW), *range(len(frames) - SLOW, len(frames))), SLOW_S)
    pauses |= {SLOW: SILENCE_S, len(frames) - SLOW: BURST_IS_OVER_S}
    told = [(pauses.get(n, pause_s), frame) for n, (pause_s, frame) in enumerate(frames)]
    return Recording.of_frames(told, name="made", prompt=BURST.title)


def test_the_burst_is_a_megabyte() -> None:
    """What these tests say is as much as they claim."""
    assert sum(len(str(frame)) for _, frame in BURST.frames()) >= 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("group", [False, True], ids=["private", "group"])
def test_a_late_link(tmp_path: Path, group: bool) -> None:
    """A chat that links late gets the newest five links of what was said, and then the rest."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            play = world.kanban.play(_recording())
            await asyncio.sleep(OUTAGE_S)
            chat = await (world.link_group() if group else world.link_private())
            await _status_is_true(world, chat, streams=1)
            await asyncio.sleep(QUIET_S)
            assert len(shown(world, chat, play).links) <= LINKS
            await play.done
            (view,) = await wait_view_complete(world, chat, play, turn_count=1)
            _assert_told_but_for_one_gap(view.links)
            await _status_is_true(world, chat, streams=0)
            world.assert_clean()

    run_virtual(run())


@pytest.mark.slow
@pytest.mark.parametrize("group", [False, True], ids=["private", "group"])
def test_an_outage_of_five_minutes(tmp_path: Path, group: bool) -> None:
    """What was said while Telegram was away comes in at most five links; the status stays true."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await (world.link_group() if group else world.link_private())
            await asyncio.sleep(QUIET_S)
            play = world.kanban.play(_recording())
            await asyncio.sleep(SLOW * SLOW_S + SILENCE_S / 2)
            await _status_is_true(world, chat, streams=1)
            before = shown(world, chat, play).links
            async with world.without_telegram():
                await asyncio.sleep(OUTAGE_S)
            await _status_is_true(world, chat, streams=1)
            await asyncio.sleep(QUIET_S)
            assert len(shown(world, chat, play).links) - len(before) <= LINKS
            await play.done
            (view,) = await wait_view_complete(world, chat, play, turn_count=1)
            _assert_told_but_for_one_gap(view.links)
            await _status_is_true(world, chat, streams=0)
            world.assert_clean_but_for_probes()

    run_virtual(run())


def _steps(links: Sequence[Message]) -> list[int]:
    return [int(number) for link in links for number in STEP.findall(link.text)]


def _assert_told_but_for_one_gap(links: Sequence[Message]) -> None:
    """Every step is told once and in order, but for one gap, whose length is said where it is."""
    ((skipped, link),) = [(found, link) for link in links for found in EARLIER.finditer(link.text)]
    told = _steps(links)
    assert told == sorted(set(told))
    missing = sorted(set(range(BURST.entries)) - set(told))
    assert missing == list(range(missing[0], missing[0] + int(skipped[1])))
    assert int(STEP.findall(link.text[skipped.end() :])[0]) == missing[-1] + 1


async def _status_is_true(world: VirtualWorld, chat: Chat, *, streams: int) -> None:
    """Ask for the status and compare it with what is so."""
    asked = world.telegram.say(chat.id, chat.user, "/status")

    def answers() -> list[Message]:
        told = world.telegram.bot_messages(chat.id)
        return [m for m in told if m.message_id > asked.message_id and m.text.startswith("🔗")]

    (answer,) = await world.telegram.wait_for(answers, ANSWER_S)
    for line in (f"Active streams: {streams}", ": reachable", "Flood control: none"):
        assert line in answer.text, answer.text
    assert "⚠️" not in answer.text
