"""Sentences that are said at most once a minute, however often they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable

PERIOD_S = 60.0
MOST_KEYS = 10_000


class OncePerMinute:
    """Grants each key once in `period_s`; a flood of keys is bounded by silence."""

    def __init__(self, clock: Callable[[], float], period_s: float = PERIOD_S) -> None:
        self._clock = clock
        self._period_s = period_s
        self._said: dict[Hashable, float] = {}

    def allows(self, key: Hashable) -> bool:
        """Say whether the sentence may be said now; yes counts as said."""
        now = self._clock()
        said = self._said.get(key)
        if said is not None and now - said < self._period_s:
            return False
        self._said.pop(key, None)
        self._forget(now)
        if len(self._said) >= MOST_KEYS:
            return False
        self._said[key] = now
        return True

    def _forget(self, now: float) -> None:
        """Drop what is older than a period; keys stand in the order in which they were said."""
        while self._said:
            oldest = next(iter(self._said))
            if now - self._said[oldest] < self._period_s:
                return
            del self._said[oldest]
