"""What Telegram lets a chat, and the bot as a whole, be called: pure accounting of send times."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from bot.live.ports import Urgency

WINDOW_S = 60.5
"""Telegram counts a group's calls over any 60 s; half a second covers the way there."""

PRIVATE_INTERVAL_S = 1.05
PRIVATE_BURST = 5
RESERVE = 1

GROUP_CALLS = 20
GROUP_BURST = 4
GROUP_INTERVAL_S = 3.75
GROUP_KEEPS = {
    Urgency.CLOSING: 2,
    Urgency.FIRST_LINK: 4,
    Urgency.NEW_LINK: 4,
    Urgency.PROBE: 4,
    Urgency.EDIT: 10,
}
"""How many of a minute's calls a class leaves to those before it. Four are always left for answers,
approvals and finals; of them two for end lines before notices. Edits leave six more: in a busy
group each turn is seen to begin and to end, at the cost of the steps between."""

TOKEN_CALLS = 25
TOKEN_WINDOW_S = 1.0

SLOWEST_S = 6.0
SLOWEST_LEVEL = 3
"""A budget of level n has the nth part of two of its burst and pace, and one call per 6 s at least.

From level 1 on every call keeps the pace, whatever its class: Telegram has said that it lets pass
less than is known of it, and it does not know our classes.
"""

PACED = frozenset({Urgency.NEW_LINK, Urgency.PROBE, Urgency.EDIT})
"""Classes that keep the pace. A turn's first link and what closes it do not wait for it: right
after another turn they would come seconds late; they count like any other call."""


class Budget(Protocol):
    """When the next call may go out."""

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call of this class."""

    def record(self, now: float, urgency: Urgency) -> None:
        """Count a call made now."""

    def give_back(self, at: float, urgency: Urgency) -> None:
        """Uncount the call that was counted then: it was not made."""

    def slow(self, level: int, until: float) -> None:
        """Go on at this level after a rest, with one call when it ends."""

    def quicken(self, now: float, level: int) -> None:
        """Go on at this level, which is a better one."""

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""


def slower_s(interval_s: float, level: int) -> float:
    """The time between two calls at a level."""
    return min(SLOWEST_S, interval_s * (1 << level))


def fewer(calls: int, level: int, at_least: int = 1) -> int:
    """How many calls are left of these at a level."""
    return max(at_least, calls >> level)


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

    def resize(self, now: float, capacity: float, interval_s: float) -> None:
        """Go on with another size and pace; what is there stays, as far as there is room."""
        self.level, self.at = min(capacity, self.level_at(now)), max(now, self.at)
        self.capacity, self.interval_s = capacity, interval_s

    def fill_at(self, at: float) -> None:
        """Have one token then, and none before."""
        self.level, self.at = 0.0, at - self.interval_s


@dataclass(slots=True)
class Window:
    """At most `calls` in any `window_s` seconds."""

    calls: int
    window_s: float
    times: deque[float] = field(default_factory=deque)

    def ready_at(self, now: float, *, keep: int = 0) -> float:
        """When the next call is within the limit and leaves `keep` more to be made at once."""
        free = self.calls - keep
        if self.counted(now) < free:
            return now
        return self.times[len(self.times) - free] + self.window_s

    def counted(self, now: float) -> int:
        """How many calls still count."""
        while self.times and self.times[0] <= now - self.window_s:
            self.times.popleft()
        return len(self.times)

    def record(self, now: float) -> None:
        """Count a call."""
        self.times.append(now)

    def give_back(self, at: float) -> None:
        """Uncount the call of that moment, if it still counts."""
        if at in self.times:
            self.times.remove(at)


class PrivateBudget:
    """One call per 1.05 s with a burst of 5 that refills in silence; the last one is reserved.

    A new lane has no burst: one paced call and the reserve, less what was sent lately.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        beginning = 1.0 + RESERVE
        self._bucket = Bucket(PRIVATE_BURST, PRIVATE_INTERVAL_S, beginning, now)
        recent = [at for at in sent if now - at < PRIVATE_INTERVAL_S * beginning]
        self._bucket.level -= min(len(recent), beginning)

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call; paced ones leave the reserve alone."""
        return self._bucket.ready_at(now, _needed(self._bucket, urgency))

    def record(self, now: float, urgency: Urgency) -> None:  # noqa: ARG002  # one bucket for all
        """Count a call made now."""
        self._bucket.take(now)

    def give_back(self, at: float, urgency: Urgency) -> None:  # noqa: ARG002  # one bucket for all
        """Uncount a call that was counted then."""
        self._bucket.put_back()

    def slow(self, level: int, until: float) -> None:
        """Go on at this level after a rest, with one call when it ends."""
        self.quicken(until, level)
        self._bucket.fill_at(until)

    def quicken(self, now: float, level: int) -> None:
        """Go on at this level, which is a better one."""
        self._bucket.resize(now, fewer(PRIVATE_BURST, level), slower_s(PRIVATE_INTERVAL_S, level))

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""
        return self._bucket.level_at(now) >= 1.0 + RESERVE


class GroupBudget:
    """At most 20 calls in any 60 s; ordinary ones always leave 4 of them, and keep a pace.

    After silence 4 paced calls go at once, then one per 3.75 s.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        recent = sorted(at for at in sent if now - at < WINDOW_S)
        self._all = Window(GROUP_CALLS, WINDOW_S, deque(recent))
        idle = not recent or now - recent[-1] >= GROUP_INTERVAL_S
        self._bucket = Bucket(GROUP_BURST, GROUP_INTERVAL_S, 1.0 if idle else 0.0, now)
        self._level = 0

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call; ordinary ones leave some of each minute alone."""
        keep = GROUP_KEEPS.get(urgency, 0) * self._all.calls // GROUP_CALLS
        at = self._all.ready_at(now, keep=keep)
        if not self._paces(urgency):
            return at
        needed = _needed(self._bucket, urgency) if self._level else 1.0
        return max(at, self._bucket.ready_at(now, needed))

    def record(self, now: float, urgency: Urgency) -> None:
        """Count a call made now."""
        self._all.record(now)
        if self._paces(urgency):
            self._bucket.take(now)

    def give_back(self, at: float, urgency: Urgency) -> None:
        """Uncount a call that was counted then."""
        self._all.give_back(at)
        if self._paces(urgency):
            self._bucket.put_back()

    def slow(self, level: int, until: float) -> None:
        """Go on at this level after a rest, with one call when it ends."""
        self.quicken(until, level)
        self._bucket.fill_at(until)

    def quicken(self, now: float, level: int) -> None:
        """Go on at this level, which is a better one."""
        self._level = level
        self._all.calls = fewer(GROUP_CALLS, level, at_least=GROUP_CALLS // 2)
        self._bucket.resize(now, fewer(GROUP_BURST, level), slower_s(GROUP_INTERVAL_S, level))

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""
        return not self._all.counted(now)

    def _paces(self, urgency: Urgency) -> bool:
        return self._level > 0 or urgency in PACED


def _needed(bucket: Bucket, urgency: Urgency) -> float:
    """How many tokens a call needs: paced ones leave the last for others, if there are two."""
    return min(bucket.capacity, 1.0 + RESERVE) if urgency in PACED else 1.0
