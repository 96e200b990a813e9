"""What a link is: the chat that asks, and the chat as it is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.settings.model import ChatSettings


@dataclass(frozen=True, slots=True)
class ChatToLink:
    """A (chat, topic) in which somebody sent a code; `topic` 0 is General or none."""

    chat_id: int
    topic: int
    type: str
    title: str
    linked_by: int | None
    language: str | None
    """The Telegram language code of the person who links."""


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """A linked (chat, topic) as it is stored; `id` is never used again after an unlink."""

    id: int
    chat_id: int
    topic: int
    type: str
    title: str
    linked_by: int | None
    language: str | None
    linked_at: datetime
    settings: ChatSettings = field(default_factory=ChatSettings)
    messages_sent: int = 0


@dataclass(frozen=True, slots=True)
class LostChat:
    """A chat that Telegram took away (kicked, blocked, deleted), with the reason it gave."""

    chat_id: int
    topic: int
    title: str
    reason: str
    lost_at: datetime


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code in the clear; it exists only between its making and its showing."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """The code was right; `again` says that the chat had been linked before."""

    chat: ChatRecord
    again: bool


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code is unknown, used or too old."""


@dataclass(frozen=True, slots=True)
class TooManyGuesses:
    """This person has guessed too often and is not listened to until then."""

    until: datetime


Redemption = Linked | WrongCode | TooManyGuesses
