"""What people do to groups and accounts: topics, upgrades, deletion, and what the bot may write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.telegram.formatted import Formatted
from sandbox.telegram.params import JsonObject
from sandbox.telegram.people import People
from sandbox.telegram.topics import open_topic, switch_topic
from sandbox.telegram.world import RULING, Change, Chat, Denial, MemberStatus, User

SUPERGROUPS = -1_000_000_000_000


class Groups(People):
    """People's side, with what changes a group as a whole.

    `by` is who does it, by default whoever runs the group.
    """

    def add_forum(self, chat_id: int, title: str, members: Mapping[int, MemberStatus]) -> Chat:
        """Let a supergroup with topics exist, without the bot."""
        chat = self.add_group(chat_id, title, members)
        if chat.kind != "supergroup":
            raise ValueError("only a supergroup has topics")
        chat.forum = True
        return chat

    def add_channel(self, chat_id: int, title: str, members: Mapping[int, MemberStatus]) -> Chat:
        """Let a channel exist, without the bot; only administrators write there."""
        if chat_id >= SUPERGROUPS:
            raise ValueError("a channel's id begins with -100")
        return self.world.add_chat(Chat(chat_id, "channel", title, dict(members)))

    def add_topic(self, chat_id: int, name: str, *, by: int | None = None) -> int:
        """Open a topic; return its number, which is that of the message that tells it."""
        chat = self.world.chats[chat_id]
        if not chat.forum:
            raise ValueError(f"chat {chat_id} has no topics")
        message = open_topic(self.world, chat, self._doer(chat, by), name)
        self._tell(message)
        return message.topic

    def close_topic(self, chat_id: int, topic: int, *, by: int | None = None) -> None:
        """Let only administrators write in a topic."""
        self._switch(chat_id, topic, by, closed=True)

    def reopen_topic(self, chat_id: int, topic: int, *, by: int | None = None) -> None:
        """Let everybody write in a topic again."""
        self._switch(chat_id, topic, by, closed=False)

    def delete_topic(self, chat_id: int, topic: int) -> None:
        """Delete a topic with all its messages; bots are not told."""
        self._topic_exists(chat_id, topic)
        self.world.delete_topic(chat_id, topic)

    def upgrade_group(self, chat_id: int, *, by: int | None = None) -> int:
        """Make a basic group a supergroup; return its new number. Old messages stay behind."""
        old = self.world.chats[chat_id]
        if old.kind != "group" or old.upgraded_to is not None:
            raise ValueError("only a basic group is upgraded, and once")
        user = self._doer(old, by)
        new = self.add_group(SUPERGROUPS + chat_id, old.title, old.members)
        self._service(chat_id, user, "The group was upgraded", {"migrate_to_chat_id": new.id})
        old.upgraded_to = new.id
        came: JsonObject = {"migrate_from_chat_id": chat_id}
        self._service(new.id, user, "The group was upgraded", came)
        self.world.announce(Change("chat", chat_id))
        return new.id

    def delete_group(self, chat_id: int) -> None:
        """Delete a group for everybody."""
        self.world.chats[chat_id].deleted = True
        self.world.announce(Change("chat", chat_id))

    def deactivate(self, user_id: int) -> None:
        """Delete a person's account."""
        self.world.users[user_id] = replace(self.world.users[user_id], deactivated=True)
        self.world.announce(Change("chat", user_id))

    def deny(self, chat_id: int, denial: Denial | None) -> None:
        """Keep the bot from writing in other words than a restriction's; None lets it write again.

        Telegram says either as soon as its servers know more than the Bot API's does.
        """
        self.world.chats[chat_id].denial = denial
        self.world.announce(Change("chat", chat_id))

    def _switch(self, chat_id: int, topic: int, by: int | None, *, closed: bool) -> None:
        chat = self.world.chats[chat_id]
        state = self._topic_exists(chat_id, topic)
        self._tell(switch_topic(self.world, chat, self._doer(chat, by), state, closed=closed))

    def _doer(self, chat: Chat, by: int | None) -> User:
        if by is None:
            by = next(
                (one for one, status in chat.members.items() if status in RULING),
                next(iter(chat.members)),
            )
        return self._present(chat.id, by)[1]

    def _service(self, chat_id: int, user: User, words: str, extra: JsonObject) -> None:
        message = self.world.add_message(chat_id, user, Formatted(words))
        message.service, message.extra = True, extra
        self._tell(message)
