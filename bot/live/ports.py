"""What live needs of Telegram and of backends, as Protocols, and the closed set of outcomes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from bot.entries.events import LogEvent
from bot.entries.story import DiffTotal, Execution, Workspace
from bot.i18n import Sentence
from bot.rendering.page import Keyboard, Message
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
    PROBE = 6
    """Looking for a message that perhaps arrived: an edit, before which nothing new may be sent."""
    EDIT = 7


class Surface(Protocol):
    """Telegram, for messages of live views; never raises for an outcome of its own."""

    async def send(
        self, chat: LinkedChat, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send a new message; a missing reply target is not fatal."""

    async def send_file(
        self, chat: LinkedChat, name: str, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send a message's text as a document, without entities and buttons."""

    async def edit(self, chat: LinkedChat, message_id: int, message: Message) -> DeliveryOutcome:
        """Replace a message's text and keyboard."""

    async def edit_keyboard(
        self, chat: LinkedChat, message_id: int, keyboard: Keyboard
    ) -> DeliveryOutcome:
        """Replace a message's keyboard; its text stays."""


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

    async def diff_total(self, workspace_id: str) -> DiffTotal | None:
        """Count what a workspace changed in all, in seconds; None where that is not told.

        Raises BackendError.
        """

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """Every repository as (id, name)."""

    def health(self) -> Health:
        """What is known now, without asking."""


@dataclass(slots=True)
class Gauges:
    """Counts a benchmark and `/status` read."""

    renders: int = 0
    writes: int = 0
