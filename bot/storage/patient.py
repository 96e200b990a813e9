"""The stores of live views and mutes as a bot uses them that outlives a sick database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.live.stores import NewView, StoredLine, StoredView
from bot.rendering.transcript import Cover
from bot.storage.absences import Absences
from bot.storage.journal import Journal
from bot.storage.mutes import Mutes
from bot.storage.trouble import DatabaseSick
from bot.storage.views import Forgotten, Views


class PatientViews:
    """The ViewStore of `bot.live.ports`: what cannot be stored now is stored later, in order.

    Until then a view or an intent has a provisional id: negative, and never used again by this or
    another process, since buttons carry it.
    """

    def __init__(self, views: Views, journal: Journal, now: datetime) -> None:
        self._views = views
        self._journal = journal
        self._last = -int(now.timestamp() * 1000)
        self._ids: dict[int, int] = {}

    async def begin(self, view: NewView) -> StoredView:
        """Create the view of this chat and turn, or return the one that is there.

        Raises Forgotten when the chat is not linked any more.
        """
        provisional = self._provisional()

        async def begin() -> StoredView:
            stored = await self._views.begin(view)
            self._ids[provisional] = stored.id
            return stored

        stored = await self._journal.write(begin, None)
        if stored is not None:
            del self._ids[provisional]
            return stored
        return await self._there(view) or StoredView(
            provisional,
            view.chat,
            view.turn_id,
            view.workspace_id,
            view.session_id,
            view.started_at,
        )

    async def intend(
        self,
        view_id: int,
        kind: str,
        number: int,
        newest_seen: int | None = None,
        covers: Sequence[Cover] | None = None,
    ) -> int:
        """Remember that a send is about to leave; returns the intent's id.

        Raises Forgotten when the chat is not linked any more.
        """
        provisional = self._provisional()

        async def intend() -> int:
            view = self._real(view_id)
            intent = await self._views.intend(view, kind, number, newest_seen, covers)
            self._ids[provisional] = intent
            return intent

        intent = await self._journal.write(intend, None)
        if intent is None:
            return provisional
        del self._ids[provisional]
        return intent

    async def settle(
        self,
        intent_id: int,
        view_id: int,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None = None,
    ) -> None:
        """Store a send's result and forget its intent (None: not sent); `covers` seal it."""

        async def settle() -> None:
            intent, view = self._real(intent_id), self._real(view_id)
            await self._views.settle(intent, view, kind, number, message_id, covers)
            self._ids.pop(intent_id, None)

        await self._journal.write(settle, None)

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Store that a page is sealed and what it shows; idempotent."""
        await self._journal.write(
            lambda: self._views.seal(self._real(view_id), number, covers), None
        )

    async def leave(self, view_id: int) -> None:
        """Store that the view's pages are in a chat or topic that the link left."""
        await self._journal.write(lambda: self._views.leave(self._real(view_id)), None)

    async def anchor(self, view_id: int, anchors: Mapping[str, str | None]) -> None:
        """Store below which entries late results stand; what is known of one stays."""
        await self._journal.write(lambda: self._views.anchor(self._real(view_id), anchors), None)

    async def end(self, view_id: int, outcome: str, title: str) -> None:
        """Mark the view as ended."""

        async def end() -> None:
            await self._views.end(self._real(view_id), outcome, title)
            self._ids.pop(view_id, None)

        await self._journal.write(end, None)

    def _provisional(self) -> int:
        self._last -= 1
        return self._last

    def _real(self, id_: int) -> int:
        """Return a stored row's id; one that was never stored belongs to nothing."""
        real = id_ if id_ > 0 else self._ids.get(id_)
        if real is None:
            raise Forgotten(f"never stored: {id_}")
        return real

    async def _there(self, view: NewView) -> StoredView | None:
        """Look for the view of an earlier run: a database that takes nothing may be readable."""
        try:
            views = await self._views.open()
        except DatabaseSick:
            return None
        found = (v for v in views if (v.chat, v.turn_id) == (view.chat, view.turn_id))
        return next(found, None)


class PatientMutes:
    """The MuteStore of `bot.live.ports`, with the same patience."""

    def __init__(self, mutes: Mutes, journal: Journal) -> None:
        self._mutes = mutes
        self._journal = journal

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute; idempotent."""
        await self._journal.write(lambda: self._mutes.mute(chat, workspace_id), None)

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute; idempotent."""
        await self._journal.write(lambda: self._mutes.unmute(chat, workspace_id), None)

    async def muted(self) -> frozenset[tuple[int, str]]:
        """Every (chat row, workspace) that is muted."""
        return await self._mutes.muted()


class PatientAbsences:
    """The AbsenceStore of `bot.live.ports`, with the same patience."""

    def __init__(self, absences: Absences, journal: Journal) -> None:
        self._absences = absences
        self._journal = journal

    async def told(self, line: StoredLine) -> None:
        """Remember that a chat has this line."""
        await self._journal.write(lambda: self._absences.told(line), None)

    async def untold(self, line: StoredLine) -> None:
        """Forget a line; idempotent."""
        await self._journal.write(lambda: self._absences.untold(line), None)

    async def lines(self) -> tuple[StoredLine, ...]:
        """Every line that stands somewhere."""
        return await self._absences.lines()
