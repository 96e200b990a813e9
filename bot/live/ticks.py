"""When a chunk is due by the clock: at every interval since the turn began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.settings.model import ChatSettings, StreamMode


def tick(moment: datetime, started_at: datetime, interval_s: float) -> int:
    """Count the intervals that have passed."""
    return int((moment - started_at).total_seconds() // interval_s)


def until_next_s(now: datetime, started_at: datetime, interval_s: float) -> float:
    """How long until the next interval is over."""
    passed = (now - started_at).total_seconds()
    return interval_s - passed % interval_s


@dataclass(slots=True)
class Ticks:
    """One view's memory of the intervals it has dealt with; `last` is when it last did."""

    last: datetime | None = None
    mode: StreamMode | None = None

    def due(
        self, settings: ChatSettings, now: datetime, started_at: datetime, sent_at: datetime | None
    ) -> bool:
        """Whether an interval is over since the last chunk (None: there is none yet).

        A view that came to chunks from another mode begins with a whole interval.
        """
        if settings.stream_mode is not self.mode:
            if self.mode is not None and sent_at is not None:
                self.last = now
            self.mode = settings.stream_mode
        if settings.stream_mode is not StreamMode.CHUNKED:
            return False
        seen = max(moment for moment in (started_at, sent_at, self.last) if moment is not None)
        interval_s = settings.chunk_interval_s
        return tick(now, started_at, interval_s) > tick(seen, started_at, interval_s)
