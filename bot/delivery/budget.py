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
PRIVATE_RESERVE = 1

GROUP_CALLS = 20
GROUP_BURST = 4
GROUP_INTERVAL_S = 3.75
GROUP_KEEPS = {
    Urgency.CLOSING: 2,
    Urgency.FIRST_LINK: 4,
    Urgency.NEW_LINK: 4,
    Urgency.EDIT: 10,
}
"""How many of a minute's calls a class leaves to those before it. Four are always left for answers,
approvals and finals; of them two for end lines before notices. Edits leave six more: in a busy
group each turn is seen to begin and to end, at the cost of the steps between."""

TOKEN_CALLS = 25
TOKEN_WINDOW_S = 1.0

PACED = frozenset({Urgency.NEW_LINK, Urgency.EDIT})
"""Classes that keep the pace. A turn's first link and what closes it do not wait for it: right
after another turn they would come seconds late; they count like any other call."""


class Budget(Protocol):
    """When the next call may go out."""

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call of this class."""

    def record(self, now: float, urgency: Urgency) -> None:
        """Count a call made now."""

    def give_back(self, urgency: Urgency) -> None:
        """Uncount the newest call: it was not made."""

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""


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

    def give_back(self) -> None:
        """Uncount the newest call."""
        if self.times:
            self.times.pop()


class PrivateBudget:
    """One call per 1.05 s with a burst of 5 that refills in silence; the last one is reserved.

    A new lane has no burst: one paced call and the reserve, less what was sent lately.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        beginning = 1.0 + PRIVATE_RESERVE
        self._bucket = Bucket(PRIVATE_BURST, PRIVATE_INTERVAL_S, beginning, now)
        recent = [at for at in sent if now - at < PRIVATE_INTERVAL_S * beginning]
        self._bucket.level -= min(len(recent), beginning)

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call; paced ones leave the reserve alone."""
        return self._bucket.ready_at(now, 1.0 + (PRIVATE_RESERVE if urgency in PACED else 0))

    def record(self, now: float, urgency: Urgency) -> None:  # noqa: ARG002  # one bucket for all
        """Count a call made now."""
        self._bucket.take(now)

    def give_back(self, urgency: Urgency) -> None:  # noqa: ARG002  # one bucket for all
        """Uncount the newest call."""
        self._bucket.put_back()

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""
        return self._bucket.level_at(now) >= 1.0 + PRIVATE_RESERVE


class GroupBudget:
    """At most 20 calls in any 60 s; ordinary ones always leave 4 of them, and keep a pace.

    After silence 4 paced calls go at once, then one per 3.75 s.
    """

    def __init__(self, now: float, sent: Iterable[float] = ()) -> None:
        recent = sorted(at for at in sent if now - at < WINDOW_S)
        self._all = Window(GROUP_CALLS, WINDOW_S, deque(recent))
        idle = not recent or now - recent[-1] >= GROUP_INTERVAL_S
        self._bucket = Bucket(GROUP_BURST, GROUP_INTERVAL_S, 1.0 if idle else 0.0, now)

    def ready_at(self, now: float, urgency: Urgency) -> float:
        """The earliest moment for a call; ordinary ones leave some of each minute alone."""
        at = self._all.ready_at(now, keep=GROUP_KEEPS.get(urgency, 0))
        return max(at, self._bucket.ready_at(now, 1.0)) if urgency in PACED else at

    def record(self, now: float, urgency: Urgency) -> None:
        """Count a call made now."""
        self._all.record(now)
        if urgency in PACED:
            self._bucket.take(now)

    def give_back(self, urgency: Urgency) -> None:
        """Uncount the newest call."""
        self._all.give_back()
        if urgency in PACED:
            self._bucket.put_back()

    def rested(self, now: float) -> bool:
        """Whether a new budget would let no more pass than this one."""
        return not self._all.counted(now)
