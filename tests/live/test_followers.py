"""Followers: turns, who may see them, and what people ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.entries.events import Put, Settled
from bot.entries.model import Answer, CommandRun, Script, ScriptKind, Tool, ToolStatus
from bot.entries.story import ExecutionKind
from bot.i18n import sentence
from tests.fakes.clock import settle
from tests.fakes.live import START, execution, linked
from tests.fakes.stores import MemoryViews
from tests.live.stage import COMPLETED, KILLED, stage


class TestTurns:
    async def test_setup_agent_and_cleanup_are_one_view(self) -> None:
        """Scripts are lines of the agent's view."""
        async with stage() as s:
            setup = execution("s1", ExecutionKind.SETUP, script=ScriptKind.SETUP)
            await s.begin(setup)
            assert "🔧 Setup script…" in s.chat()[0].text
            assert "Task started" not in s.chat()[0].text
            done = START + timedelta(seconds=2)
            s.backend.emits["s1"](Put(0, Script(ScriptKind.SETUP, ToolStatus.SUCCEEDED, 0, 2.0)))
            s.followers.execution_changed(
                replace(setup, status=COMPLETED, completed_at=done, exit_code=0)
            )
            s.backend.finish("s1")
            await s.clock.advance(0.2)
            s.followers.execution_changed(execution(started_at=done))
            await s.clock.advance(1)
            s.say(0, "Hello")
            await s.clock.advance(1)
            await s.end(started_at=done)

            view, _ = s.chat()
            assert view.text.index("🔧 Setup script ✓ 2 s") < view.text.index("💬 Hello")
            assert "✅ Done" in view.text

    async def test_a_dev_server_is_not_followed(self) -> None:
        """A dev server opens no view and no socket."""
        async with stage() as s:
            await s.begin(execution("d", ExecutionKind.ASIDE))

            assert s.surface.sent == []
            assert s.backend.opened == []

    async def test_a_follow_up_ends_the_wait(self) -> None:
        """The start of the next agent ends the turn before it at once."""
        async with stage() as s:
            await s.begin()
            s.backend.finish("e1")
            ended = START + timedelta(seconds=5)
            s.followers.execution_changed(execution(status=COMPLETED, completed_at=ended))
            s.followers.execution_changed(execution("e2", started_at=ended))
            await s.clock.advance(0.1)

            texts = [sent.text for sent in s.chat()]
            assert any("✅ Done" in text for text in texts)
            assert any("Task started" in text for text in texts)

    async def test_an_older_agent_ends_no_wait(self) -> None:
        """Of two agents at once the first one's end does not hurry the second one's turn."""
        async with stage() as s:
            await s.begin()
            second = execution("e2", started_at=START + timedelta(seconds=5))
            s.followers.execution_changed(second)
            await settle()
            s.backend.finish("e1")
            end = START + timedelta(seconds=8)
            s.followers.execution_changed(execution(status=COMPLETED, completed_at=end))
            s.backend.finish("e2")
            s.followers.execution_changed(replace(second, status=COMPLETED, completed_at=end))
            await s.clock.advance(0.5)
            cleanup = execution("c2", ExecutionKind.CLEANUP, script=ScriptKind.CLEANUP)
            s.followers.execution_changed(replace(cleanup, started_at=end))
            await s.clock.advance(2)

            assert sum("🔧 Cleanup script" in sent.text for sent in s.chat()) == 1

    async def test_a_removed_row_is_a_reset(self) -> None:
        """A turn whose row is gone says so and sends no notice."""
        async with stage() as s:
            await s.begin()
            s.backend.finish("e1")
            s.followers.execution_changed(execution(status=COMPLETED))
            s.followers.execution_removed("e1")
            s.followers.execution_removed("unknown")
            await s.clock.advance(3)

            (view,) = s.chat()
            assert "↩ Reset" in view.text

    async def test_a_running_row_that_vanishes_ends_its_turn(self) -> None:
        """A turn that is thrown away while it runs does not stay in progress for ever."""
        async with stage() as s:
            await s.begin()
            s.followers.execution_removed("e1")
            await s.clock.advance(5)

            (view,) = s.chat()
            assert "↩ Reset" in view.text
            assert s.followers.active(1) == ()

    async def test_tools_that_still_run_are_cancelled_at_the_end(self) -> None:
        """When the log never says how a command ended, the view says it was cancelled."""
        async with stage() as s:
            await s.begin()
            s.backend.emits["e1"](Put(0, Tool(CommandRun("make"), ToolStatus.RUNNING)))
            await s.clock.advance(1)
            s.followers.execution_changed(execution(status=KILLED))
            await s.clock.advance(4)

            assert "⏹ Cancelled" in s.chat()[0].text
            assert "⏹ Stopped" in s.chat()[0].text

    async def test_a_connection_lost_is_said_and_unsaid(self) -> None:
        """After 30 s without the backend the last line says so, and no longer when it is back."""
        async with stage() as s:
            await s.begin()
            s.followers.connection_changed("", False, sentence("away"))
            s.followers.connection_changed("", False, sentence("still away"))
            await s.clock.advance(29)
            assert "connection lost" not in s.chat()[0].text
            await s.clock.advance(3)
            assert "connection lost, retrying" in s.chat()[0].text
            s.followers.connection_changed("", True, None)
            await s.clock.advance(2)

            assert "connection lost" not in s.chat()[0].text

    async def test_a_short_absence_is_not_said(self) -> None:
        """A backend that is back within 30 s is not mentioned."""
        async with stage() as s:
            await s.begin()
            s.followers.connection_changed("", False, sentence("away"))
            await s.clock.advance(20)
            s.followers.connection_changed("", True, None)
            await s.clock.advance(30)

            assert s.chat()[0].versions == 1


class TestLinking:
    async def test_a_late_link_sees_what_runs(self) -> None:
        """A chat that is linked while a turn runs gets its view at once."""
        async with stage(linked(1, 7)) as s:
            await s.begin()
            s.say(0, "Hello")
            s.followers.chat_linked(linked(2, 8))
            await s.clock.advance(1)

            assert "Hello" in s.chat(8)[0].text

    async def test_unlinked_is_silent(self) -> None:
        """After an unlink nothing is written there again, and the others go on."""
        async with stage(linked(1, 7), linked(2, 8)) as s:
            await s.begin()
            await s.followers.mute(1, "w")
            await s.followers.chat_unlinked(1)
            calls = len(s.chat(7))
            versions = s.chat(7)[0].versions
            s.say(0, "Hello")
            await s.end()

            assert (len(s.chat(7)), s.chat(7)[0].versions) == (calls, versions)
            assert "Hello" in s.chat(8)[0].text
            assert s.followers.muted(1) == ()

    async def test_the_last_chat_gone_closes_the_socket(self) -> None:
        """Without any chat nothing is read."""
        async with stage() as s:
            await s.begin()
            await s.followers.chat_unlinked(1)
            await s.clock.advance(2)

            assert s.backend.emits == {}


class TestStop:
    async def test_it_stops_every_running_execution(self) -> None:
        """Stop ends what runs of the turn, and what still follows within a second."""
        async with stage() as s:
            await s.begin()
            assert await s.followers.stop(1) is None
            assert s.backend.stopped == ["e1"]
            cleanup = execution("c1", ExecutionKind.CLEANUP, script=ScriptKind.CLEANUP)
            s.followers.execution_changed(replace(cleanup, started_at=START + timedelta(seconds=1)))
            await settle()

            assert s.backend.stopped == ["e1", "c1"]

    async def test_a_refusal_is_told(self) -> None:
        """Why a stop did not work is one sentence."""
        async with stage() as s:
            await s.begin()
            s.backend.refusal = sentence("vibe-kanban is not reachable.")
            assert await s.followers.stop(1) == s.backend.refusal
            cleanup = execution("c1", ExecutionKind.CLEANUP, script=ScriptKind.CLEANUP)
            s.followers.execution_changed(replace(cleanup, started_at=START + timedelta(seconds=1)))
            await settle()

            assert s.backend.stopped == []

    async def test_what_is_over_cannot_be_stopped(self) -> None:
        """A turn that ended, or that nobody knows, says that it is over."""
        async with stage() as s:
            await s.begin()
            await s.end()

            assert await s.followers.stop(1) == sentence("This turn is over.")
            assert await s.followers.stop(99) == sentence("This turn is over.")


class TestQuestions:
    async def test_what_a_chat_may_know(self) -> None:
        """Active turns, a turn by its view and by its messages, the latest, the story."""
        async with stage() as s:
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(1)
            (active,) = s.followers.active(1)
            assert (active.title, active.agent, active.branch) == ("Fix login", "codex", "vk/1a2b")
            assert active.running
            assert active.newest_message_id == 100
            assert s.followers.turn(active.view_id) == active
            assert s.followers.turn_of_message(1, 100) == active
            assert s.followers.turn_of_message(1, 5) is None
            assert s.followers.turn(77) is None
            assert s.followers.active(2) == ()
            await s.end()

            latest = s.followers.latest(1)
            assert latest is not None
            assert not latest.running
            assert latest.messages_sent == 2
            assert s.followers.turn_of_message(1, 101) == latest
            told = await s.followers.story(active.view_id)
            assert told is not None
            assert told.entries[0].content == Answer("Hello")
            assert await s.followers.story(77) is None

    async def test_the_story_of_an_unread_turn_is_read_now(self) -> None:
        """Whoever asks for the log of a muted turn gets it, and the socket closes again."""
        store = MemoryViews(mutes={(1, "w")})
        async with stage(store=store) as s:
            await s.begin()
            asked = asyncio.ensure_future(s.followers.story(1))
            await settle()
            s.say(0, "Hello")
            s.backend.emits["e1"](Settled())
            await settle()
            told = await asked

            assert told is not None
            assert told.entries[0].content == Answer("Hello")
            assert s.backend.emits == {}

    async def test_backends_and_repositories(self) -> None:
        """Health is known without asking; a backend that is away has no repositories."""
        async with stage() as s:
            assert s.followers.backends()[0].version == "0.1.44"
            assert await s.followers.repositories() == (("r1", "shop"),)
            s.backend.refusal = sentence("away")
            assert await s.followers.repositories() == ()
