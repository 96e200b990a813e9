"""In whose name a person writes: their own, a channel's, the group's, or somebody else's words."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.params import JsonObject
from sandbox.telegram.wire import chat_json, user_json
from sandbox.telegram.world import RULING, Chat, User, World

ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
CHANNEL = User(136817688, "Channel", "Channel_Bot", is_bot=True)
"""Whom Telegram names as `from` where the true writer is not to be seen."""


@dataclass(frozen=True, slots=True)
class AsChannel:
    """Write as a channel of one's own."""

    chat_id: int
    title: str


@dataclass(frozen=True, slots=True)
class AsGroup:
    """Write as the group, as anonymous administrators do."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Pass on what a person wrote elsewhere."""

    author_id: int


Voice = AsChannel | AsGroup | Forwarded


def disguise(world: World, chat: Chat, user: User, voice: Voice | None) -> tuple[User, JsonObject]:
    """Return whom the bot sees as the writer, and what else its message carries."""
    if chat.kind == "channel":
        return CHANNEL, {"sender_chat": chat_json(world, chat)}
    match voice:
        case None:
            return user, {}
        case Forwarded(author_id=author):
            origin = {
                "type": "user",
                "date": int(world.clock()),
                "sender_user": user_json(world.users[author]),
            }
            return user, {"forward_origin": origin}
        case AsChannel(chat_id=channel, title=title):
            return CHANNEL, {"sender_chat": {"id": channel, "type": "channel", "title": title}}
    if chat.status(user.id) not in RULING:
        raise ValueError(f"user {user.id} does not run chat {chat.id}")
    return ANONYMOUS, {"sender_chat": chat_json(world, chat)}
