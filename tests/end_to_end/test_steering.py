"""Stop, Mute and Unmute, by taps on a view."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.kanban import Play
from sandbox.kanban.instants import parse
from sandbox.kanban.server import steady_time
from sandbox.telegram import Message
from tests.end_to_end.chains import (
    NOTICE,
    View,
    assert_keyboards,
    assert_notice,
    assert_view,
    played,
    stood,
    views,
    wait_view_complete,
)
from tests.end_to_end.world import ANSWER_S, SLOWER, Chat, World, pass_time
from tests.units.compare import Fault, compare

STOP, MUTE, UNMUTE = "⏹ Stop", "🔇 Mute", "🔊 Unmute"
BEGUN_S = 10.0
STOPPED_S = 1.0 * SLOWER
SECOND_TURN_S = 30.0


async def test_a_second_tap_stops(tmp_path: Path) -> None:
    """The first tap on Stop asks, the second stops the execution, and the view says so."""
    async with World(tmp_path, max_gap_s=None) as world:
        chat = await world.link_private()
        play = world.kanban.play("queue")
        link = await _shown(world, chat, play, "sleep 45")

        answer = await world.tap(chat, link, STOP)
        assert "Tap again within 5 s to stop" in answer.text
        assert world.kanban.stops == []

        tapped_at = steady_time()
        await world.tap(chat, link, STOP)
        (view,) = await wait_view_complete(world, chat, play)
        (row,) = play.rows()
        assert row["status"] == "killed"
        assert world.kanban.stops == [row["id"]]
        assert parse(row["completed_at"]) - tapped_at <= STOPPED_S

        turn = await stood(world.kanban, play)
        assert turn.end == "⏹ Stopped"
        assert_view(view, turn)
        world.assert_clean()


@pytest.mark.slow
async def test_a_late_second_tap_asks_again(tmp_path: Path) -> None:
    """A second tap after more than 5 s is a first one."""
    async with World(tmp_path, max_gap_s=None) as world:
        chat = await world.link_private()
        play = world.kanban.play("queue")
        link = await _shown(world, chat, play, "sleep 45")
        await world.tap(chat, link, STOP)
        await pass_time(5.5)
        assert "Tap again" in (await world.tap(chat, link, STOP)).text
        assert world.kanban.stops == []


@pytest.mark.slow
async def test_a_muted_turn_ends_with_one_edit(tmp_path: Path) -> None:
    """Mute is one edit; then nothing is written until one edit sets the end line."""
    async with World(tmp_path, max_gap_s=0.4) as world:
        chat = await world.link_private()
        play = world.kanban.play("many")
        link = await _shown(world, chat, play, "Round 2")
        muted = await _mute(world, chat, play, link)
        assert muted.button_labels == [UNMUTE, STOP]
        muted_at = muted.versions[-1].at

        (view,) = await wait_view_complete(world, chat, play)
        written = [one for one in view.links for v in one.versions if v.at > muted_at]
        assert [one.message_id for one in written] == [muted.message_id]
        assert view.chrome.end == "✅ Done"
        assert "🔇 Muted" not in view.texts[-1]
        # What was shown may end within a word, since the mute came while it grew.
        faults = {one.fault for one in compare(played(play)[0].units, view.texts)}
        assert not faults & {Fault.DOUBLED, Fault.OUT_OF_ORDER}
        assert_keyboards(view)
        assert_notice(view, "✅ Done")
        world.assert_clean()


@pytest.mark.slow
async def test_unmute_catches_up(tmp_path: Path) -> None:
    """Unmute before the end shows what was missed, each entry once and in order."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("many")
        muted = await _mute(world, chat, play, await _shown(world, chat, play, "Round 2"))
        await pass_time(4.0)
        await world.tap(chat, muted, UNMUTE)
        (view,) = await wait_view_complete(world, chat, play)
        assert_view(view, played(play)[0])
        world.assert_clean()


@pytest.mark.slow
async def test_a_turn_that_begins_muted_posts_only_its_notice(tmp_path: Path) -> None:
    """Mute is for the workspace: the follow-up's turn posts nothing but its notice."""
    async with World(tmp_path, max_gap_s=2.0) as world:
        chat = await world.link_private()
        play = world.kanban.play("followup")
        muted = await _mute(world, chat, play, await _shown(world, chat, play, "login.py"))

        def notices() -> list[Message]:
            said = world.telegram.bot_messages(chat.id)
            return [one for one in said if NOTICE.match(one.text)]

        await play.done
        await world.telegram.wait_for(lambda: len(notices()) == 2, SECOND_TURN_S)
        (view,) = views(world, chat, play)
        assert [one.message_id for one in view.links] == [muted.message_id]
        said = world.telegram.bot_messages(chat.id)
        assert [one for one in said if one.message_id > muted.message_id] == notices()
        world.assert_clean()


@pytest.mark.slow
async def test_mute_survives_a_restart(tmp_path: Path) -> None:
    """A bot that starts again still writes nothing about a muted workspace until its end."""
    async with World(tmp_path, max_gap_s=0.5) as world:
        chat = await world.link_private()
        play = world.kanban.play("many")
        muted = await _mute(world, chat, play, await _shown(world, chat, play, "Round 2"))
        at = muted.versions[-1].at
        await world.restart_bot()
        (view,) = await wait_view_complete(world, chat, play)
        written = [v for one in view.links for v in one.versions if v.at > at]
        assert len(view.links) == 1
        assert len(written) == 1


async def _mute(world: World, chat: Chat, play: Play, link: Message) -> Message:
    """Tap Mute and return the newest link when it says so."""
    await world.tap(chat, link, MUTE)

    def muted() -> bool:
        return "🔇 Muted" in _newest(world, chat, play).text

    await world.telegram.wait_for(muted, ANSWER_S)
    return _newest(world, chat, play)


async def _shown(world: World, chat: Chat, play: Play, text: str) -> Message:
    """Return the newest link as soon as `text` is shown and it has buttons."""

    def found() -> list[View]:
        return [
            view
            for view in views(world, chat, play)
            if any(text in one for one in view.texts) and view.links[-1].reply_markup
        ]

    await world.telegram.wait_for(lambda: bool(found()), BEGUN_S)
    return found()[-1].links[-1]


def _newest(world: World, chat: Chat, play: Play) -> Message:
    return views(world, chat, play)[-1].links[-1]
