"""A bot that starts: what was not complete is completed, in the messages that are there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.events import Put
from bot.entries.model import Answer, Script, ScriptKind, ToolStatus
from bot.i18n import sentence
from bot.live.ports import LinkedChat
from tests.fakes.live import execution, linked
from tests.live.house import AGENT, CLEANUP, LONG_S, SETUP, House, later, over


@pytest.fixture
def house() -> House:
    """An empty house."""
    return House()


class TestAtEverySeam:
    @pytest.mark.parametrize("seam", range(4))
    async def test_setup_agent_and_cleanup_stay_one_turn(self, house: House, seam: int) -> None:
        """Wherever in the chain the bot is started again, there is one view and one notice."""

        def begin() -> None:
            house.backend.row(SETUP)
            house.backend.log("s1", Put(0, Script(ScriptKind.SETUP, ToolStatus.RUNNING)))

        def agent() -> None:
            house.backend.log("s1", Put(0, Script(ScriptKind.SETUP, ToolStatus.SUCCEEDED, 0, 2.0)))
            house.backend.close("s1")
            house.backend.row(over(SETUP, 2))
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))

        def cleanup() -> None:
            house.backend.close("e1")
            house.backend.row(over(AGENT))
            house.backend.row(CLEANUP)

        def end() -> None:
            house.backend.close("c1")
            house.backend.row(over(CLEANUP, 14))

        steps = [begin, agent, cleanup, end]
        async with house.bot() as first:
            for step in steps[: seam + 1]:
                step()
                await first.clock.advance(0.5)
        async with house.bot() as second:
            for step in steps[seam + 1 :]:
                step()
                await second.clock.advance(0.5)
            await second.clock.advance(LONG_S)

        view, notice = house.texts()
        shown = ("🔧 Setup script ✓", "💬 Hello", "🔧 Cleanup script", "✅ Done")
        assert [view.count(text) for text in shown] == [1] * len(shown)
        assert notice.startswith("✅ Task completed")
        assert house.store.ended == {1: "done"}

    async def test_an_agent_that_began_while_nobody_looked(self, house: House) -> None:
        """A script that ended and an agent that began meanwhile are the turn that is there."""
        async with house.bot():
            house.backend.row(SETUP)
            await house.clock.advance(1)
        house.backend.row(over(SETUP, 2))
        house.backend.row(AGENT)
        house.backend.log("e1", Put(0, Answer("Hello")))
        async with house.bot() as second:
            await second.clock.advance(2)

            (view,) = house.texts()
            assert "🔧 Setup script ✓" in view
            assert "💬 Hello" in view
            (active,) = second.followers.active(1)
            assert active.turn_id == "s1"

    async def test_a_first_start_in_the_middle(self, house: House) -> None:
        """A bot that has never seen a turn asks what belongs to it before it shows it."""
        house.backend.row(over(SETUP, 2))
        house.backend.row(AGENT)
        house.backend.log("e1", Put(0, Answer("Hello")))
        await house.clock.advance(LONG_S)
        async with house.bot() as first:
            await first.clock.advance(2)

            (view,) = house.texts()
            assert view.index("🔧 Setup script ✓") < view.index("💬 Hello")
            assert house.backend.asked == ["s"]


class TestEndedMeanwhile:
    async def _begin(self, house: House, *chats: LinkedChat) -> None:
        async with house.bot(*chats):
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await house.clock.advance(2)

    def _end(self, house: House) -> None:
        house.backend.log("e1", Put(1, Answer("Goodbye")))
        house.backend.close("e1")
        house.backend.row(over(AGENT))

    async def test_it_is_completed(self, house: House) -> None:
        """What is missing comes, then the end line, then one notice; a third start adds nothing."""
        await self._begin(house)
        self._end(house)
        for _ in range(2):
            async with house.bot():
                await house.clock.advance(LONG_S)

            view, notice = house.texts()
            assert [view.count(text) for text in ("Hello", "Goodbye", "✅ Done")] == [1, 1, 1]
            assert notice.startswith("✅ Task completed")

    async def test_only_who_saw_it_begin_sees_it_end(self, house: House) -> None:
        """A chat that had no view of the turn gets none when it is over."""
        await self._begin(house, linked(1, 7))
        self._end(house)
        async with house.bot(linked(1, 7), linked(2, 8)):
            await house.clock.advance(LONG_S)

        assert len(house.texts(7)) == 2
        assert house.texts(8) == []

    async def test_an_unlinked_chat_is_left_alone(self, house: House) -> None:
        """A chat that was unlinked while the bot was down is not written to."""
        await self._begin(house, linked(1, 7), linked(2, 8))
        before = house.texts(8)
        self._end(house)
        async with house.bot(linked(1, 7)):
            await house.clock.advance(LONG_S)

        assert house.texts(8) == before

    async def test_only_the_notice_was_missing(self, house: House) -> None:
        """A bot that died between end line and notice sends the notice, and nothing twice."""
        await self._begin(house)
        self._end(house)
        async with house.bot():
            await house.clock.advance(LONG_S)
        view = house.store.views[1, "e1"]
        pages = tuple(message for message in view.messages if message.kind == "page")
        house.store.views[1, "e1"] = replace(view, messages=pages, ended=False)
        del house.surface.sent[-1]
        before = house.texts()
        async with house.bot():
            await house.clock.advance(LONG_S)

        assert house.texts()[:-1] == before
        assert house.texts()[-1].startswith("✅ Task completed")

    @pytest.mark.parametrize("mode", ["summary", "off"])
    async def test_a_mode_without_a_view_gets_its_notice(self, house: House, mode: str) -> None:
        """Where nothing is shown while it runs, the end is told all the same."""
        await self._begin(house, linked(stream_mode=mode))
        assert house.texts() == []
        self._end(house)
        async with house.bot(linked(stream_mode=mode)):
            await house.clock.advance(LONG_S)

        (notice,) = house.texts()
        assert notice.startswith("✅ Task completed")

    async def test_a_muted_turn_gets_its_end_line_only(self, house: House) -> None:
        """One edit when the turn ended meanwhile, and its notice; nothing is posted below."""
        async with house.bot() as first:
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await first.clock.advance(2)
            await first.followers.mute(1, "w")
            await first.clock.advance(2)
        self._end(house)
        async with house.bot():
            await house.clock.advance(LONG_S)

        view, notice = house.texts()
        assert "Hello" in view
        assert "✅ Done" in view
        assert house.surface.sent[0].labels == []
        assert notice.startswith("✅ Task completed")

    async def test_a_log_that_takes_its_time(self, house: House) -> None:
        """Nothing is written before the log was read: what the chat shows would be wiped out."""
        await self._begin(house)
        before = house.texts()
        self._end(house)
        house.backend.readable.clear()
        async with house.bot():
            await house.clock.advance(30)
            assert house.texts() == before
            house.backend.readable.set()
            await house.clock.advance(5)

            assert [house.texts()[0].count(text) for text in ("Hello", "Goodbye")] == [1, 1]
            assert len(house.texts()) == 2

    async def test_a_turn_keeps_the_name_it_was_shown_under(self, house: House) -> None:
        """A view that began without the script that came before goes on with it."""
        await self._begin(house)
        house.backend.rows["s1"] = over(SETUP, 2)
        house.backend.close("s1")
        self._end(house)
        async with house.bot():
            await house.clock.advance(LONG_S)

        assert len(house.texts()) == 2
        assert house.store.ended == {1: "done"}

    async def test_a_row_that_was_told_late_is_not_believed(self, house: House) -> None:
        """A row that still runs, told before the past was known, does not undo its end."""
        await self._begin(house)
        house.backend.refusal = sentence("busy")
        async with house.bot():
            self._end_quietly(house)
            house.backend.refusal = None
            await house.clock.advance(LONG_S)

        assert house.store.ended == {1: "done"}

    async def test_a_row_that_vanishes_meanwhile_is_reset(self, house: House) -> None:
        """A removal that is told before the past is known counts."""
        await self._begin(house)
        house.backend.refusal = sentence("busy")
        async with house.bot() as second:
            second.followers.execution_removed("e1")
            house.backend.refusal = None
            house.backend.close("e1")
            await house.clock.advance(LONG_S)

        assert house.store.ended == {1: "reset"}

    def _end_quietly(self, house: House) -> None:
        house.backend.close("e1")
        house.backend.rows["e1"] = over(AGENT)

    async def test_a_turn_that_followed_at_once_is_shown(self, house: House) -> None:
        """A follow-up that began and ended while the bot was down was never shown: now it is."""
        await self._begin(house)
        self._end(house)
        follow_up = later(execution("e2", prompt="And now"), 20)
        house.backend.row(over(follow_up, 25))
        house.backend.log("e2", Put(0, Answer("Second answer")))
        house.backend.close("e2")
        async with house.bot():
            await house.clock.advance(LONG_S)

        texts = house.texts()
        assert sum("✅ Done" in text for text in texts) == 2
        assert sum(text.startswith("✅ Task completed") for text in texts) == 2
        assert sum("Second answer" in text for text in texts if text.startswith("🤖")) == 1

    async def test_a_turn_that_nobody_saw(self, house: House) -> None:
        """What began and ended while the bot was down is shown under its first execution."""
        await self._begin(house)
        self._end(house)
        async with house.bot():
            await house.clock.advance(LONG_S)
            assert len(house.texts()) == 2
        setup = later(replace(SETUP, session_id="t"), 100)
        agent = later(execution("e2", session_id="t"), 102)
        house.backend.row(over(setup, 102))
        house.backend.row(over(agent, 110))
        house.backend.log("e2", Put(0, Answer("Unseen")))
        for one in ("s1", "e2"):
            house.backend.close(one)
        await house.clock.advance(LONG_S)
        async with house.bot() as third:
            assert house.backend.since == AGENT.started_at
            house.backend.row(over(agent, 110))
            await third.clock.advance(LONG_S)

        view, notice = house.texts()[2:]
        assert view.index("🔧 Setup script ✓") < view.index("💬 Unseen") < view.index("✅ Done")
        assert notice.startswith("✅ Task completed")
        assert house.store.ended == {1: "done", 2: "done"}

    async def test_an_old_turn_that_is_told_again_is_not_shown_again(self, house: House) -> None:
        """A turn whose view is complete stays as it is, whoever tells of its rows."""
        await self._begin(house)
        self._end(house)
        async with house.bot():
            await house.clock.advance(LONG_S)
        before = house.texts()
        async with house.bot() as third:
            house.backend.row(over(AGENT))
            await third.clock.advance(LONG_S)

        assert house.texts() == before

    async def test_a_turn_that_was_thrown_away_is_reset(self, house: House) -> None:
        """Rows that are gone end their view as they would have while it ran, without a notice."""
        await self._begin(house)
        house.backend.rows.clear()
        house.backend.logs.clear()
        house.backend.close("e1")
        async with house.bot():
            await house.clock.advance(LONG_S)

        view, end = house.texts()
        assert "Hello" in view
        assert end == "↪ Fix login\n\n↩ Reset"
        assert not any(text.startswith(("✅", "❌", "⏹")) for text in house.texts())
        assert house.store.ended == {1: "reset"}

    async def test_a_dropped_row_is_reset(self, house: House) -> None:
        """So does a row that is still there, but dropped."""
        await self._begin(house)
        house.backend.rows["e1"] = replace(over(AGENT), dropped=True, session_id="elsewhere")
        house.backend.close("e1")
        async with house.bot():
            await house.clock.advance(LONG_S)

        assert house.store.ended == {1: "reset"}
