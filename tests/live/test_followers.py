"""Followers, turns and views together, on a fake chat, a fake backend and injected time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.entries.events import Finished, Put, Reopened, Settled
from bot.entries.model import Answer, CommandRun, Script, ScriptKind, Tool, ToolStatus
from bot.entries.story import Execution, ExecutionKind, ExecutionStatus
from bot.i18n import sentence
from bot.live.followers import Followers
from bot.live.ports import (
    ChatGone,
    ChatMoved,
    Gauges,
    LinkedChat,
    MessageGone,
    NoRights,
    NotSent,
    Refused,
    Resting,
    Urgency,
)
from bot.live.tasks import Tasks
from bot.live.view import Wiring
from tests.fakes.clock import FakeClock, settle
from tests.fakes.live import (
    START,
    WORKSPACE,
    FakeBackend,
    FakeSurface,
    MemoryViews,
    OpenLanes,
    Sent,
    english,
    execution,
    linked,
)

COMPLETED, FAILED, KILLED = (
    ExecutionStatus.COMPLETED,
    ExecutionStatus.FAILED,
    ExecutionStatus.KILLED,
)


@dataclass
class Stage:
    """A running bot without Telegram and without a backend."""

    followers: Followers
    backend: FakeBackend
    surface: FakeSurface
    lanes: OpenLanes
    store: MemoryViews
    clock: FakeClock
    gauges: Gauges
    tasks: Tasks
    gone: list[tuple[int, str]]

    def say(self, position: int, text: str, execution_id: str = "e1") -> None:
        """Let the agent say something."""
        self.backend.emits[execution_id](Put(position, Answer(text)))

    async def begin(self, row: Execution | None = None) -> None:
        """Let a turn begin."""
        self.followers.workspace_changed(WORKSPACE)
        self.followers.execution_changed(row or execution())
        await settle()

    async def end(self, **changes: Any) -> None:
        """Let the agent end, and the turn be over."""
        if "e1" in self.backend.emits:
            self.backend.emits["e1"](Finished())
        self.backend.finish("e1")
        ended = START + timedelta(seconds=12)
        row = execution(status=COMPLETED, completed_at=ended, **changes)
        self.followers.execution_changed(row)
        await self.clock.advance(3)

    def chat(self, chat_id: int = 7) -> list[Sent]:
        """What a chat has."""
        return [sent for sent in self.surface.sent if sent.chat_id == chat_id]


@asynccontextmanager
async def stage(*chats: LinkedChat, store: MemoryViews | None = None) -> AsyncIterator[Stage]:
    clock, surface, lanes, gauges = FakeClock(), FakeSurface(), OpenLanes(), Gauges()
    store = store or MemoryViews()
    gone: list[tuple[int, str]] = []
    wiring = Wiring(
        surface,
        lanes,
        store,
        clock,
        gauges,
        english,
        lambda chat, why: gone.append((chat.id, why)),
    )
    backend, tasks = FakeBackend(), Tasks(clock)
    followers = Followers({"": backend}, wiring, store, tasks)
    async with tasks:
        await followers.start(chats or (linked(),))
        await settle()
        yield Stage(followers, backend, surface, lanes, store, clock, gauges, tasks, gone)
        tasks.cancel_all()


class TestALiveView:
    async def test_it_grows_and_ends(self) -> None:
        """Start, content in its place, end line without buttons, one notice as a reply."""
        async with stage() as s:
            await s.begin()
            (view,) = s.chat()
            assert "🚀 Task started…" in view.text
            assert "🤖 Task: Fix login" in view.text
            s.say(0, "Hello")
            await s.clock.advance(1)
            assert "💬 Hello" in view.text
            assert view.labels == ["🔇 Mute", "⏹ Stop"]
            await s.end()

            view, notice = s.chat()
            assert "✅ Done · 12 s" in view.text
            assert view.labels == []
            assert notice.reply_to == view.message_id
            assert notice.text.startswith("✅ Task completed")
            assert not notice.message.silent
            assert s.store.ended == {1: "done"}
            assert s.store.intents == {}
            assert s.followers.active(1) == ()

    async def test_writes_keep_the_interval(self) -> None:
        """However fast an agent speaks, a view writes once per interval, with the newest state."""
        async with stage(linked(stream_flush_interval_ms=2000)) as s:
            await s.begin()
            for n in range(40):
                s.say(0, "word " * n)
                await s.clock.advance(0.1)

            assert s.chat()[0].versions <= 3
            await s.clock.advance(2)
            assert s.chat()[0].text.count("word") == 39

    async def test_it_renders_once_per_write(self) -> None:
        """A burst of changes while the lane is closed costs one rendering."""
        async with stage() as s:
            await s.begin()
            s.lanes.open.clear()
            for n in range(500):
                s.say(0, "word " * n)
            await s.clock.advance(5)
            s.lanes.open.set()
            await s.clock.advance(5)

            assert s.gauges.renders <= s.gauges.writes + 1

    async def test_noise_is_not_rendered(self) -> None:
        """A row that repeats itself and a name that stays the same wake nobody."""
        async with stage() as s:
            await s.begin()
            renders = s.gauges.renders
            s.followers.execution_changed(execution())
            s.followers.workspace_changed(WORKSPACE)
            await s.clock.advance(5)

            assert s.gauges.renders == renders

    async def test_the_name_may_come_later(self) -> None:
        """The header is written anew when the workspace gets its name."""
        async with stage() as s:
            s.followers.execution_changed(execution(prompt="Do it well"))
            await settle()
            assert "Do it well" in s.chat()[0].text
            s.followers.workspace_changed(WORKSPACE)
            await s.clock.advance(1)

            assert "🤖 Task: Fix login" in s.chat()[0].text

    async def test_an_old_link_rolls_over(self) -> None:
        """New content after `rollover_min` goes into a new link that replies to the old one."""
        async with stage(linked(rollover_min=1)) as s:
            await s.begin()
            s.say(0, "One")
            await s.clock.advance(61)
            assert len(s.chat()) == 1
            s.say(1, "Two")
            await s.clock.advance(3)

            first, second = s.chat()
            assert "Two" not in first.text
            assert first.labels == []
            assert second.reply_to == first.message_id
            assert "Two" in second.text
            assert "One" not in second.text

    async def test_every_chat_has_its_own_view(self) -> None:
        """Two chats follow one execution that is read once."""
        async with stage(linked(1, 7), linked(2, -5)) as s:
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(1)

            assert "Hello" in s.chat(7)[0].text
            assert "Hello" in s.chat(-5)[0].text
            assert s.backend.opened == ["e1"]

    async def test_repositories_are_filtered(self) -> None:
        """A chat sees the turns of its repositories, as soon as these are known."""
        chats = linked(1, 7, repositories=["r2"]), linked(2, 8, repositories=["r1"])
        async with stage(*chats) as s:
            s.followers.execution_changed(execution())
            await settle()
            assert s.surface.sent == []
            s.followers.workspace_changed(WORKSPACE)
            await settle()

            assert s.chat(7) == []
            assert len(s.chat(8)) == 1

    async def test_a_turn_that_was_over_at_once_is_shown(self) -> None:
        """An execution that is first seen when it has failed gets its view and notice."""
        async with stage() as s:
            await s.begin(execution(status=FAILED))
            s.backend.finish("e1")
            await s.clock.advance(5)

            view, notice = s.chat()
            assert "❌ Could not start" in view.text
            assert notice.text.startswith("❌ Task failed")

    async def test_finals_are_urgent(self) -> None:
        """The first link begins, edits are edits, the end line is final, the notice closes."""
        async with stage() as s:
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(1)
            await s.end()

            assert s.lanes.granted[0] is Urgency.FIRST_LINK
            assert s.lanes.granted[1] is Urgency.EDIT
            assert s.lanes.granted[-2:] == [Urgency.FINAL, Urgency.CLOSING]


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


class TestOutcomes:
    async def test_a_rest_only_delays(self) -> None:
        """A write that flood control refuses is planned again."""
        async with stage() as s:
            s.surface.outcomes = [Resting(3)]
            await s.begin()
            await s.clock.advance(1)

            assert len(s.chat()) == 1

    async def test_a_call_that_did_not_leave_is_made_again(self) -> None:
        """After 1, 2, 4 s, with the newest content."""
        async with stage() as s:
            s.surface.outcomes = [NotSent("x"), NotSent("x")]
            await s.begin()
            assert s.chat() == []
            await s.clock.advance(1)
            assert s.chat() == []
            await s.clock.advance(3)

            assert len(s.chat()) == 1
            assert s.store.intents == {}

    async def test_a_deleted_message_goes_on_in_a_new_one(self) -> None:
        """When the open link is gone, the view goes on in a new link."""
        async with stage() as s:
            await s.begin()
            s.surface.outcomes = [MessageGone()]
            s.say(0, "Hello")
            await s.clock.advance(2)

            assert len(s.chat()) == 2
            assert "Hello" in s.chat()[1].text

    @pytest.mark.parametrize("outcome", [ChatGone("blocked"), ChatMoved(-9)])
    async def test_a_chat_that_is_gone_is_left_alone(self, outcome: ChatGone | ChatMoved) -> None:
        """No further call goes to a chat that is gone, and the turn ends all the same."""
        async with stage() as s:
            s.surface.outcomes = [outcome]
            await s.begin()
            await s.clock.advance(1)
            calls = s.surface.calls
            assert s.backend.emits == {}
            await s.end()

            assert s.surface.calls == calls == 1
            assert s.gone == ([(1, "blocked")] if isinstance(outcome, ChatGone) else [])
            assert s.store.ended == {1: "done"}

    async def test_a_refusal_is_not_hammered(self) -> None:
        """What Telegram refuses three times in a row is given up."""
        async with stage() as s:
            s.surface.outcomes = [Refused("bug")] * 10
            await s.begin()
            await s.clock.advance(600)

            assert s.surface.calls == 3

    async def test_without_rights_the_chat_is_left_for_ten_minutes(self) -> None:
        """No right to write: tried again after ten minutes, or when the settings change."""
        async with stage() as s:
            s.surface.outcomes = [NoRights(), NoRights()]
            await s.begin()
            await s.clock.advance(300)
            assert s.surface.calls == 1
            s.followers.chat_changed(linked(stream_flush_interval_ms=1000))
            await s.clock.advance(590)
            assert s.surface.calls == 2
            await s.clock.advance(20)

            assert len(s.chat()) == 1


class TestASickDatabase:
    async def test_the_view_goes_on_from_memory(self) -> None:
        """When nothing can be stored, everything is shown all the same, and once."""
        async with stage() as s:
            await s.begin()
            s.store.sick = True
            s.say(0, "word " * 900)
            s.say(1, "tail")
            await s.clock.advance(3)
            await s.end()

            assert sum(sent.text.count("word") for sent in s.chat()[:-1]) == 900
            assert [sent.text.count("tail") for sent in s.chat()[:-1]] == [0, 1]


class TestAfterARestart:
    async def test_the_view_goes_on_in_the_same_messages(self) -> None:
        """A second process finds the view in the store and edits its open link."""
        store = MemoryViews()
        async with stage(store=store) as first:
            await first.begin()
            first.say(0, "word " * 900)
            first.say(1, "tail")
            await first.clock.advance(3)
            assert len(first.chat()) == 2
            texts = [sent.text for sent in first.chat()]
        async with stage(store=store) as second:
            second.surface.sent = list(first.surface.sent)
            await second.begin()
            for event in (
                Reopened(),
                Put(0, Answer("word " * 900)),
                Put(1, Answer("tail")),
                Put(2, Answer("more")),
                Settled(),
            ):
                second.backend.emits["e1"](event)
            await second.clock.advance(3)

            assert len(second.chat()) == 2
            assert second.chat()[0].text == texts[0]
            assert "more" in second.chat()[1].text
            assert sum(sent.text.count("word") for sent in second.chat()) == 900

    async def test_two_chats_that_show_different_parts_go_on_apart(self) -> None:
        """What one chat has sealed and the other not is posted twice in neither."""
        chats = linked(1, 7, stream_max_message_length=300), linked(2, 8)
        store = MemoryViews()
        answers = [Answer(f"w{n} " + "word " * 30) for n in range(8)]
        async with stage(*chats, store=store) as first:
            await first.begin()
            for n, said in enumerate(answers[:4]):
                first.backend.emits["e1"](Put(n, said))
            await first.clock.advance(8)
            texts = {sent.message_id: sent.text for sent in first.surface.sent}
        async with stage(*chats, store=store) as second:
            second.surface.sent = list(first.surface.sent)
            await second.begin()
            assert {sent.message_id: sent.text for sent in second.surface.sent} == texts
            emit = second.backend.emits["e1"]
            emit(Reopened())
            for n, said in enumerate(answers):
                emit(Put(n, said))
            emit(Settled())
            await second.clock.advance(15)

            for chat_id in (7, 8):
                shown = "\n".join(sent.text for sent in second.chat(chat_id))
                assert [shown.count(f"w{n} ") for n in range(8)] == [1] * 8

    async def test_a_notice_that_was_sent_is_not_sent_again(self) -> None:
        """The notice is a message of the view like its links."""
        store = MemoryViews()
        async with stage(store=store) as first:
            await first.begin()
            await first.end()
            assert len(first.chat()) == 2
        async with stage(store=store) as second:
            second.surface.sent = list(first.surface.sent)
            await second.begin()
            await second.end()

            assert len(second.chat()) == 2


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


class TestTasks:
    async def test_a_failing_task_touches_no_other(self) -> None:
        """A child that raises is logged, tried again a few times, and given up alone."""
        clock = FakeClock()
        runs, done = [], asyncio.Event()

        async def fail() -> None:
            runs.append(clock.now())
            raise ValueError("bug")

        async with Tasks(clock) as tasks:
            tasks.spawn("fails", fail, done=done.set)
            other = tasks.spawn("lives", asyncio.Event().wait)  # type: ignore[arg-type]  # its result does not matter
            await clock.advance(100)
            assert len(runs) == 6
            assert done.is_set()
            assert tasks.failed == ["fails"]
            assert not other.done()
            tasks.cancel_all()

    async def test_rare_failures_never_add_up(self) -> None:
        """Work that was well for a minute before it failed starts anew."""
        clock = FakeClock()
        runs = []

        async def fail_daily() -> None:
            runs.append(clock.now())
            await clock.sleep(86_400)
            raise ValueError("locked")

        async with Tasks(clock) as tasks:
            tasks.spawn("rare", fail_daily)
            await clock.advance(86_400 * 9)

            assert len(runs) == 9
            assert tasks.failed == []
            tasks.cancel_all()

    async def test_what_must_never_end_is_never_given_up(self) -> None:
        """A task that is needed for good is tried again and again, every half a minute."""
        clock = FakeClock()
        runs = []

        async def fail() -> None:
            runs.append(clock.now())
            raise ValueError("bug")

        async with Tasks(clock) as tasks:
            tasks.spawn("needed", fail, forever=True)
            await clock.advance(600)

            assert len(runs) > 20
            assert tasks.failed == []
            tasks.cancel_all()
