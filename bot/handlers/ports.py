"""What the handlers need of the rest, as Protocols; the composition root hands in the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.entries.story import Story
from bot.i18n import Sentence
from bot.linking.model import ChatRecord
from bot.live.ports import Health, LinkedChat
from bot.live.turns import ActiveTurn
from bot.settings.model import ChatSettings


class Roster(Protocol):
    """The turns that are followed, as one chat may know of them: questions only."""

    def active(self, chat: int) -> tuple[ActiveTurn, ...]:
        """List the running turns of a chat, newest first, whether it shows them or not."""

    def latest(self, chat: int) -> ActiveTurn | None:
        """Name the chat's newest turn of this process, running or over."""

    def turn(self, view_id: int) -> ActiveTurn | None:
        """Find a turn of this process, also one that is over."""

    def turn_of_message(self, chat: int, message_id: int) -> ActiveTurn | None:
        """Find the turn that a message of the chat is about."""

    def muted(self, chat: int) -> tuple[tuple[str, str], ...]:
        """List what the chat has muted, as (workspace, title)."""


class Followers(Protocol):
    """What can be done about turns and chats, and what their backends say."""

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute a workspace in a chat; idempotent."""

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute a workspace in a chat; idempotent."""

    async def stop(self, view_id: int) -> Sentence | None:
        """Stop a turn; returns why that did not work."""

    async def story(self, view_id: int) -> Story | None:
        """Tell a turn as it stands, whole."""

    def chat_linked(self, chat: LinkedChat) -> None:
        """Show a new chat what runs."""

    def chat_changed(self, chat: LinkedChat) -> None:
        """Let a chat's new settings or place act at once."""

    async def chat_unlinked(self, chat: int) -> None:
        """Close the chat's views and never write there again."""

    def backends(self) -> tuple[Health, ...]:
        """Tell how the backends are, without asking them."""

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """List the repositories of every backend that can be asked now, as (id, name)."""


class FollowersWithRoster(Roster, Followers, Protocol):
    """One object that is both."""


class LaneState(Protocol):
    """What flood control does to a chat now."""

    @property
    def resting_until(self) -> datetime | None:
        """Until when Telegram wants silence."""


class Lanes(Protocol):
    """The pace of every chat."""

    def state(self, chat_id: int) -> LaneState:
        """Tell a chat's flood state."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person writes: a chat or one forum topic of it (0: none or General)."""

    chat_id: int
    topic: int
    type: str
    title: str


class Chats(Protocol):
    """The linked chats, by Telegram's ids and by our row ids."""

    async def find(self, chat_id: int, topic: int) -> ChatRecord | None:
        """Find the linked chat of a place."""

    async def within(self, chat_id: int) -> tuple[ChatRecord, ...]:
        """List what is linked in a Telegram chat: itself and its topics."""

    async def move(
        self, chat: int, *, chat_id: int, topic: int, chat_type: str | None = None
    ) -> ChatRecord | None:
        """Point a link at another place; returns the link that is there then."""

    async def all(self) -> tuple[ChatRecord, ...]:
        """List every linked chat."""

    async def unlink(self, chat: int) -> bool:
        """Forget a linked chat and all its rows; False when it was not linked."""

    async def lose(self, chat: int, reason: str) -> None:
        """Forget a chat that Telegram took away, and remember that it did."""


class Settings(Protocol):
    """The one way to change a chat's settings; everybody concerned is told at once."""

    async def change(self, chat: int, changes: Mapping[str, object]) -> ChatSettings:
        """Change some fields of a linked chat, by its row."""


Redact = Callable[[str, bool], str]
"""Masks secrets in a text; the flag says that the text will not grow any more."""


@dataclass(frozen=True, slots=True)
class About:
    """What /status tells of the bot itself; `problems` are those of this moment."""

    version: str
    problems: Callable[[], tuple[Sentence, ...]]
