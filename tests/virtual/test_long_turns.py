"""Turns of many minutes: links that end cleanly, and one message that drops its oldest content."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.telegram import Message
from tests.end_to_end.chains import View, assert_keyboards, assert_view, wait_view_complete
from tests.units.turn import turns
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.tellings import tellings
from tests.virtual.timing import shown
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

MINUTE_S = 60.0
LONG = Script("Twenty-five minutes", 25 * MINUTE_S, entries=50, pieces=2, words=6)
"""Little enough to say that only age ends a link."""

FULL = Script("Too much", 6 * MINUTE_S, entries=120, pieces=2, words=12)
"""More than fits one message, at a pace that its lane can follow."""

FREE_S = 70.0
LOOK_S = 20.0
SEEN_S = 10.0
DROPPED = "…"
STEP = re.compile(r"step (\d+):")


def test_twenty_five_minutes(tmp_path: Path) -> None:
    """Three links: each begins after ten minutes, replies to the last, and its end is one edit."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await asyncio.sleep(FREE_S)
            recording = LONG.recording()
            play = world.kanban.play(recording)
            await play.done
            (view,) = await wait_view_complete(world, chat, play, turn_count=1)
            (turn,) = turns(recording)
            assert_view(view, turn)
            assert len(view.links) == 3
            _assert_closed_cleanly(view)
            world.assert_clean()

    run_virtual(run())


def _assert_closed_cleanly(view: View) -> None:
    """The edit that takes a link's buttons is its last, and takes the footer, too."""
    for link, following in zip(view.links, view.links[1:], strict=False):
        *earlier, last = link.versions
        assert all(version.markup for version in earlier)
        assert all("In progress" in version.text or n == 0 for n, version in enumerate(earlier))
        assert not last.markup
        assert "In progress" not in last.text
        assert last.at <= following.sent_at
        age_s = following.sent_at - link.sent_at
        assert 10 * MINUTE_S <= age_s <= 11 * MINUTE_S
        assert following.versions[0].markup


def test_one_message_that_drops(tmp_path: Path) -> None:
    """Always one message, the newest content in it, and `…` for what is gone."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, overflow="truncate")
            await asyncio.sleep(FREE_S)
            since = world.clock.timestamp()
            play = world.kanban.play(FULL.recording())
            newest = []
            for _ in range(int(FULL.length_s / LOOK_S) - 1):
                await asyncio.sleep(LOOK_S)
                (told,) = tellings(world, chat, since)
                (link,) = told.view
                newest.append(_steps([link])[-1])
            assert newest == sorted(newest)
            await play.done
            (view,) = await wait_view_complete(world, chat, play, turn_count=1)
            (link,) = view.links
            _assert_dropped(link)
            assert all(_is_run(version.text) for version in link.versions)
            assert view.chrome.end == "✅ Done"
            assert_keyboards(view)
            world.assert_clean()

    run_virtual(run())


def _assert_dropped(link: Message) -> None:
    body = link.text.partition("\n\n")[2]
    assert body.split("\n")[0] == DROPPED
    assert len(link.text) > 2500
    assert _steps([link])[-1] == FULL.entries - 1


def _is_run(text: str) -> bool:
    """Whether the steps that a text names follow one another without a gap."""
    steps = [int(number) for number in STEP.findall(text)]
    told = list(dict.fromkeys(steps))
    return told == list(range(told[0], told[-1] + 1)) if told else True


def _steps(links: Sequence[Message]) -> list[int]:
    return [int(number) for link in links for number in STEP.findall(link.text)]


@pytest.mark.parametrize(
    "changes", [("truncate", "chain"), ("chain", "truncate"), ("truncate", "chain", "truncate")]
)
def test_a_change_of_overflow(tmp_path: Path, changes: tuple[str, ...]) -> None:
    """What was shown is not shown again, whichever way the view overflows next."""

    async def run() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, overflow=changes[0])
            await asyncio.sleep(FREE_S)
            play = world.kanban.play(FULL.recording())
            for overflow in changes[1:]:
                await asyncio.sleep(FULL.length_s / len(changes))
                await world.change_settings(chat, overflow=overflow)
                await asyncio.sleep(SEEN_S)
                _assert_once(shown(world, chat, play).links)
            await play.done
            (view,) = await wait_view_complete(world, chat, play, turn_count=1)
            _assert_once(view.links)
            assert _steps(view.links)[-1] == FULL.entries - 1
            assert_keyboards(view)
            world.assert_clean()

    run_virtual(run())


def _assert_once(links: Sequence[Message]) -> None:
    """Steps come in order; none is told twice."""
    steps = _steps(links)
    assert steps == sorted(set(steps)), steps
