"""A bot that starts while a view stands still: muted, waiting, or left by a change of mode."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.events import Put
from bot.entries.model import Answer
from tests.fakes.live import WORKSPACE, linked
from tests.live.house import AGENT, LONG_S, House, later, over
from tests.live.stage import stage


@pytest.fixture
def house() -> House:
    """An empty house."""
    return House()


def _end(house: House) -> None:
    house.backend.log("e1", Put(1, Answer("Goodbye")))
    house.backend.close("e1")
    house.backend.row(over(AGENT))


class TestSealedPage:
    @pytest.mark.parametrize("unmuted", [False, True])
    @pytest.mark.parametrize("notices", [False, True])
    async def test_it_loses_its_buttons(
        self, house: House, *, unmuted: bool, notices: bool
    ) -> None:
        """A page that an earlier run sealed and muted has no buttons left when the turn is over."""
        chunks = linked(stream_mode="chunked", chunk_interval_s=5, notify_on_task_done=notices)
        async with house.bot() as first:
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await first.clock.advance(3)
            first.followers.chat_changed(chunks)
            await first.clock.advance(1)
            await first.followers.mute(1, "w")
            await first.clock.advance(2)
        assert house.surface.sent[0].labels == ["🔊 Unmute", "⏹ Stop"]
        async with house.bot(chunks) as second:
            await second.clock.advance(5)
            if unmuted:
                await second.followers.unmute(1, "w")
                await second.clock.advance(5)
            _end(house)
            await second.clock.advance(LONG_S)

        assert [message.labels for message in house.surface.sent] == [[]] * len(house.surface.sent)
        assert ("✅ Done" in house.texts()[-1]) is not notices
        assert any("Goodbye" in text for text in house.texts()[1:]) is (unmuted or notices)


class TestOpenPage:
    async def test_a_muted_page_says_how_its_turn_ended(self, house: House) -> None:
        """One edit, without a sound; its text is not known any more, so it is written anew."""
        chat = linked()
        async with house.bot(chat) as first:
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await first.clock.advance(3)
            await first.followers.mute(1, "w")
            await first.clock.advance(2)
        async with house.bot(chat) as second:
            _end(house)
            await second.clock.advance(LONG_S)

        view, end = house.texts()
        assert "Hello" in view
        assert "✅ Done" in view
        assert end.startswith("✅ Task completed")
        assert [message.labels for message in house.surface.sent] == [[], []]

    async def test_a_waiting_line_says_how_its_turn_ended(self, house: House) -> None:
        """A turn that still waits after a restart ends in its line, and is told by a digest."""
        other = later(replace(AGENT, id="e2", session_id="s2", workspace_id="w2"), 3)
        chat = linked(max_live_views=1)
        async with house.bot(chat) as first:
            house.backend.row(AGENT)
            await first.clock.advance(1)
            house.backend.row(other)
            house.backend.log("e2", Put(0, Answer("Second")))
            await first.clock.advance(3)
        async with house.bot(chat) as second:
            await second.clock.advance(20)
            house.backend.close("e2")
            house.backend.row(over(other))
            await second.clock.advance(LONG_S)

        _, line, digest = house.texts()
        assert line.splitlines()[1].startswith("✅ Done")
        assert "Second" not in line
        assert "Second" in digest

    async def test_what_is_left_out_stays_out(self, house: House) -> None:
        """What ended while the bot was away is not told to a chat that had left it out."""
        others = linked(repositories=["other"])
        async with house.bot() as first:
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await first.clock.advance(3)
            first.followers.chat_changed(others)
            await first.clock.advance(3)
        before = house.texts()
        assert "Streaming disabled" in before[0]
        _end(house)
        async with stage(
            others,
            store=house.store,
            backend=house.backend,
            surface=house.surface,
            clock=house.clock,
        ) as second:
            second.followers.workspace_changed(WORKSPACE)
            house.backend.found()
            await second.clock.advance(LONG_S)

        assert house.texts() == before
