"""What live needs from the outside, as Protocols, and the closed set of delivery outcomes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from bot.entries.events import LogEvent
from bot.entries.story import Execution, Workspace
from bot.i18n import Sentence
from bot.rendering.page import Message
from bot.rendering.transcript import Cover
from bot.settings.model import ChatSettings


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """A linked (chat, topic): `id` is our row's, `topic` 0 means none or General."""

    id: int
    chat_id: int
    topic: int
    type: str
    settings: ChatSettings
    locale: str
    """The locale its texts are rendered in, `auto` already resolved."""

    @property
    def private(self) -> bool:
        """Whether Telegram's private budget applies."""
        return self.type == "private"


# --- outcomes of a call to Telegram ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivered:
    """Telegram has it, under this message id ("not modified" counts, with `changed` False)."""

    message_id: int
    changed: bool = True


@dataclass(frozen=True, slots=True)
class MessageGone:
    """The message to edit is no longer there or cannot be edited."""


@dataclass(frozen=True, slots=True)
class TargetGone:
    """The message to reply to is no longer there."""


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """The forum topic is deleted or closed; `closed` topics may open again."""

    closed: bool = False


@dataclass(frozen=True, slots=True)
class ChatGone:
    """Blocked, kicked, deleted: nothing will ever arrive there."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The group was upgraded; `chat_id` is its new id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class NoRights:
    """The bot may not write there now."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Flood control: the lane rests, the call changed nothing."""

    retry_after_s: float


@dataclass(frozen=True, slots=True)
class NotSent:
    """The call surely did not arrive (connection refused, DNS), or was an edit that may repeat."""

    reason: str


@dataclass(frozen=True, slots=True)
class PerhapsDelivered:
    """Nobody knows whether the call arrived (timeout, connection lost, 5xx, no JSON)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram refuses what we sent: a bug of ours."""

    description: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """The bot's token is not valid (any more)."""


DeliveryOutcome = (
    Delivered
    | MessageGone
    | TargetGone
    | ThreadGone
    | ChatGone
    | ChatMoved
    | NoRights
    | Resting
    | NotSent
    | PerhapsDelivered
    | Refused
    | TokenRefused
)


# --- delivery -------------------------------------------------------------------------------------


class Urgency(IntEnum):
    """Classes of calls, most urgent first (smaller goes first)."""

    ANSWER = 0
    APPROVAL = 1
    FINAL = 2
    CLOSING = 3
    """What a turn still has to show before its end line, and its notice after it."""
    FIRST_LINK = 4
    """A turn's beginning."""
    NEW_LINK = 5
    EDIT = 6


class Surface(Protocol):
    """Telegram, for messages of live views; never raises for an outcome of its own."""

    async def send(
        self, chat: LinkedChat, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send a new message; a missing reply target is not fatal."""

    async def edit(self, chat: LinkedChat, message_id: int, message: Message) -> DeliveryOutcome:
        """Replace a message's text and keyboard."""


class Grant(Protocol):
    """The right to make one call in a lane."""

    def unused(self) -> None:
        """Give the grant back: no call was made."""

    def edits(self) -> None:
        """The call is an edit: answers to a person may overlap it."""


class Lanes(Protocol):
    """Paces calls per chat; see `bot.delivery.lanes`."""

    def grant(
        self, chat_id: int, urgency: Callable[[], Urgency], who: Hashable
    ) -> AbstractAsyncContextManager[Grant]:
        """Wait for the turn of `who` in this chat; `urgency` is asked again while waiting."""

    def reconsider(self, chat_id: int) -> None:
        """Ask waiting urgencies again: one of them may have changed."""


# --- storage --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A delivered message of a view: a page (`number` from 0) or the notice."""

    kind: str
    number: int
    message_id: int
    sealed: bool
    sent_at: datetime


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

    async def intend(self, view_id: int, kind: str, number: int) -> int:
        """Remember that a send is about to leave; returns the intent's id."""

    async def settle(
        self, intent_id: int, view_id: int, kind: str, number: int, message_id: int | None
    ) -> None:
        """Store a send's result and forget its intent, in one transaction (None: not sent)."""

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Store that a page is sealed and what it shows, in one transaction."""

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


# --- the backend ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health:
    """A backend as `/status` and `doctor` tell it; `problem` says what is wrong."""

    name: str
    reachable: bool
    version: str | None = None
    problem: Sentence | None = None


class Listener(Protocol):
    """What a backend tells as it happens; plain calls that never wait."""

    def workspace_changed(self, workspace: Workspace) -> None:
        """Header data came or changed."""

    def execution_changed(self, execution: Execution) -> None:
        """An execution is new, or its row changed; terminal rows never go back."""

    def execution_removed(self, execution_id: str) -> None:
        """The row is gone."""

    def connection_changed(self, backend: str, up: bool, problem: Sentence | None) -> None:
        """The backend came or went; `problem` says why."""


class BackendError(Exception):
    """A backend did not do what it was asked; `told` says why to a person, `str()` to a log."""

    def __init__(self, told: Sentence) -> None:
        super().__init__(str(told))
        self.told = told


class Backend(Protocol):
    """One backend, as `live` and `handlers` see it."""

    @property
    def name(self) -> str:
        """Its name in the configuration; empty when there is only one."""

    async def watch(self, listener: Listener, since: datetime | None = None) -> None:
        """Tell the listener everything, forever; reconnects by itself.

        What began after `since`, by the backend's own clock, is told even if it is over.
        """

    async def read_log(self, execution: Execution, emit: Callable[[LogEvent], None]) -> None:
        """Read one execution's log to its end; cancel to close the socket at once."""

    async def history(self, session_id: str, workspace_id: str) -> tuple[Execution, ...]:
        """Every row of a session that is there; empty for one that is gone. Raises BackendError.

        The end of those that run is announced from now on, as if they had been announced.
        """

    async def execution(self, execution_id: str, workspace_id: str) -> Execution | None:
        """Ask for one row, None when it is gone. Raises BackendError."""

    async def stop(self, execution_id: str) -> None:
        """Stop a running execution; raises a BackendError that says why not."""

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """Every repository as (id, name)."""

    def health(self) -> Health:
        """What is known now, without asking."""


@dataclass(slots=True)
class Gauges:
    """Counts a benchmark and `/status` read."""

    renders: int = 0
    writes: int = 0
