"""What changes while something else does: passing wishes, late repositories, slow stops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.entries.story import ExecutionKind
from bot.live.doubts import Doubts
from bot.live.ports import Delivered
from bot.live.probe import Guess, Search
from bot.live.reconcile import SendNotice
from bot.live.seen import Seen
from bot.live.stores import Intent
from bot.rendering.page import Message
from bot.rendering.rich_text import plain
from bot.rendering.transcript import Cover
from tests.fakes.clock import settle
from tests.fakes.live import START, WORKSPACE, execution, linked
from tests.live.stage import KILLED, stage

OTHER = replace(WORKSPACE, id="w2", name="Other")


class TestSockets:
    """A log is read only for a chat that shows it."""

    async def test_unmuting_without_a_slot_opens_no_log(self) -> None:
        """A view that is unmuted and has to wait reads nothing."""
        async with stage(linked(max_live_views=1)) as s:
            s.followers.workspace_changed(WORKSPACE)
            s.followers.workspace_changed(OTHER)
            await s.begin()
            await s.followers.mute(1, "w2")
            s.followers.execution_changed(execution("e2", session_id="s2", workspace_id="w2"))
            await s.clock.advance(2)
            await s.followers.unmute(1, "w2")
            await s.clock.advance(5)
            assert list(s.backend.emits) == ["e1"]

    async def test_a_mode_that_streams_opens_no_log_without_a_slot(self) -> None:
        """From off to realtime only the turn with a slot is read."""
        async with stage(linked(max_live_views=1, stream_mode="off")) as s:
            s.followers.workspace_changed(WORKSPACE)
            s.followers.workspace_changed(OTHER)
            await s.begin()
            s.followers.execution_changed(execution("e2", session_id="s2", workspace_id="w2"))
            await s.clock.advance(2)
            s.followers.chat_changed(linked(max_live_views=1))
            await s.clock.advance(5)
            assert list(s.backend.emits) == ["e1"]


class TestRepositories:
    """A chat sees the turns of its repositories, whenever these are told."""

    async def test_a_workspace_that_is_told_late(self) -> None:
        """A turn whose repository is chosen goes on when its workspace is told after the choice."""
        async with stage() as s:
            s.followers.execution_changed(execution())
            await s.clock.advance(1)
            s.followers.chat_changed(linked(repositories=["r1"]))
            await s.clock.advance(1)
            s.followers.workspace_changed(WORKSPACE)
            await settle()
            s.say(0, "Hello")
            await s.clock.advance(5)
            assert "Hello" in s.chat()[0].text
            assert len(s.followers.active(1)) == 1


async def test_a_slow_stop_stops_what_follows() -> None:
    """What begins right after a stop that took its time is stopped, too."""
    async with stage() as s:
        await s.begin()

        async def slow(execution_id: str) -> None:
            stopped.append(execution_id)
            if execution_id == "e1":
                await s.clock.sleep(3)
                ended = START + timedelta(seconds=5)
                s.followers.execution_changed(execution(status=KILLED, completed_at=ended))

        stopped: list[str] = []
        s.backend.stop = slow  # type: ignore[method-assign]  # the fake's own is at once
        stopping = asyncio.ensure_future(s.followers.stop(1))
        await settle()
        await s.clock.advance(3.2)
        began = START + timedelta(seconds=5)
        s.followers.execution_changed(execution("c1", ExecutionKind.CLEANUP, started_at=began))
        await s.clock.advance(2)
        await stopping
        assert stopped == ["e1", "c1"]


class _Record:
    async def settle(
        self,
        intent: int | None,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None,
    ) -> None:
        """Take it."""


async def test_a_message_that_was_found_is_known() -> None:
    """Its id is no guess for another send that was lost, even if the edit changed nothing."""
    seen = Seen({0: 10})
    unsettled = [Intent(1, "notice", 0, 10, ())]
    search = Search(1, _Record(), seen, Doubts(), unsettled)  # type: ignore[arg-type]  # settles only
    guess = Guess(SendNotice(Message(plain("Done")), None, 0), 11)
    assert await search.judge(7, guess, Delivered(11, changed=False))
    assert 11 not in seen.unheard(7, 10, 5)
