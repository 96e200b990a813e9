"""Which chats have a send that perhaps arrived: other sends of such a chat wait."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable

from bot.live.clock import Clock

RESTORED_S = 60.0
"""How long a chat waits after a start for views to look for what an earlier run has sent."""


class Doubts:
    """Who looks for a lost send in which chat; edits and callback answers never wait for it.

    Two lost sends of one chat at once could be taken for each other. So whoever may not know what
    came of a send holds the chat, and whoever wants to send asks whether another one does.
    """

    def __init__(self) -> None:
        self._held: dict[int, dict[Hashable, None]] = {}
        self._restored: set[tuple[int, Hashable]] = set()
        self._waiting: dict[int, list[asyncio.Event]] = {}

    def hold(self, chat_id: int, who: Hashable) -> None:
        """Let other sends of the chat wait; idempotent."""
        self._restored.discard((chat_id, who))
        self._held.setdefault(chat_id, {})[who] = None

    def release(self, chat_id: int, who: Hashable) -> None:
        """Let others send again; idempotent."""
        self._restored.discard((chat_id, who))
        holders = self._held.get(chat_id, {})
        holders.pop(who, None)
        if not holders:
            self._held.pop(chat_id, None)
        for event in self._waiting.pop(chat_id, ()):
            event.set()

    def held(self, chat_id: int, who: Hashable) -> bool:
        """Whether somebody else holds the chat, and came before."""
        return next(iter(self._held.get(chat_id, ())), who) != who

    def tell(self, chat_id: int, event: asyncio.Event) -> None:
        """Set the event when somebody lets the chat go."""
        waiting = self._waiting.setdefault(chat_id, [])
        if event not in waiting:
            waiting.append(event)

    async def free(self, chat_id: int, who: Hashable, clock: Clock) -> None:
        """Wait until nobody else holds the chat."""
        while self.held(chat_id, who):
            event = asyncio.Event()
            self.tell(chat_id, event)
            await clock.wait(event, None)

    def expect(self, left: Iterable[tuple[int, Hashable]]) -> None:
        """Hold chats for those who will look for what an earlier run has sent."""
        self._restored.update(left)
        for chat_id, who in sorted(self._restored, key=repr):
            self._held.setdefault(chat_id, {})[who] = None

    async def give_up(self, clock: Clock) -> None:
        """Let chats go for which nobody came within a minute."""
        await clock.sleep(RESTORED_S)
        for chat_id, who in tuple(self._restored):
            self.release(chat_id, who)
