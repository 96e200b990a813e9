"""Mute and modes of a running view."""

from __future__ import annotations

import asyncio

from bot.entries.events import Put, Reopened, Settled
from bot.entries.model import Answer, CommandRun, Thinking, Tool, ToolStatus
from bot.entries.story import DiffTotal
from tests.fakes.clock import settle
from tests.fakes.live import execution, linked
from tests.fakes.stores import MemoryViews
from tests.live.stage import COMPLETED, stage


class TestMute:
    async def test_mute_closes_the_socket_and_unmute_goes_on(self) -> None:
        """Muted: one edit, no socket; unmuted: everything missed, nothing twice."""
        async with stage() as s:
            await s.begin()
            s.say(0, "One")
            await s.clock.advance(1)
            await s.followers.mute(1, "w")
            await s.clock.advance(1)
            (view,) = s.chat()
            assert "🔇 Muted" in view.text
            assert view.labels == ["🔊 Unmute", "⏹ Stop"]
            assert s.backend.emits == {}
            assert s.followers.muted(1) == (("w", "Fix login"),)
            assert s.followers.active(1)[0].muted
            versions = view.versions
            await s.clock.advance(60)
            assert view.versions == versions

            await s.followers.unmute(1, "w")
            await settle()
            assert s.backend.opened == ["e1", "e1"]
            emit = s.backend.emits["e1"]
            for event in (Reopened(), Put(0, Answer("One")), Put(1, Answer("Two")), Settled()):
                emit(event)
            await s.clock.advance(2)
            assert view.text.count("One") == 1
            assert "Two" in view.text
            assert "Muted" not in view.text

    async def test_a_muted_turn_ends_with_one_edit_and_its_notice(self) -> None:
        """What was missed is not posted; the notice still comes."""
        async with stage() as s:
            await s.begin()
            await s.followers.mute(1, "w")
            await s.clock.advance(1)
            before = s.surface.calls
            await s.end()

            view, notice = s.chat()
            assert "✅ Done" in view.text
            assert view.labels == []
            assert notice.text.startswith("✅ Task completed")
            assert s.surface.calls == before + 2

    async def test_a_turn_that_begins_muted_posts_only_its_notice(self) -> None:
        """Mute is for the workspace, follow-ups included, and survives a restart."""
        store = MemoryViews(mutes={(1, "w")})
        async with stage(store=store) as s:
            await s.begin()
            await s.clock.advance(5)
            assert s.surface.sent == []
            assert s.backend.emits == {}
            assert s.followers.active(1)[0].muted
            await s.end()

            (notice,) = s.chat()
            assert notice.text.startswith("✅ Task completed")
            assert notice.reply_to is None


class TestModes:
    async def test_off_closes_the_view(self) -> None:
        """Switched off: "Streaming disabled", no buttons, no socket, then only the notice."""
        async with stage() as s:
            await s.begin()
            s.say(0, "One")
            await s.clock.advance(1)
            s.followers.chat_changed(linked(stream_mode="off"))
            await s.clock.advance(2)
            (view,) = s.chat()
            assert view.text.endswith("Streaming disabled")
            assert view.labels == []
            assert s.backend.emits == {}
            await s.end()

            view, notice = s.chat()
            assert view.text.endswith("Streaming disabled")
            assert "One" not in notice.text

    async def test_only_a_digest_waits_for_the_count_of_changes(self) -> None:
        """A backend that does not say what the workspace changed holds no end line up."""
        chats = linked(), linked(2, 8, stream_mode="summary")
        async with stage(*chats) as s:
            s.backend.counting = asyncio.Event()
            await s.begin()
            s.say(0, "One")
            await s.clock.advance(1)
            await s.end()
            assert "✅ Done" in s.chat()[0].text
            assert s.chat()[1].text.startswith("✅ Task completed")
            assert s.chat(8) == []

            s.backend.total = DiffTotal(4, 40, 7)
            s.backend.counting.set()
            await s.clock.advance(1)
            (digest,) = s.chat(8)
            assert "4 files +40 −7" in digest.text

    async def test_thoughts_that_are_switched_on_begin_with_what_is_new(self) -> None:
        """What was hidden above a sealed link is not posted below it."""
        async with stage(linked(show_thinking=False)) as s:
            await s.begin()
            s.backend.emits["e1"](Put(0, Thinking("An old thought.")))
            s.say(1, "word " * 1500)
            s.say(2, "Two.")
            await s.clock.advance(3)
            assert len(s.chat()) > 1
            s.followers.chat_changed(linked())
            s.backend.emits["e1"](Put(3, Thinking("A new thought.")))
            await s.clock.advance(3)
            told = "".join(sent.text for sent in s.chat())
            assert "An old thought." not in told
            assert "A new thought." in told

    async def test_the_log_is_read_once_for_the_notice(self) -> None:
        """A turn in mode off is not followed, but its notice has the facts."""
        async with stage(linked(stream_mode="off")) as s:
            await s.begin()
            await s.clock.advance(10)
            assert s.backend.opened == []
            s.followers.execution_changed(execution(status=COMPLETED))
            await s.clock.advance(1.5)
            assert s.backend.opened == ["e1"]
            s.backend.emits["e1"](Put(0, Tool(CommandRun("make"), ToolStatus.SUCCEEDED)))
            await s.end()

            (notice,) = s.chat()
            assert "⚡ 1 command" in notice.text

    async def test_a_log_that_never_comes_does_not_hold_the_notice(self) -> None:
        """After half a minute the notice comes without the facts."""
        async with stage(linked(stream_mode="off")) as s:
            await s.begin()
            s.followers.execution_changed(execution(status=COMPLETED))
            await s.clock.advance(40)

            assert len(s.chat()) == 1

    async def test_without_notifications_nothing_comes(self) -> None:
        """The master switch: no view, no notice, no socket."""
        async with stage(linked(notifications_enabled=False)) as s:
            await s.begin()
            await s.end()

            assert s.surface.sent == []
            assert s.backend.opened == []

    async def test_a_filter_that_excludes_a_running_turn_closes_its_view(self) -> None:
        """A chat that no longer wants the repository sees the view closed, and no notice."""
        async with stage() as s:
            await s.begin()
            s.followers.chat_changed(linked(repositories=["other"]))
            await s.clock.advance(1)
            assert s.followers.active(1) == ()
            await s.end()

            (view,) = s.chat()
            assert view.text.endswith("Streaming disabled")
