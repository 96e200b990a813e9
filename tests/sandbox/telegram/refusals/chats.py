"""What is refused because of a chat, its topic, its people or the bot's place in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.telegram.desk import ADA, BAD, BASIC, BORIS, SUPER, Desk
from tests.sandbox.telegram.refusals.case import Case, Given, after, bad, send

FORUM = -1000000000700
CHANNEL = -1000000000800
STRANGER = 9


def forum(desk: Desk, status: Any = "member") -> int:
    """Make a forum with the bot, and return its topic."""
    desk.telegram.add_forum(FORUM, "Forum", {ADA: "creator"})
    desk.telegram.add_bot_to_group(FORUM, by=ADA, status=status)
    return desk.telegram.add_topic(FORUM, "Builds")


def in_topic(
    change: Callable[[Desk, int], object], status: Any = "member"
) -> Callable[[Desk], Given]:
    """Arrange a send into a topic, after it changed."""

    def arrange(desk: Desk) -> Given:
        topic = forum(desk, status)
        change(desk, topic)
        return {"chat_id": FORUM, "text": "x", "message_thread_id": topic}

    return arrange


def elsewhere(number: int) -> Callable[[Desk], Given]:
    """Arrange a send into a topic that a forum does not have."""

    def arrange(desk: Desk) -> Given:
        forum(desk)
        return {"chat_id": FORUM, "text": "x", "message_thread_id": number}

    return arrange


def written_before(change: Callable[[Desk, int], object]) -> Callable[[Desk], Given]:
    """Aim at a message in a topic, after something changed."""

    def arrange(desk: Desk) -> Given:
        topic = forum(desk)
        message = desk.send(chat_id=FORUM, message_thread_id=topic)
        change(desk, topic)
        return {"chat_id": FORUM, "text": "x", "message_id": message.message_id}

    return arrange


def channel(desk: Desk, status: Any) -> None:
    """Make a channel in which the bot is something."""
    desk.telegram.add_channel(CHANNEL, "News", {ADA: "creator"})
    desk.telegram.set_bot_status(CHANNEL, status, by=ADA)


def gone_stranger(desk: Desk) -> Given:
    """Let an account vanish that the bot never met."""
    desk.telegram.add_user(STRANGER, "Stranger")
    desk.telegram.deactivate(STRANGER)
    return {"chat_id": STRANGER, "text": "x"}


def upgraded(desk: Desk) -> Given:
    """Make the basic group a supergroup."""
    desk.telegram.upgrade_group(BASIC)
    return {"chat_id": BASIC, "text": "x"}


def lost(given: str, description: str, arrange: Callable[[Desk], Given]) -> Case:
    """Return a case of 403."""
    return Case(given, "sendMessage", 403, f"Forbidden: {description}", arrange)


CHATS = (
    bad("nobody has this id", "chat not found", send(chat_id=12345)),
    bad("no `chat_id`", "chat_id is empty", send(chat_id="")),
    bad("an account that is gone and never met the bot", "private chat not found", gone_stranger),
    lost(
        "the person never started the bot",
        "bot can't initiate conversation with a user",
        send(chat_id=BORIS),
    ),
    lost(
        "the person blocked the bot",
        "bot was blocked by the user",
        after(lambda desk: desk.telegram.block(ADA)),
    ),
    lost(
        "the person's account is gone",
        "user is deactivated",
        after(lambda desk: desk.telegram.deactivate(ADA)),
    ),
    lost(
        "removed from a basic group",
        "bot was kicked from the group chat",
        after(lambda desk: desk.telegram.remove_bot_from_group(BASIC, by=ADA), BASIC),
    ),
    lost(
        "removed from a supergroup",
        "bot was kicked from the supergroup chat",
        after(lambda desk: desk.telegram.remove_bot_from_group(SUPER, by=ADA), SUPER),
    ),
    lost(
        "removed from a channel",
        "bot was kicked from the channel chat",
        after(lambda desk: channel(desk, "kicked"), CHANNEL),
    ),
    lost(
        "left a basic group",
        "bot is not a member of the group chat",
        after(lambda desk: desk.call("leaveChat", chat_id=BASIC), BASIC),
    ),
    lost(
        "left a supergroup",
        "bot is not a member of the supergroup chat",
        after(lambda desk: desk.call("leaveChat", chat_id=SUPER), SUPER),
    ),
    lost(
        "not in a channel",
        "bot is not a member of the channel chat",
        after(lambda desk: channel(desk, "left"), CHANNEL),
    ),
    lost(
        "the group was deleted",
        "the group chat was deleted",
        after(lambda desk: desk.telegram.delete_group(BASIC), BASIC),
    ),
    Case(
        "the group became a supergroup",
        "sendMessage",
        400,
        BAD + "group chat was upgraded to a supergroup chat",
        upgraded,
        {"migrate_to_chat_id": -1000000000000 + BASIC},
    ),
    bad(
        "restricted in the group",
        "not enough rights to send text messages to the chat",
        after(lambda desk: desk.telegram.set_bot_status(SUPER, "restricted", by=ADA), SUPER),
    ),
    bad(
        "write access is lost",
        "have no write access to the chat",
        after(lambda desk: desk.telegram.deny(SUPER, "access"), SUPER),
    ),
    bad(
        "Telegram's servers say so themselves",
        "CHAT_WRITE_FORBIDDEN",
        after(lambda desk: desk.telegram.deny(SUPER, "forbidden"), SUPER),
    ),
    bad(
        "a member of a channel, no administrator",
        "need administrator rights in the channel chat",
        after(lambda desk: channel(desk, "member"), CHANNEL),
    ),
)

TOPICS = (
    bad(
        "the topic was deleted",
        "message thread not found",
        in_topic(lambda desk, topic: desk.telegram.delete_topic(FORUM, topic)),
    ),
    bad("a topic that never was", "message thread not found", elsewhere(77)),
    bad("General by its number", "message thread not found", elsewhere(1)),
    bad(
        "the topic is closed",
        "TOPIC_CLOSED",
        in_topic(lambda desk, topic: desk.telegram.close_topic(FORUM, topic)),
    ),
    bad(
        "its topic is closed",
        "TOPIC_CLOSED",
        written_before(lambda desk, topic: desk.telegram.close_topic(FORUM, topic)),
        "editMessageText",
    ),
    bad(
        "its topic was deleted",
        "message to edit not found",
        written_before(lambda desk, topic: desk.telegram.delete_topic(FORUM, topic)),
        "editMessageText",
    ),
    bad(
        "restricted since then",
        "CHAT_WRITE_FORBIDDEN",
        written_before(lambda desk, _: desk.telegram.set_bot_status(FORUM, "restricted", by=ADA)),
        "editMessageText",
    ),
    bad(
        "the topic was deleted",
        "TOPIC_DELETED",
        in_topic(lambda desk, topic: desk.telegram.delete_topic(FORUM, topic), "administrator"),
        "closeForumTopic",
    ),
    bad(
        "the topic is closed already",
        "TOPIC_NOT_MODIFIED",
        in_topic(lambda desk, topic: desk.telegram.close_topic(FORUM, topic), "administrator"),
        "closeForumTopic",
    ),
)
