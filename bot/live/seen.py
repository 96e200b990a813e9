"""Which message ids are taken: where one that perhaps arrived can be, and where it cannot."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.live.clock import Clock

log = structlog.get_logger(__name__)

SUPERGROUPS = -1_000_000_000_000
"""Ids of supergroups and channels are below."""

SHARED = 0
"""The counter of all private chats and basic groups."""

IDS_KEPT = 300
"""Of how many messages of a counter the ids are known: more than can come while a call is out."""

COUNTERS_KEPT = 2_000
"""How many counters are known; the one that was quiet for longest is forgotten."""

RETRY_S = 5.0
"""How soon what a sick database refused is offered again."""


def counter_of(chat_id: int) -> int:
    """Name the counter that numbers a chat's messages (docs/telegram.md, 25)."""
    return chat_id if chat_id < SUPERGROUPS else SHARED


class SeenStore(Protocol):
    """Where the newest ids survive a restart."""

    async def note_newest(self, newest: Mapping[int, int]) -> None:
        """Remember the newest message id of some counters; an older one changes nothing."""


@dataclass(slots=True)
class _Counter:
    newest: int
    lately: deque[int] = field(default_factory=lambda: deque(maxlen=IDS_KEPT))


class Seen:
    """Hears every message id that Telegram tells, of updates and of answers to sends."""

    def __init__(self, newest: Mapping[int, int] | None = None) -> None:
        self._counters = OrderedDict((key, _Counter(id_)) for key, id_ in (newest or {}).items())
        self._unstored: dict[int, int] = {}
        self._changed = asyncio.Event()

    def hear(self, chat_id: int, message_id: int) -> None:
        """Take note of a message that is there."""
        key = counter_of(chat_id)
        counter = self._counters.setdefault(key, _Counter(0))
        self._counters.move_to_end(key)
        counter.lately.append(message_id)
        if message_id > counter.newest:
            counter.newest = self._unstored[key] = message_id
            self._changed.set()
        if len(self._counters) > COUNTERS_KEPT:
            forgotten, _ = self._counters.popitem(last=False)
            self._unstored.pop(forgotten, None)

    def newest(self, chat_id: int) -> int | None:
        """The newest id in the counter of a chat, None while none is known."""
        counter = self._counters.get(counter_of(chat_id))
        return counter.newest if counter is not None else None

    def unheard(self, chat_id: int, after: int, beyond: int) -> list[int]:
        """The ids after one, and so many beyond the newest, that no message is known to have."""
        counter = self._counters.get(counter_of(chat_id))
        known = frozenset(counter.lately) if counter is not None else frozenset()
        newest = max(after, counter.newest) if counter is not None else after
        return [id_ for id_ in range(after + 1, newest + beyond + 1) if id_ not in known]

    async def remember(self, store: SeenStore, clock: Clock) -> None:
        """Store the newest ids as they come, forever."""
        while True:
            await clock.wait(self._changed, None)
            self._changed.clear()
            newest, self._unstored = self._unstored, {}
            try:
                await store.note_newest(newest)
            except Exception as error:  # noqa: BLE001 - a sick database is offered them again
                log.warning("seen.not_remembered", error=str(error))
                self._unstored = {**newest, **self._unstored}
                self._changed.set()
                await clock.sleep(RETRY_S)
