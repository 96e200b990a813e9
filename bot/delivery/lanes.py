"""One lane per chat: who may call Telegram when, by urgency, fairly among views, within budgets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.delivery.budget import (
    SLOWEST_LEVEL,
    TOKEN_CALLS,
    TOKEN_WINDOW_S,
    GroupBudget,
    PrivateBudget,
    Window,
)
from bot.delivery.lane import RECOVERY_S, Grant, Lane, Waiter
from bot.live.clock import Clock
from bot.live.ports import Urgency

log = structlog.get_logger(__name__)

REST_MARGIN_S = 0.5
"""Added to Telegram's `retry_after`, which is rounded."""

REST_JITTER_S = 0.5
"""At most so much more, by chance: chats that were refused together do not come back together."""

IDLE_LANES = 200
"""How many lanes without anybody waiting are kept."""

PACE_KEPT = timedelta(seconds=RECOVERY_S * SLOWEST_LEVEL)
"""How long a rest says something of a lane's pace."""

REMEMBER_EVERY_S = 2.0
"""How often the times of calls are stored; a lane starts without burst, so few may be missing."""


@dataclass(frozen=True, slots=True)
class Slowed:
    """A chat's rest and the level of its pace since then, by the wall clock."""

    chat_id: int
    until: datetime
    level: int
    since: datetime


class SendLog(Protocol):
    """Where the times of calls and the rests survive a restart."""

    async def record(self, sent: Sequence[tuple[int, datetime]]) -> None:
        """Remember calls, as (chat, time)."""

    async def rest(self, chat_id: int, until: datetime, level: int, since: datetime) -> None:
        """Remember a chat's rest and the level of its pace since then; the newest counts."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """What flood control does to a chat now."""

    resting_until: datetime | None


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
        rests: Iterable[Slowed] = (),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._send_log = send_log
        self._is_private = is_private
        self._chance = chance
        self._sent = dict(sent or {})
        self._slowed = {slowed.chat_id: slowed for slowed in rests}
        self._lanes: dict[int, Lane] = {}
        self._token = Window(TOKEN_CALLS, TOKEN_WINDOW_S)
        self._changed = asyncio.Event()
        self._order = 0
        self._unstored: list[tuple[int, datetime]] = []
        self._unstored_rests: dict[int, Slowed] = {}
        self._rested = asyncio.Event()
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
        waiter = Waiter(urgency, who, self._order, future)
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
        """Telegram wants silence in this chat (only there) for so long; it is slower afterwards."""
        lane = self._lane(chat_id)
        now, wall = self._clock.now(), self._clock.wall()
        lane.rest(now, now + retry_after_s + REST_MARGIN_S + self._chance() * REST_JITTER_S)
        self._unstored_rests[chat_id] = Slowed(
            chat_id, wall + timedelta(seconds=lane.rest_until - now), lane.level, wall
        )
        log.warning("lane.rests", chat_id=chat_id, retry_after_s=retry_after_s, level=lane.level)
        self._rested.set()
        self._changed.set()

    def state(self, chat_id: int) -> LaneState:
        """What flood control does to a chat now."""
        slowed = self._slowed.get(chat_id)
        if slowed is not None:
            return LaneState(slowed.until if slowed.until > self._clock.wall() else None)
        lane = self._lanes.get(chat_id)
        left = lane.rest_until - self._clock.now() if lane is not None else 0.0
        until = self._clock.wall() + timedelta(seconds=left) if left > 0 else None
        return LaneState(until)

    async def run(self) -> None:
        """Hand out grants, forever."""
        while True:
            self._changed.clear()
            next_at = float("inf") if self._closed else self._serve()
            self._forget_idle()
            timeout_s = None
            if next_at != float("inf"):
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
        """Store rests at once and the times of calls soon, forever."""
        while True:
            await self._clock.wait(self._rested, REMEMBER_EVERY_S)
            self._rested.clear()
            await self.flush()

    async def flush(self) -> None:
        """Store what is not stored yet; of what a sick database refuses only rests are kept."""
        sent, self._unstored = self._unstored, []
        try:
            if sent:
                await self._send_log.record(sent)
            while self._unstored_rests:
                chat_id, slowed = next(iter(self._unstored_rests.items()))
                await self._send_log.rest(chat_id, slowed.until, slowed.level, slowed.since)
                if self._unstored_rests.get(chat_id) is slowed:
                    del self._unstored_rests[chat_id]
        except Exception as error:  # noqa: BLE001 - a sick database must not stop the chats
            log.warning("lanes.not_remembered", calls=len(sent), error=str(error))

    # --- inside -----------------------------------------------------------------------------------

    def _lane(self, chat_id: int) -> Lane:
        lane = self._lanes.get(chat_id)
        if lane is None:
            now, wall = self._clock.now(), self._clock.wall()

            def then(at: datetime) -> float:
                return now - (wall - at).total_seconds()

            sent = [then(at) for at in self._sent.pop(chat_id, ())]
            budget = PrivateBudget if self._is_private(chat_id) else GroupBudget
            lane = self._lanes[chat_id] = Lane(chat_id, budget(now, sent))
            slowed = self._slowed.pop(chat_id, None)
            if slowed is not None:
                lane.resume(now, then(slowed.until), slowed.level, then(slowed.since))
        return lane

    def _serve(self) -> float:
        """Grant what may go now; returns when to look again (inf: when something changes).

        Where the token's budget is the limit, chats take turns.
        """
        served = True
        while served:
            served, look_at = False, float("inf")
            waiting = [lane for lane in self._lanes.values() if lane.waiting]
            for lane in sorted(waiting, key=lambda lane: lane.served_last):
                now = self._clock.now()
                lane.recover(now)
                following = lane.next(now)
                if isinstance(following, float):
                    look_at = min(look_at, following)
                elif (free_at := self._token.ready_at(now)) > now:
                    look_at = min(look_at, free_at)
                else:
                    self._hand_out(lane, *following, now)
                    served = True
        return look_at

    def _hand_out(self, lane: Lane, urgency: Urgency, waiter: Waiter, now: float) -> None:
        lane.waiting.remove(waiter)
        lane.budget.record(now, urgency)
        self._token.record(now)
        self._unstored.append((lane.chat_id, self._clock.wall()))
        self._order += 1
        lane.note_served(waiter.who, self._order)
        grant = Grant(urgency, now)
        lane.in_flight.append(grant)
        waiter.granted.set_result(grant)

    def _withdraw(self, lane: Lane, waiter: Waiter) -> None:
        """A waiter was cancelled, perhaps just after it was granted."""
        if waiter in lane.waiting:
            lane.waiting.remove(waiter)
        else:
            grant = waiter.granted.result()
            grant.unused()
            self._close(lane, grant)

    def _close(self, lane: Lane, grant: Grant) -> None:
        """The call is over, or was never made."""
        lane.in_flight.remove(grant)
        self._drained.set()
        if grant.was_unused:
            lane.budget.give_back(grant.at, grant.urgency)
            self._token.give_back(grant.at)
        self._changed.set()

    def _forget_idle(self) -> None:
        """Keep the number of lanes bounded; none that differs from a new one is forgotten."""
        if len(self._lanes) <= IDLE_LANES:
            return
        now = self._clock.now()
        for chat_id, lane in tuple(self._lanes.items()):
            lane.recover(now)
            if lane.idle(now):
                del self._lanes[chat_id]
