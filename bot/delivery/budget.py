"""What Telegram lets a chat, and the bot as a whole, be called: pure accounting of send times."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

WINDOW_S = 60.5
"""Telegram counts a group's calls over any 60 s; half a second covers the way there."""

PRIVATE_INTERVAL_S = 1.05
PRIVATE_BURST = 5
PRIVATE_RESERVE = 1

GROUP_CALLS = 20
GROUP_RESERVE = 4
GROUP_BURST = 4
GROUP_INTERVAL_S = 3.75

TOKEN_CALLS = 25
TOKEN_WINDOW_S = 1.0


class Budget(Protocol):
    """When the next call may go out."""

    def ready_at(self, now: float, *, ordinary: bool) -> float:
        """The earliest moment for a call; `ordinary` ones leave the reserve alone."""

    def record(self, now: float, *, ordinary: bool) -> None:
        """Count a call made now."""

    def give_back(self, *, ordinary: bool) -> None:
        """Uncount the newest call: it was not made."""


@dataclass(slots=True)
class Bucket:
    """A token bucket; `level` tokens were there at `at`. One token is one call."""

    capacity: float
    interval_s: float
    level: float
    at: float

    def level_at(self, now: float) -> float:
        """How many tokens there are."""
        return min(self.capacity, self.level + max(0.0, now - self.at) / self.interval_s)

    def ready_at(self, now: float, tokens: float) -> float:
        """When there are that many tokens."""
        missing = tokens - self.level_at(now)
        return now if missing <= 1e-9 else now + missing * self.interval_s

    def take(self, now: float) -> None:
        """Take one token."""
        self.level = self.level_at(now) - 1.0
        self.at = max(now, self.at)

    def put_back(self) -> None:
        """Return one token."""
        self.level = min(self.capacity, self.level + 1.0)


@dataclass(slots=True)
class Window:
    """At most `calls` in any `window_s` seconds."""

    calls: int
    window_s: float
    times: deque[float] = field(default_factory=deque)

    def ready_at(self, now: float, *, keep: int = 0) -> float:
        """When the next call is within the limit and leaves `keep` more to be made at once."""
        while self.times and self.times[0] <= now - self.window_s:
            self.times.popleft()
        free = self.calls - keep
        if len(self.times) < free:
            return now
        return self.times[len(self.times) - free] + self.window_s

    def record(self, now: float) -> None:
        """Count a call."""
        self.times.append(now)

    def give_back(self) -> None:
        """Uncount the newest call."""
        if self.times:
            self.times.pop()


class PrivateBudget:
    """One call per 1.05 s with a burst of 5 that refills in silence; the last one is reserved.

    A new lane has no burst: one ordinary call and the reserve, less what was sent lately.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        self._bucket = Bucket(PRIVATE_BURST, PRIVATE_INTERVAL_S, 1.0 + PRIVATE_RESERVE, now)
        recent = [at for at in sent if now - at < PRIVATE_INTERVAL_S * (1 + PRIVATE_RESERVE)]
        self._bucket.level -= min(len(recent), 1 + PRIVATE_RESERVE)

    def ready_at(self, now: float, *, ordinary: bool) -> float:
        """The earliest moment for a call; ordinary ones leave the reserve alone."""
        return self._bucket.ready_at(now, 1.0 + (PRIVATE_RESERVE if ordinary else 0))

    def record(self, now: float, *, ordinary: bool) -> None:  # noqa: ARG002  # one bucket for both
        """Count a call made now."""
        self._bucket.take(now)

    def give_back(self, *, ordinary: bool) -> None:  # noqa: ARG002  # one bucket for both
        """Uncount the newest call."""
        self._bucket.put_back()


class GroupBudget:
    """At most 20 calls in any 60 s; ordinary ones always leave 4 of them, and come 3.75 s apart.

    After silence 4 ordinary calls go at once.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        recent = sorted(at for at in sent if now - at < WINDOW_S)
        self._all = Window(GROUP_CALLS, WINDOW_S, deque(recent))
        idle = not recent or now - recent[-1] >= GROUP_INTERVAL_S
        self._bucket = Bucket(GROUP_BURST, GROUP_INTERVAL_S, 1.0 if idle else 0.0, now)

    def ready_at(self, now: float, *, ordinary: bool) -> float:
        """The earliest moment for a call; ordinary ones leave four of each minute alone."""
        if ordinary:
            at = self._all.ready_at(now, keep=GROUP_RESERVE)
            return max(at, self._bucket.ready_at(now, 1.0))
        return self._all.ready_at(now)

    def record(self, now: float, *, ordinary: bool) -> None:
        """Count a call made now."""
        self._all.record(now)
        if ordinary:
            self._bucket.take(now)

    def give_back(self, *, ordinary: bool) -> None:
        """Uncount the newest call."""
        self._all.give_back()
        if ordinary:
            self._bucket.put_back()
