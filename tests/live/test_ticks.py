"""The clock of a view: how soon it writes again, and when a chunk is due."""

from __future__ import annotations

from datetime import datetime

from bot.live.ticks import CHUNK_LOOK_S, Ticks
from bot.settings.model import ChatSettings, StreamMode
from tests.fakes.clock import FakeClock

CHUNKS = ChatSettings(stream_mode=StreamMode.CHUNKED, chunk_interval_s=30)
GROWS = ChatSettings(stream_flush_interval_ms=2000)


class TestChunks:
    async def test_they_are_due_at_every_interval_since_the_begin(self) -> None:
        """30, 60 and 90 seconds after the begin, however late the last one was sent."""
        clock = FakeClock()
        ticks, began = Ticks(clock), clock.wall()
        sent: datetime | None = None
        due = []
        for half_seconds in range(1, 200):
            await clock.advance(0.5)
            if ticks.due(CHUNKS, began, sent):
                due.append(half_seconds / 2)
                sent = clock.wall()
        assert due == [30, 60, 90]

    async def test_an_interval_with_nothing_new_is_over(self) -> None:
        """What comes after it waits for the next one."""
        clock = FakeClock()
        ticks, began = Ticks(clock), clock.wall()
        await clock.advance(30)
        assert ticks.due(CHUNKS, began, None)
        ticks.looked(due=True)
        await clock.advance(10)
        assert not ticks.due(CHUNKS, began, None)
        assert ticks.until_next_s(CHUNKS, began) == 20
        await clock.advance(20)
        assert ticks.due(CHUNKS, began, None)

    async def test_a_view_looks_for_full_ones_whatever_the_flush_interval(self) -> None:
        """Chunks have an interval of their own; the other is for views that grow."""
        clock = FakeClock()
        ticks = Ticks(clock)
        slow = CHUNKS.model_copy(update={"stream_flush_interval_ms": 60_000})
        ticks.wrote()
        ticks.looked(due=False)
        assert ticks.pause_s(slow) == CHUNK_LOOK_S
        assert ticks.pause_s(GROWS) == 2

    async def test_a_late_view_is_due_at_once(self) -> None:
        """A chat that comes to a running turn does not wait for what it has missed."""
        clock = FakeClock()
        began = clock.wall()
        await clock.advance(70)
        assert Ticks(clock).due(CHUNKS, began, None)

    async def test_a_view_that_grew_waits_for_the_next_interval(self) -> None:
        """A change of mode brings no message of a few words."""
        clock = FakeClock()
        ticks, began = Ticks(clock), clock.wall()
        await clock.advance(70)
        sent = clock.wall()
        await clock.advance(60)
        assert not ticks.due(GROWS, began, sent)
        assert not ticks.due(CHUNKS, began, sent)
        await clock.advance(20)
        assert ticks.due(CHUNKS, began, sent)


class TestPause:
    async def test_a_view_writes_once_per_interval(self) -> None:
        """The interval counts from the last write."""
        clock = FakeClock()
        ticks = Ticks(clock)
        assert ticks.pause_s(GROWS) < 0
        ticks.wrote()
        await clock.advance(0.5)
        assert ticks.pause_s(GROWS) == 1.5

    async def test_chunks_are_not_looked_for_more_often(self) -> None:
        """Looking costs a rendering."""
        clock = FakeClock()
        ticks = Ticks(clock)
        ticks.looked(due=False)
        assert ticks.pause_s(CHUNKS) == 0.5
        assert ticks.pause_s(GROWS) < 0
