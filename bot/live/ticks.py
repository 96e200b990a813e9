"""When a view looks again: so long after it last wrote, and for chunks at every interval."""

from __future__ import annotations

from datetime import datetime

from bot.live.clock import Clock
from bot.settings.model import ChatSettings, StreamMode

CHUNK_LOOK_S = 0.5
"""How often it is looked whether a chunk is full: chunks have their own interval."""


def in_chunks(settings: ChatSettings) -> bool:
    """Whether new content comes in messages of its own."""
    return settings.stream_mode is StreamMode.CHUNKED


def tick(moment: datetime, started_at: datetime, interval_s: float) -> int:
    """Count the intervals that have passed."""
    return int((moment - started_at).total_seconds() // interval_s)


class Ticks:
    """One view's memory of when it wrote, looked, and dealt with an interval."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrote = float("-inf")
        self._looked = float("-inf")
        self._dealt: datetime | None = None
        self._mode: StreamMode | None = None

    def wrote(self) -> None:
        """Remember a write."""
        self._wrote = self._clock.now()

    def looked(self, *, due: bool) -> None:
        """Remember that there was nothing to write; `due`: though it was time for a chunk."""
        self._looked = self._clock.now()
        if due:
            self._dealt = self._clock.wall()

    def pause_s(self, settings: ChatSettings) -> float:
        """How long until the view may write again, or look again whether a chunk is full."""
        if in_chunks(settings):
            return self._looked + CHUNK_LOOK_S - self._clock.now()
        return self._wrote + settings.stream_flush_interval_ms / 1000 - self._clock.now()

    def until_next_s(self, settings: ChatSettings, started_at: datetime) -> float:
        """How long until the next interval is over."""
        passed = (self._clock.wall() - started_at).total_seconds()
        return settings.chunk_interval_s - passed % settings.chunk_interval_s

    def due(self, settings: ChatSettings, started_at: datetime, sent_at: datetime | None) -> bool:
        """Whether an interval is over since the last chunk (`sent_at`), or since the begin.

        What a view showed in another mode counts as dealt with when it came to chunks.
        """
        now = self._clock.wall()
        if settings.stream_mode is not self._mode:
            if self._mode is not None and sent_at is not None:
                self._dealt = now
            self._mode = settings.stream_mode
        if not in_chunks(settings):
            return False
        seen = max(moment for moment in (started_at, sent_at, self._dealt) if moment is not None)
        interval_s = settings.chunk_interval_s
        return tick(now, started_at, interval_s) > tick(seen, started_at, interval_s)
