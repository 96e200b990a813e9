"""Says that a backend is away: in the views that run, and where nothing runs in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    PastStore,
    Resting,
    Urgency,
)
from bot.live.tasks import Tasks
from bot.live.view import RETRY_S, Wiring
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


@dataclass(slots=True)
class _Line:
    """The line as one chat has it."""

    chat: int
    message_id: int | None = None


class Absences:
    """Which backends are away, and what chats were told of it.

    A line is sent at most once per absence and chat, and edited when the backend is back. One
    whose sending ended in doubt is left alone: perhaps it stands there.
    """

    def __init__(self, audience: Audience, wiring: Wiring, past: PastStore, tasks: Tasks) -> None:
        self._audience = audience
        self._wiring = wiring
        self._past = past
        self._tasks = tasks
        self._away: dict[str, asyncio.Event] = {}

    def __contains__(self, backend: str) -> bool:
        return backend in self._away

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

    async def _stay_away(self, backend: str, back: asyncio.Event) -> None:
        clock = self._wiring.clock
        if await clock.wait(back, CONNECTION_LOST_S):
            return
        self._audience.tell_lost(backend, lost=True)
        if await clock.wait(back, LINE_AFTER_S - CONNECTION_LOST_S):
            return
        active = await self._past.active_since(clock.wall() - ACTIVE)
        for chat in self._audience.idle_chats(backend):
            if chat.id in active and _wants_line(chat):
                work = partial(self._tell, backend, chat.id, back)
                self._tasks.spawn(f"away {backend} {chat.id}", work)

    async def _tell(self, backend: str, chat: int, back: asyncio.Event) -> None:
        """Send the line, and edit it when the backend is back."""
        line = _Line(chat)
        if await self._bring(line, partial(_gone, backend), back):
            await self._wiring.clock.wait(back, None)
            await self._bring(line, partial(_returned, backend), asyncio.Event())

    async def _bring(
        self, line: _Line, text: Callable[[Translator], str], enough: asyncio.Event
    ) -> bool:
        """Send or edit the line, again and again; returns whether it stands there now."""
        for attempt in range(MOST_ATTEMPTS):
            chat = self._audience.linked(line.chat)
            if chat is None or enough.is_set():
                return False
            outcome = await self._write(line, chat, text, enough)
            if outcome is None:
                return False
            if isinstance(outcome, Delivered):
                line.message_id = outcome.message_id
                return True
            if not isinstance(outcome, NotSent | Resting):
                log.info("absence.not_told", chat=chat.id, outcome=type(outcome).__name__)
                return False
            await self._wiring.clock.wait(enough, RETRY_S[min(attempt, len(RETRY_S) - 1)])
        return False

    async def _write(
        self,
        line: _Line,
        chat: LinkedChat,
        text: Callable[[Translator], str],
        enough: asyncio.Event,
    ) -> DeliveryOutcome | None:
        """Make the call when it is this line's turn; None when that is no longer wanted."""
        wiring = self._wiring
        urgency = Urgency.NEW_LINK if line.message_id is None else Urgency.EDIT
        async with wiring.lanes.grant(chat.chat_id, lambda: urgency, ("away", chat.id)) as grant:
            if enough.is_set():
                grant.unused()
                return None
            message = Message(plain(text(wiring.options(chat).translate)))
            if line.message_id is None:
                return await wiring.surface.send(chat, message, reply_to=None)
            grant.edits()
            return await wiring.surface.edit(chat, line.message_id, message)


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
