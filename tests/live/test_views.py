"""Views: how they grow, end, and go on after a restart."""

from __future__ import annotations

from bot.entries.events import Put, Reopened, Settled
from bot.entries.model import Answer
from bot.live.ports import (
    Urgency,
)
from tests.fakes.clock import settle
from tests.fakes.live import WORKSPACE, execution, linked
from tests.fakes.stores import MemoryViews
from tests.live.stage import FAILED, stage


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
            assert view.labels == ["🔇 Mute", "⏹ Stop", "⚙"]
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
        async with stage(store=store, rows=[execution()]) as second:
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
        async with stage(*chats, store=store, rows=[execution()]) as second:
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
        async with stage(store=store, rows=[execution()]) as second:
            second.surface.sent = list(first.surface.sent)
            await second.begin()
            await second.end()

            assert len(second.chat()) == 2
