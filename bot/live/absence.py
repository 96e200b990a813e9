"""Says that a backend is away: in the views that run, and where nothing runs in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.i18n import Translator
from bot.live.ports import (
    Delivered,
    DeliveryOutcome,
    LinkedChat,
    NotSent,
    PerhapsDelivered,
    Resting,
    Urgency,
)
from bot.live.probe import find, guesses
from bot.live.setbacks import RETRY_S
from bot.live.stores import AbsenceStore, PastStore, StoredLine
from bot.live.tasks import Tasks
from bot.live.wiring import Wiring
from bot.rendering.page import Message
from bot.rendering.rich_text import plain
from bot.settings.model import StreamMode

log = structlog.get_logger(__name__)

CONNECTION_LOST_S = 30.0
"""How long a backend is away before the views say so."""

LINE_AFTER_S = 300.0
"""How long a backend is away before chats in which nothing runs are told."""

MOST_ATTEMPTS = 100
"""After so many attempts (almost an hour) a line is given up."""

ACTIVE = timedelta(hours=24)
"""Who was written to within so long is told; others would only wonder."""


class Audience(Protocol):
    """Who may have to be told."""

    def tell_lost(self, backend: str, *, lost: bool) -> None:
        """Say in the views that run that the connection is lost, or no longer."""

    def idle_chats(self, backend: str) -> Iterable[LinkedChat]:
        """The linked chats, unless something runs on that backend."""

    def linked(self, chat: int) -> LinkedChat | None:
        """The linked chat as it is now; None when it was unlinked."""


class Absences:
    """Which backends are away, and what chats were told of it.

    A line is sent at most once per absence and chat, and edited when the backend is back, also by
    the next run of the bot. One whose sending ended in doubt is looked for before it is sent again.
    """

    def __init__(
        self,
        audience: Audience,
        wiring: Wiring,
        past: PastStore,
        store: AbsenceStore,
        tasks: Tasks,
    ) -> None:
        self._audience = audience
        self._wiring = wiring
        self._past = past
        self._store = store
        self._tasks = tasks
        self._away: dict[str, asyncio.Event] = {}
        self._lines: dict[tuple[int, str], StoredLine] = {}
        self._newest: dict[int, int | None] = {}

    def __contains__(self, backend: str) -> bool:
        return backend in self._away

    async def load(self) -> None:
        """Take the lines that an earlier run has left."""
        self._lines = {(line.chat, line.backend): line for line in await self._store.lines()}

    def begin(self, backend: str) -> None:
        """The backend is away; said again, nothing new."""
        if backend not in self._away:
            back = self._away[backend] = asyncio.Event()
            self._tasks.spawn(f"away {backend}", partial(self._stay_away, backend, back))

    def end(self, backend: str) -> None:
        """The backend is there."""
        back = self._away.pop(backend, None)
        if back is not None:
            back.set()
        self._audience.tell_lost(backend, lost=False)
        for line in tuple(self._lines.values()):
            if line.backend == backend:
                self._take_back(line)

    def moved(self, chat: int) -> None:
        """Forget a chat's lines: it is another chat now."""
        for key in [key for key in self._lines if key[0] == chat]:
            del self._lines[key]

    async def _stay_away(self, backend: str, back: asyncio.Event) -> None:
        clock = self._wiring.clock
        if await clock.wait(back, CONNECTION_LOST_S):
            return
        self._audience.tell_lost(backend, lost=True)
        if await clock.wait(back, LINE_AFTER_S - CONNECTION_LOST_S):
            return
        active = await self._past.active_since(clock.wall() - ACTIVE)
        for chat in self._audience.idle_chats(backend):
            if chat.id in active and _wants_line(chat) and (chat.id, backend) not in self._lines:
                work = partial(self._tell, backend, chat.id, back)
                self._tasks.spawn(f"away {backend} {chat.id}", work)

    async def _tell(self, backend: str, chat: int, back: asyncio.Event) -> None:
        """Send the line, unless the backend comes first."""
        message_id = await self._bring(chat, None, partial(_gone, backend), back)
        if message_id is None:
            return
        line = self._lines[chat, backend] = StoredLine(chat, backend, message_id)
        await self._store.told(line)
        if back.is_set():
            self._take_back(line)

    def _take_back(self, line: StoredLine) -> None:
        del self._lines[line.chat, line.backend]
        self._tasks.spawn(f"back {line.backend} {line.chat}", partial(self._tell_back, line))

    async def _tell_back(self, line: StoredLine) -> None:
        """Edit the line: the backend is there again."""
        text = partial(_returned, line.backend)
        await self._bring(line.chat, line.message_id, text, asyncio.Event())
        await self._store.untold(line)

    async def _bring(
        self,
        chat_id: int,
        message_id: int | None,
        text: Callable[[Translator], str],
        enough: asyncio.Event,
    ) -> int | None:
        """Send or edit the line until it stands there; returns its message, None if it does not."""
        for attempt in range(MOST_ATTEMPTS):
            chat = self._audience.linked(chat_id)
            if chat is None:
                return None
            outcome = await self._write(chat, message_id, text, enough)
            if isinstance(outcome, PerhapsDelivered):
                found = await self._look(chat, text)
                if found is not None:
                    return found
            if isinstance(outcome, Delivered):
                return outcome.message_id
            if not isinstance(outcome, NotSent | Resting | PerhapsDelivered):
                log.info("absence.not_told", chat=chat_id, outcome=type(outcome).__name__)
                return None
            await self._wiring.clock.wait(enough, RETRY_S[min(attempt, len(RETRY_S) - 1)])
        return None

    async def _write(
        self,
        chat: LinkedChat,
        message_id: int | None,
        text: Callable[[Translator], str],
        enough: asyncio.Event,
    ) -> DeliveryOutcome | None:
        """Make the call when it is this line's turn; None when it is no longer wanted then."""
        wiring, who = self._wiring, ("away", chat.id)
        urgency = Urgency.NEW_LINK if message_id is None else Urgency.EDIT
        async with wiring.lanes.grant(chat.chat_id, lambda: urgency, who) as grant:
            if enough.is_set() or self._audience.linked(chat.id) is None:
                grant.unused()
                return None
            message = Message(plain(text(wiring.options(chat).translate)))
            if message_id is not None:
                grant.edits()
                return await wiring.surface.edit(chat, message_id, message)
            if wiring.doubts.held(chat.chat_id, who):
                grant.unused()
                return NotSent("another send is in doubt")
            self._newest[chat.id] = wiring.seen.newest(chat.chat_id)
            outcome = await wiring.surface.send(chat, message, reply_to=None)
            if isinstance(outcome, PerhapsDelivered):
                wiring.doubts.hold(chat.chat_id, who)
            return outcome

    async def _look(self, chat: LinkedChat, text: Callable[[Translator], str]) -> int | None:
        """Look for a line that perhaps arrived."""
        wiring, never = self._wiring, asyncio.Event()
        ids = guesses(wiring.seen, chat.chat_id, self._newest.pop(chat.id))
        try:
            return await find(ids, lambda id_: self._write(chat, id_, text, never), wiring.clock)
        finally:
            wiring.doubts.release(chat.chat_id, ("away", chat.id))


def _wants_line(chat: LinkedChat) -> bool:
    """Whether a chat is told of anything but its turns' ends."""
    settings = chat.settings
    return settings.notifications_enabled and settings.stream_mode is not StreamMode.OFF


def _gone(backend: str, _: Translator) -> str:
    if backend:
        return "🔌 " + _("{backend} is not reachable. I keep trying.", backend=backend)
    return "🔌 " + _("vibe-kanban is not reachable. I keep trying.")


def _returned(backend: str, _: Translator) -> str:
    if backend:
        return "🔌 " + _("{backend} is back.", backend=backend)
    return "🔌 " + _("vibe-kanban is back.")
