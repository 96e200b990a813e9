"""What live keeps between two runs of the bot: the values, and the stores as Protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.rendering.transcript import Cover


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A delivered message of a view: a link (from 0), or a part of what follows the end."""

    kind: str
    number: int
    message_id: int
    sealed: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """A send that was about to leave and whose outcome nobody has stored.

    `newest_seen` is the newest message id that was known in the chat's counter before it left.
    `covers` is what the message shows if it is never written again; None: it may grow.
    """

    id: int
    kind: str
    number: int
    newest_seen: int | None
    covers: tuple[Cover, ...] | None = None


@dataclass(frozen=True, slots=True)
class StoredView:
    """What is remembered of a view between two runs of the bot."""

    id: int
    chat: int
    turn_id: str
    workspace_id: str
    session_id: str
    started_at: datetime
    messages: tuple[StoredMessage, ...] = ()
    shown: tuple[Cover, ...] = ()
    late_after: Mapping[str, str | None] = field(default_factory=dict)
    backend: str = ""
    title: str = ""
    ended: bool = False
    unsettled: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class NewView:
    """A view that begins."""

    chat: int
    turn_id: str
    workspace_id: str
    session_id: str
    backend: str
    title: str
    started_at: datetime


class ViewStore(Protocol):
    """Where views, their messages and what was shown are kept."""

    async def begin(self, view: NewView) -> StoredView:
        """Create the view of this chat and turn, or return the one that is there (idempotent)."""

    async def intend(
        self,
        view_id: int,
        kind: str,
        number: int,
        newest_seen: int | None = None,
        covers: Sequence[Cover] | None = None,
    ) -> int:
        """Remember that a send is about to leave; returns the intent's id.

        `covers` is what a message shows that is never written again (None: it may grow).
        """

    async def settle(
        self,
        intent_id: int,
        view_id: int,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None = None,
    ) -> None:
        """Store a send's result and forget its intent, in one transaction (None: not sent).

        With `covers` the message is sealed by that.
        """

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Store that a page is sealed and what it shows, in one transaction."""

    async def leave(self, view_id: int) -> None:
        """Store that the view's pages are in a chat or topic that the link left."""

    async def anchor(self, view_id: int, anchors: Mapping[str, str | None]) -> None:
        """Store below which entries late results stand; what is known of one stays."""

    async def end(self, view_id: int, outcome: str, title: str) -> None:
        """Mark the view as ended."""


class PastStore(Protocol):
    """What a bot that starts asks of the time before."""

    async def open(self) -> Sequence[StoredView]:
        """Every view that was not ended, oldest first."""

    async def newest_begin(self, backend: str) -> datetime | None:
        """When the newest turn began that any chat was shown, by the backend's clock."""

    async def turns_of(self, session_id: str) -> frozenset[str]:
        """The turns of a session that any chat was shown."""

    async def active_since(self, moment: datetime) -> frozenset[int]:
        """The linked chats that were written to since then."""


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A message that says that a backend is away."""

    chat: int
    backend: str
    message_id: int


class AbsenceStore(Protocol):
    """Which chats have a line about a backend that is away."""

    async def told(self, line: StoredLine) -> None:
        """Remember that a chat has this line."""

    async def untold(self, line: StoredLine) -> None:
        """Forget a line; idempotent."""

    async def lines(self) -> Sequence[StoredLine]:
        """Every line that stands somewhere."""


class MuteStore(Protocol):
    """Which workspaces a chat has muted."""

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute; idempotent."""

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute; idempotent."""

    async def muted(self) -> frozenset[tuple[int, str]]:
        """Every (chat row, workspace) that is muted."""
