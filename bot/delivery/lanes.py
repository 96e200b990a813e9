"""One lane per chat: who may call Telegram when, by urgency, fairly among views, within budgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.delivery.budget import (
    TOKEN_CALLS,
    TOKEN_WINDOW_S,
    Budget,
    GroupBudget,
    PrivateBudget,
    Window,
)
from bot.live.clock import Clock
from bot.live.ports import Urgency

log = structlog.get_logger(__name__)

REST_MARGIN_S = 0.5
"""Added to Telegram's `retry_after`, which is rounded."""

IDLE_LANES = 200
"""How many lanes without anybody waiting are kept."""

SERVED_KEPT = 100
"""Of how many in a lane it is known when they were served last; one forgotten counts as new."""

REMEMBER_EVERY_S = 2.0
"""How often the times of calls are stored; a lane starts without burst, so few may be missing."""


class SendLog(Protocol):
    """Where the times of calls survive a restart."""

    async def record(self, sent: Sequence[tuple[int, datetime]]) -> None:
        """Remember calls, as (chat, time)."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """What flood control does to a chat now."""

    resting_until: datetime | None


@dataclass(slots=True, eq=False)
class Grant:
    """The right to make one call; the lane is told what it was by the methods."""

    urgency: Urgency
    is_edit: bool = False
    was_unused: bool = False

    def unused(self) -> None:
        """Give the grant back: no call was made."""
        self.was_unused = True

    def edits(self) -> None:
        """The call is an edit: answers to a person may overlap it."""
        self.is_edit = True


@dataclass(slots=True, eq=False)
class _Waiter:
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
class _Lane:
    chat_id: int
    budget: Budget
    waiting: list[_Waiter] = field(default_factory=list)
    in_flight: list[Grant] = field(default_factory=list)
    rest_until: float = float("-inf")
    served: dict[Hashable, int] = field(default_factory=dict)

    def blocked(self, urgency: Urgency) -> bool:
        """One send at a time; an answer may overlap an edit, other classes overlap nothing."""
        if urgency is Urgency.ANSWER:
            return any(not grant.is_edit for grant in self.in_flight)
        return bool(self.in_flight)

    def queue(self) -> list[tuple[Urgency, _Waiter]]:
        """Who waits, the next first: by class, then who was served longest ago, then by arrival."""
        # Someone just cancelled is still in the list until their task runs.
        there = [waiter for waiter in self.waiting if not waiter.granted.done()]
        asked = [(urgency, waiter) for waiter in there if (urgency := waiter.ask()) is not None]
        return sorted(
            asked, key=lambda pair: (pair[0], self.served.get(pair[1].who, 0), pair[1].order)
        )

    def note_served(self, who: Hashable, order: int) -> None:
        """Put someone last among those of their class."""
        self.served.pop(who, None)
        self.served[who] = order
        if len(self.served) > SERVED_KEPT:
            del self.served[next(iter(self.served))]


class Lanes:
    """Every chat's lane. `run` must be running for anybody to be granted anything.

    A grant is counted when it is given, before the call leaves. Nobody else sleeps for Telegram.
    """

    def __init__(
        self,
        clock: Clock,
        send_log: SendLog,
        *,
        is_private: Callable[[int], bool] = lambda chat_id: chat_id > 0,
        sent: Mapping[int, Sequence[datetime]] | None = None,
    ) -> None:
        self._clock = clock
        self._send_log = send_log
        self._is_private = is_private
        self._sent = dict(sent or {})
        self._lanes: dict[int, _Lane] = {}
        self._token = Window(TOKEN_CALLS, TOKEN_WINDOW_S)
        self._changed = asyncio.Event()
        self._order = 0
        self._unstored: list[tuple[int, datetime]] = []
        self._closed = False
        self._drained = asyncio.Event()

    @asynccontextmanager
    async def grant(
        self, chat_id: int, urgency: Callable[[], Urgency], who: Hashable
    ) -> AsyncIterator[Grant]:
        """Wait for the turn of `who` in this chat; `urgency` is asked again while waiting.

        The call has to be made inside the context: it is in flight until the context ends.
        """
        lane = self._lane(chat_id)
        self._order += 1
        future: asyncio.Future[Grant] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(urgency, who, self._order, future)
        lane.waiting.append(waiter)
        self._changed.set()
        try:
            grant = await future
        except BaseException:
            self._withdraw(lane, waiter)
            raise
        try:
            yield grant
        finally:
            self._close(lane, grant)

    def reconsider(self, chat_id: int) -> None:
        """Ask waiting urgencies again: one of them may have changed."""
        lane = self._lanes.get(chat_id)
        if lane is not None and lane.waiting:
            self._changed.set()

    def rest(self, chat_id: int, retry_after_s: float) -> None:
        """Telegram wants silence in this chat (only there) for so long."""
        lane = self._lane(chat_id)
        until = self._clock.now() + retry_after_s + REST_MARGIN_S
        lane.rest_until = max(lane.rest_until, until)
        log.warning("lane.rests", chat_id=chat_id, retry_after_s=retry_after_s)
        self._changed.set()

    def state(self, chat_id: int) -> LaneState:
        """What flood control does to a chat now."""
        lane = self._lanes.get(chat_id)
        left = lane.rest_until - self._clock.now() if lane is not None else 0.0
        until = self._clock.wall() + timedelta(seconds=left) if left > 0 else None
        return LaneState(until)

    async def run(self) -> None:
        """Hand out grants, forever."""
        while True:
            self._changed.clear()
            next_at = min((self._serve(lane) for lane in self._lanes.values()), default=None)
            self._forget_idle()
            timeout_s = None
            if next_at is not None and next_at != float("inf"):
                timeout_s = max(0.0, next_at - self._clock.now())
            await self._clock.wait(self._changed, timeout_s)

    async def drain(self, limit_s: float) -> None:
        """Grant nothing any more and wait until what is in flight is over, at most so long."""
        self._closed = True
        deadline = self._clock.now() + limit_s
        while any(lane.in_flight for lane in self._lanes.values()):
            left = deadline - self._clock.now()
            if left <= 0:
                return
            self._drained.clear()
            await self._clock.wait(self._drained, left)

    async def remember(self) -> None:
        """Store the times of calls, forever; what a sick database refuses is forgotten."""
        while True:
            await self._clock.sleep(REMEMBER_EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Store the times of calls that are not stored yet."""
        sent, self._unstored = self._unstored, []
        if not sent:
            return
        try:
            await self._send_log.record(sent)
        except Exception as error:  # noqa: BLE001 - a sick database must not stop the chats
            log.warning("lanes.not_remembered", calls=len(sent), error=str(error))

    # --- inside -----------------------------------------------------------------------------------

    def _lane(self, chat_id: int) -> _Lane:
        lane = self._lanes.get(chat_id)
        if lane is None:
            now, wall = self._clock.now(), self._clock.wall()
            sent = [now - (wall - at).total_seconds() for at in self._sent.pop(chat_id, ())]
            if self._is_private(chat_id):
                lane = _Lane(chat_id, PrivateBudget(now, sent))
            else:
                lane = _Lane(chat_id, GroupBudget(now, sent))
            self._lanes[chat_id] = lane
        return lane

    def _serve(self, lane: _Lane) -> float:
        """Grant what may go now; returns when to look again (inf: when something changes)."""
        look_at = 0.0
        while look_at == 0.0:
            look_at = self._serve_one(lane)
        return look_at

    def _serve_one(self, lane: _Lane) -> float:
        """Grant the first that may go; returns 0 if one went, else when to look again."""
        now = self._clock.now()
        look_at = float("inf")
        if self._closed:
            return look_at
        for urgency, waiter in lane.queue():
            if lane.blocked(urgency):
                continue
            at = self._ready_at(lane, urgency, now)
            if at <= now:
                self._hand_out(lane, waiter, urgency, now)
                return 0.0
            look_at = min(look_at, at)
        return look_at

    def _ready_at(self, lane: _Lane, urgency: Urgency, now: float) -> float:
        return max(
            lane.budget.ready_at(now, urgency),
            lane.rest_until,
            self._token.ready_at(now),
        )

    def _hand_out(self, lane: _Lane, waiter: _Waiter, urgency: Urgency, now: float) -> None:
        lane.waiting.remove(waiter)
        lane.budget.record(now, urgency)
        self._token.record(now)
        self._unstored.append((lane.chat_id, self._clock.wall()))
        self._order += 1
        lane.note_served(waiter.who, self._order)
        grant = Grant(urgency)
        lane.in_flight.append(grant)
        waiter.granted.set_result(grant)

    def _withdraw(self, lane: _Lane, waiter: _Waiter) -> None:
        """A waiter was cancelled, perhaps just after it was granted."""
        if waiter in lane.waiting:
            lane.waiting.remove(waiter)
        else:
            grant = waiter.granted.result()
            grant.unused()
            self._close(lane, grant)

    def _close(self, lane: _Lane, grant: Grant) -> None:
        """The call is over, or was never made."""
        lane.in_flight.remove(grant)
        self._drained.set()
        if grant.was_unused:
            lane.budget.give_back(grant.urgency)
            self._token.give_back()
        self._changed.set()

    def _forget_idle(self) -> None:
        """Keep the number of lanes bounded; none whose calls still count is forgotten."""
        if len(self._lanes) <= IDLE_LANES:
            return
        now = self._clock.now()
        for chat_id, lane in tuple(self._lanes.items()):
            quiet = lane.rest_until <= now and lane.budget.rested(now)
            if quiet and not lane.waiting and not lane.in_flight:
                del self._lanes[chat_id]
