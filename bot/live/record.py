"""What is stored of one view; a sick database costs what a restart would need, never the view."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import structlog

from bot.live.stores import ViewStore
from bot.rendering.transcript import Cover

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Record:
    """One view's part of the store; `forgotten` is told when its chat is not linked any more.

    `gone`: it was told.
    """

    def __init__(self, view_id: int, store: ViewStore, forgotten: Callable[[str], None]) -> None:
        self._id = view_id
        self._store = store
        self._forgotten = forgotten
        self.gone = False

    async def intend(
        self, kind: str, number: int, newest_seen: int | None, covers: Sequence[Cover] | None
    ) -> int | None:
        """Store that a send is about to leave; None when that was not possible."""
        return await self._try(self._store.intend(self._id, kind, number, newest_seen, covers))

    async def settle(
        self,
        intent: int | None,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None,
    ) -> None:
        """Store what came of a send (None: it did not arrive); `covers` seal it."""
        if intent is not None:
            await self._try(self._store.settle(intent, self._id, kind, number, message_id, covers))

    async def seal(self, number: int, covers: Sequence[Cover]) -> None:
        """Store that a page is sealed and what it shows."""
        await self._try(self._store.seal(self._id, number, covers))

    async def anchor(self, anchors: Mapping[str, str | None]) -> None:
        """Store below which entries late results stand."""
        if anchors:
            await self._try(self._store.anchor(self._id, anchors))

    async def leave(self) -> None:
        """Store that the pages are where the link was before."""
        await self._try(self._store.leave(self._id))

    async def _try(self, work: Awaitable[T]) -> T | None:
        try:
            return await work
        except LookupError as forgotten:
            self.gone = True
            self._forgotten(str(forgotten))
            return None
        except Exception:
            log.exception("view.not_stored", view=self._id)
            return None
