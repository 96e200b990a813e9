"""What people do: write, tap, delete, block, and move groups and their members about."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.telegram.formatted import Formatted, format_person
from sandbox.telegram.params import JsonObject
from sandbox.telegram.updates import Updates
from sandbox.telegram.voices import Voice, disguise
from sandbox.telegram.wire import callback_json, chat_json, member_json, message_json, user_json
from sandbox.telegram.world import (
    PRESENT,
    RULING,
    Callback,
    Change,
    Chat,
    ChatKind,
    MemberStatus,
    Message,
    Topic,
    User,
    Version,
    World,
    buttons,
)


class People:
    """People's side of a world: each deed changes it and queues the update Telegram would send.

    What a person's client would not let them do raises ValueError.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.updates = Updates()

    def add_user(
        self,
        user_id: int,
        first_name: str,
        username: str | None = None,
        language_code: str | None = "en",
    ) -> User:
        """Let a person exist, with their private chat; the bot may write once they have written."""
        user = self.world.users[user_id] = User(user_id, first_name, username, language_code)
        self.world.add_chat(Chat(user_id, "private", first_name, {user_id: "member"}))
        return user

    def add_group(self, chat_id: int, title: str, members: Mapping[int, MemberStatus]) -> Chat:
        """Let a group exist, without the bot; an id of -100… makes it a supergroup."""
        if chat_id >= 0:
            raise ValueError("a group's id is negative")
        kind: ChatKind = "supergroup" if chat_id < -1_000_000_000_000 else "group"
        return self.world.add_chat(Chat(chat_id, kind, title, dict(members)))

    def say(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        reply_to: int | None = None,
        *,
        topic: int = 0,
        voice: Voice | None = None,
    ) -> Message:
        """Write a message; in groups the bot hears only what its privacy mode lets through.

        A reply stands in the topic of what it answers; in a channel all speak as the channel.
        """
        chat, user = self._present(chat_id, user_id)
        content = format_person(text)
        original = self.world.find(chat_id, reply_to)
        if reply_to is not None and original is None:
            raise ValueError(f"there is no message {reply_to} to reply to")
        topic = topic if original is None else original.topic
        self._may_write(chat, user_id, topic)
        if chat.kind == "private":
            self._start_bot(chat)
        sender, extra = disguise(self.world, chat, user, voice)
        message = self.world.add_message(chat_id, sender, content)
        message.reply_to_message_id, message.topic, message.extra = reply_to, topic, extra
        self.world.changed(message)
        if self._bot_hears(chat, message, original):
            self._tell(message)
        return message

    def _may_write(self, chat: Chat, user_id: int, topic: int) -> None:
        status = chat.status(user_id)
        if chat.upgraded_to is not None or chat.deleted or status == "restricted":
            raise ValueError(f"user {user_id} may not write in chat {chat.id}")
        if chat.kind == "channel" and status not in RULING:
            raise ValueError(f"user {user_id} does not run channel {chat.id}")
        if topic and self._topic_exists(chat.id, topic).closed and status not in RULING:
            raise ValueError(f"topic {topic} is closed")

    def _topic_exists(self, chat_id: int, topic_id: int) -> Topic:
        topic = self.world.chats[chat_id].topic(topic_id)
        if topic is None:
            raise ValueError(f"chat {chat_id} has no topic {topic_id}")
        return topic

    def tap(self, chat_id: int, user_id: int, message_id: int, button: str) -> str:
        """Tap a callback button, named by its data or its label; return the callback's id."""
        self._present(chat_id, user_id)
        message = self.world.find(chat_id, message_id)
        shown = buttons(message.reply_markup) if message else []
        data = [
            str(each["callback_data"])
            for each in shown
            if each.get("callback_data") and button in (each["callback_data"], each["text"])
        ]
        if not data:
            raise ValueError(f"message {message_id} has no button {button!r}")
        return self._called_back(chat_id, user_id, message_id, data[0])

    def forge_tap(self, chat_id: int, user_id: int, message_id: int, data: str) -> str:
        """Tap with data of one's own, as a client that somebody has changed can."""
        self._present(chat_id, user_id)
        if self.world.find(chat_id, message_id) is None:
            raise ValueError(f"there is no message {message_id}")
        return self._called_back(chat_id, user_id, message_id, data)

    def _called_back(self, chat_id: int, user_id: int, message_id: int, data: str) -> str:
        identity = str(4_000_000_000_000 + len(self.world.callbacks))
        callback = Callback(
            identity, chat_id, message_id, user_id, data, tapped_at=self.world.clock()
        )
        self.world.callbacks[identity] = callback
        self._queue("callback_query", callback_json(self.world, callback))
        return identity

    def edit_message(self, chat_id: int, message_id: int, text: str) -> None:
        """Edit a person's own message."""
        message = self.world.find(chat_id, message_id)
        if message is None or message.from_bot:
            raise ValueError(f"message {message_id} is not a person's")
        content = format_person(text)
        message.versions.append(Version(self.world.clock(), content.text, content.entities, None))
        self.world.changed(message)
        if self._bot_hears(self.world.chats[chat_id], message, None):
            self._tell(message, edited=True)

    def delete_message(self, chat_id: int, message_id: int) -> None:
        """Delete a message, whoever wrote it; bots are not told."""
        message = self.world.find(chat_id, message_id)
        if message is None:
            raise ValueError(f"there is no message {message_id}")
        message.deleted_at = self.world.clock()
        self.world.changed(message)

    def block(self, user_id: int) -> None:
        """Block the bot."""
        self.set_bot_status(user_id, "kicked", by=user_id)

    def unblock(self, user_id: int) -> None:
        """Unblock the bot, which may write again at once."""
        self.set_bot_status(user_id, "member", by=user_id)

    def add_bot_to_group(self, chat_id: int, by: int, status: MemberStatus = "member") -> None:
        """Add the bot to a group, with the service message people see."""
        _, user = self._present(chat_id, by)
        self.set_bot_status(chat_id, status, by=by)
        words = f"{user.first_name} added {self.world.bot.first_name}"
        message = self.world.add_message(chat_id, user, Formatted(words))
        message.service = True
        self.world.changed(message)

    def remove_bot_from_group(self, chat_id: int, by: int) -> None:
        """Remove the bot from a group."""
        self.set_bot_status(chat_id, "kicked", by=by)

    def set_bot_status(self, chat_id: int, status: MemberStatus, *, by: int) -> None:
        """Change what the bot is in a chat (my_chat_member)."""
        self._set_status("my_chat_member", chat_id, self.world.bot.id, status, by)

    def set_member_status(
        self, chat_id: int, user_id: int, status: MemberStatus, *, by: int
    ) -> None:
        """Change what a person is in a group (chat_member, for bots that asked for it)."""
        self._set_status("chat_member", chat_id, user_id, status, by)

    def _set_status(
        self, update: str, chat_id: int, user_id: int, status: MemberStatus, by: int
    ) -> None:
        world = self.world
        chat = world.chats[chat_id]
        old, chat.members[user_id] = chat.status(user_id), status
        world.announce(Change("chat", chat_id))
        change: JsonObject = {
            "chat": chat_json(world, chat),
            "from": user_json(world.users[by]),
            "date": int(world.clock()),
            "old_chat_member": member_json(world, user_id, old),
            "new_chat_member": member_json(world, user_id, status),
        }
        self._queue(update, change)

    def _start_bot(self, chat: Chat) -> None:
        """Let the bot in; Telegram tells it only of an unblocking, not of a first start."""
        status = chat.status(self.world.bot.id)
        if status == "kicked":
            self.unblock(chat.id)
        elif status not in PRESENT:
            chat.members[self.world.bot.id] = "member"

    def _present(self, chat_id: int, user_id: int) -> tuple[Chat, User]:
        chat = self.world.chats.get(chat_id)
        if chat is None or chat.status(user_id) not in PRESENT:
            raise ValueError(f"user {user_id} is not in chat {chat_id}")
        return chat, self.world.users[user_id]

    def _bot_hears(self, chat: Chat, message: Message, original: Message | None) -> bool:
        bot = self.world.bot
        status = chat.status(bot.id)
        if chat.kind == "private" or status in RULING:
            return status in PRESENT
        command, _, addressee = message.text.split()[0].partition("@")
        for_bot = command.startswith("/") and addressee.lower() in (
            "",
            (bot.username or "").lower(),
        )
        mentioned = f"@{bot.username}".lower() in message.text.lower()
        answered = original is not None and original.from_bot
        return status in PRESENT and (for_bot or mentioned or answered)

    def _tell(self, message: Message, *, edited: bool = False) -> None:
        post = self.world.chats[message.chat_id].kind == "channel"
        kind = ("edited_" if edited else "") + ("channel_post" if post else "message")
        self._queue(kind, message_json(self.world, message))

    def _queue(self, kind: str, payload: JsonObject) -> None:
        if self.updates.add(kind, payload):
            self.world.announce(Change("update"))
