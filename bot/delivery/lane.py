"""One chat's lane: who waits in it, what is in flight, and how long and how slowly it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog

from bot.delivery.budget import SLOWEST_LEVEL, Budget
from bot.live.ports import Urgency

log = structlog.get_logger(__name__)

SERVED_KEPT = 100
"""Of how many in a lane it is known when they were served last; one forgotten counts as new."""

RECOVERY_S = 3600.0
"""So long without a refusal doubles a lane's burst and pace."""


@dataclass(slots=True, eq=False)
class Grant:
    """The right to make one call; the lane is told what it was by the methods."""

    urgency: Urgency
    at: float
    is_edit: bool = False
    was_unused: bool = False

    def unused(self) -> None:
        """Give the grant back: no call was made."""
        self.was_unused = True

    def edits(self) -> None:
        """The call is an edit: answers to a person may overlap it."""
        self.is_edit = True


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who waits for a grant."""

    urgency: Callable[[], Urgency]
    who: Hashable
    order: int
    granted: asyncio.Future[Grant]

    def ask(self) -> Urgency | None:
        """How urgent it is now; one that cannot tell fails alone."""
        try:
            return self.urgency()
        except Exception as error:
            log.exception("lane.urgency_failed")
            self.granted.set_exception(error)
            return None


@dataclass(slots=True, eq=False)
class Lane:
    """One chat: its budget, and what flood control made of it.

    Each refusal lowers the pace by a level at `slowed_at`; a refusal of a call that had left before
    the rest began is the same refusal.
    """

    chat_id: int
    budget: Budget
    waiting: list[Waiter] = field(default_factory=list)
    in_flight: list[Grant] = field(default_factory=list)
    rest_until: float = float("-inf")
    level: int = 0
    slowed_at: float = float("-inf")
    served_last: int = 0
    served: dict[Hashable, int] = field(default_factory=dict)

    def blocked(self, urgency: Urgency) -> bool:
        """One send at a time; an answer may overlap an edit, other classes overlap nothing."""
        if urgency is Urgency.ANSWER:
            return any(not grant.is_edit for grant in self.in_flight)
        return bool(self.in_flight)

    def queue(self) -> list[tuple[Urgency, Waiter]]:
        """Who waits, the next first: by class, then who was served longest ago, then by arrival."""
        # Someone just cancelled is still in the list until their task runs.
        there = [waiter for waiter in self.waiting if not waiter.granted.done()]
        asked = [(urgency, waiter) for waiter in there if (urgency := waiter.ask()) is not None]
        return sorted(
            asked, key=lambda pair: (pair[0], self.served.get(pair[1].who, 0), pair[1].order)
        )

    def next(self, now: float) -> tuple[Urgency, Waiter] | float:
        """Who may go now, or when to look again (inf: when something changes)."""
        look_at = float("inf")
        for urgency, waiter in self.queue():
            if self.blocked(urgency):
                continue
            at = max(self.budget.ready_at(now, urgency), self.rest_until)
            if at <= now:
                return urgency, waiter
            look_at = min(look_at, at)
        return look_at

    def note_served(self, who: Hashable, order: int) -> None:
        """Put someone last among those of their class."""
        self.served_last = order
        self.served.pop(who, None)
        self.served[who] = order
        if len(self.served) > SERVED_KEPT:
            del self.served[next(iter(self.served))]

    def rest(self, now: float, until: float) -> None:
        """Rest, at least until then, and be slower afterwards."""
        if now >= self.rest_until:
            self.level = min(self.level + 1, SLOWEST_LEVEL)
            self.slowed_at = now
        self.rest_until = max(self.rest_until, until)
        self.budget.slow(self.level, self.rest_until)

    def resume(self, now: float, until: float, level: int, slowed_at: float) -> None:
        """Go on as an earlier run of the bot left off."""
        self.rest_until, self.level, self.slowed_at = until, level, slowed_at
        self.budget.slow(level, max(now, until))
        self.recover(now)

    def recover(self, now: float) -> None:
        """Be twice as fast for each hour that has passed without a refusal."""
        while self.level and now - self.slowed_at >= RECOVERY_S:
            self.level -= 1
            self.slowed_at += RECOVERY_S
            self.budget.quicken(now, self.level)

    def idle(self, now: float) -> bool:
        """Whether a new lane would be no different."""
        busy = self.waiting or self.in_flight or self.level
        return not busy and self.rest_until <= now and self.budget.rested(now)
