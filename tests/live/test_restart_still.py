"""A bot that starts while a view stands still: muted, waiting, or left by a change of mode."""

from __future__ import annotations

import pytest

from bot.entries.events import Put
from bot.entries.model import Answer
from tests.fakes.live import linked
from tests.live.house import AGENT, LONG_S, House, over


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
