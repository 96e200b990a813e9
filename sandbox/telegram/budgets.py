"""Flood control: how many calls a chat, a group and the token may make."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.telegram.refusals import flooded
from sandbox.telegram.rests import Rests

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets; `None` switches one off.

    A group may make `group_per_minute` calls in any minute, or with a `group_burst` so many at once
    and then the same number a minute, evenly. With `penalty` a call inside a chat's rest is refused
    again and makes the rest longer.
    """

    private_burst: int | None = 5
    private_per_s: float = 1.0
    group_per_minute: int | None = 20
    token_per_s: int | None = 30
    group_burst: int | None = None
    penalty: bool = True

    @classmethod
    def off(cls) -> Limits:
        """Make limits that never refuse."""
        return cls(private_burst=None, group_per_minute=None, token_per_s=None, penalty=False)

    @classmethod
    def random(cls, dice: random.Random) -> Limits:
        """Draw limits as different bots report them; equal dice draw equal limits."""
        return cls(
            private_burst=dice.randint(1, 8),
            private_per_s=dice.uniform(0.5, 1.5),
            group_per_minute=dice.randint(15, 60),
            token_per_s=30,
            group_burst=dice.randint(1, 20),
        )


@dataclass(slots=True)
class _Bucket:
    """Tokens that refill steadily up to a burst."""

    burst: int
    per_s: float
    tokens: float
    at: float

    def wait_s(self, now: float) -> float:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_s)
        self.at = now
        return max(0.0, (1 - self.tokens - _ROUNDING) / self.per_s)

    def spend(self, now: float) -> None:  # noqa: ARG002 - the shape of both budgets
        self.tokens -= 1


_ROUNDING = 1e-9
"""A share of a call that sums of fractions may lack."""


@dataclass(slots=True)
class _Window:
    """At most `most` calls in any `span_s` seconds."""

    most: int
    span_s: float
    times: deque[float] = field(default_factory=deque)

    def wait_s(self, now: float) -> float:
        while self.times and self.times[0] <= now - self.span_s:
            self.times.popleft()
        return 0.0 if len(self.times) < self.most else self.times[0] + self.span_s - now

    def spend(self, now: float) -> None:
        self.times.append(now)


class Budgets:
    """Charges calls against the limits; a refused call is not charged."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._own: dict[int, Limits] = {}
        self._chats: dict[int, _Bucket | _Window | None] = {}
        most = limits.token_per_s
        self._token = None if most is None else _Window(most, 1.0)
        self.rests = Rests()

    def limit(self, chat_id: int, limits: Limits) -> None:
        """Give a chat limits of its own, fresh; the token's stay those of the beginning."""
        self._own[chat_id] = limits
        self._chats.pop(chat_id, None)

    def charge(self, chat_id: int) -> None:
        """Charge one send or edit in a chat; raise the 429 Refusal when a budget is spent."""
        now = self._clock()
        if self._limits_of(chat_id).penalty and self.rests.left_s(chat_id, now) > 0:
            raise flooded(self.rests.lengthen(chat_id, now))
        if chat_id not in self._chats:
            self._chats[chat_id] = self._new_budget(chat_id, now)
        budgets = [b for b in (self._chats[chat_id], self._token) if b is not None]
        wait_s = max((budget.wait_s(now) for budget in budgets), default=0.0)
        if wait_s > 0:
            told_s = max(1, math.ceil(wait_s))
            self.rests.begin(chat_id, now, told_s)
            raise flooded(told_s)
        for budget in budgets:
            budget.spend(now)

    def _limits_of(self, chat_id: int) -> Limits:
        return self._own.get(chat_id, self._limits)

    def _new_budget(self, chat_id: int, now: float) -> _Bucket | _Window | None:
        limits = self._limits_of(chat_id)
        if chat_id > 0:
            burst = limits.private_burst
            return None if burst is None else _Bucket(burst, limits.private_per_s, burst, now)
        most, burst = limits.group_per_minute, limits.group_burst
        if most is None:
            return None
        return _Window(most, 60.0) if burst is None else _Bucket(burst, most / 60, burst, now)
