"""The state of the pretend Telegram: users, chats, messages, taps, and who hears of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.telegram.formatted import Formatted
from sandbox.telegram.params import JsonObject, Upload

Clock = Callable[[], float]
ChatKind = Literal["private", "group", "supergroup", "channel"]
MemberStatus = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
"""A `restricted` member is there and may not write."""
Denial = Literal["access", "forbidden"]
"""How else than by restricting it the bot is kept from writing; each has its own words."""

PRESENT: frozenset[str] = frozenset(("creator", "administrator", "member", "restricted"))
RULING: frozenset[str] = frozenset(("creator", "administrator"))


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    deactivated: bool = False


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the id of the service message that began it."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a group or a channel; `members` by user id.

    In a private chat the bot is no member until the person starts it, and `kicked` while blocked. A
    `forum` has topics besides General, which has no number; `upgraded_to` is the supergroup that a
    group became.
    """

    id: int
    kind: ChatKind
    title: str
    members: dict[int, MemberStatus] = field(default_factory=dict)
    forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    upgraded_to: int | None = None
    deleted: bool = False
    denial: Denial | None = None

    def status(self, user_id: int) -> MemberStatus:
        """Return what a user is here."""
        return self.members.get(user_id, "left")

    def topic(self, topic_id: int) -> Topic | None:
        """Return a topic that exists."""
        topic = self.topics.get(topic_id)
        return None if topic is None or topic.deleted else topic

    @property
    def own_counter(self) -> bool:
        """Whether its messages are numbered apart from those of the bot's other chats."""
        return self.kind in ("supergroup", "channel")


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said from `at` on; `markup` is its inline keyboard."""

    at: float
    text: str
    entities: tuple[JsonObject, ...]
    markup: JsonObject | None


@dataclass(slots=True)
class Message:
    """A message as stored; `versions` is its whole history, the last one being what it says now.

    `text` is the caption when there is a `document`. `topic` 0 is General, or a chat without
    topics. A `service` message (somebody joined) says so in words and cannot be edited. `extra` is
    what else its JSON carries.
    """

    chat_id: int
    message_id: int
    sender: User
    sent_at: float
    versions: list[Version]
    from_bot: bool
    reply_to_message_id: int | None = None
    quote: str | None = None
    silent: bool = False
    link_preview: bool = True
    document: Upload | None = None
    topic: int = 0
    extra: JsonObject = field(default_factory=dict)
    service: bool = False
    editable: bool = True
    deleted_at: float | None = None

    @property
    def text(self) -> str:
        """What it says now."""
        return self.versions[-1].text

    @property
    def entities(self) -> tuple[JsonObject, ...]:
        """Its formatting now."""
        return self.versions[-1].entities

    @property
    def reply_markup(self) -> JsonObject | None:
        """Its inline keyboard now."""
        return self.versions[-1].markup

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.deleted_at is not None

    @property
    def edited(self) -> bool:
        """Whether its text was ever changed, which clients mark (a new keyboard they do not)."""
        first = self.versions[0]
        return any((v.text, v.entities) != (first.text, first.entities) for v in self.versions)

    @property
    def button_labels(self) -> list[str]:
        """The labels of its keyboard, row by row."""
        return [str(button["text"]) for button in buttons(self.reply_markup)]


def buttons(markup: JsonObject | None) -> list[JsonObject]:
    """Return the buttons of an inline keyboard, row by row."""
    rows = (markup or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row] if isinstance(rows, list) else []


@dataclass(frozen=True, slots=True)
class Answer:
    """How the bot answered a tap."""

    at: float
    text: str
    show_alert: bool


@dataclass(slots=True)
class Callback:
    """A tap on a button; `answer` is the bot's first one."""

    id: str
    chat_id: int
    message_id: int
    user_id: int
    data: str
    tapped_at: float
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that became different: a message, a callback, a chat, the updates, the calls."""

    kind: Literal["message", "callback", "chat", "update", "call", "outage"]
    chat_id: int = 0
    key: str = ""


Listener = Callable[[Change], None]


class World:
    """Holds everything and numbers messages as Telegram does.

    All private chats and basic groups of the bot share one counter; each supergroup and channel
    has its own. People's and service messages take numbers too, and numbers are never used again.
    """

    def __init__(self, clock: Clock, bot: User) -> None:
        self.clock = clock
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.callbacks: dict[str, Callback] = {}
        self._messages: dict[int, dict[int, Message]] = {}
        self._counters: dict[int, int] = {}
        self._listeners: list[Listener] = []

    def add_chat(self, chat: Chat) -> Chat:
        """Open a chat."""
        if chat.id in self.chats:
            raise ValueError(f"chat {chat.id} exists")
        self.chats[chat.id] = chat
        self._messages[chat.id] = {}
        self.announce(Change("chat", chat.id))
        return chat

    def add_message(self, chat_id: int, sender: User, content: Formatted) -> Message:
        """Store a new message under the next number of its counter.

        The caller completes it (reply, keyboard, file) and then announces it with `changed`.
        """
        counter = chat_id if self.chats[chat_id].own_counter else 0
        number = self._counters[counter] = self._counters.get(counter, 0) + 1
        first = Version(self.clock(), content.text, content.entities, None)
        own = sender.id == self.bot.id
        message = Message(chat_id, number, sender, first.at, [first], from_bot=own)
        self._messages[chat_id][number] = message
        return message

    def messages(self, chat_id: int) -> Iterable[Message]:
        """Return all messages of a chat, deleted ones too, oldest first."""
        return self._messages[chat_id].values()

    def find(self, chat_id: int, message_id: int | None) -> Message | None:
        """Return a message that exists and is not deleted."""
        message = self._messages[chat_id].get(message_id or 0)
        return None if message is None or message.deleted else message

    def changed(self, message: Message) -> None:
        """Tell the listeners that a message is new or different."""
        self.announce(Change("message", message.chat_id, str(message.message_id)))

    def delete_topic(self, chat_id: int, topic_id: int) -> None:
        """Delete a topic with all its messages."""
        self.chats[chat_id].topics[topic_id].deleted = True
        for message in self.messages(chat_id):
            if message.topic == topic_id and not message.deleted:
                message.deleted_at = self.clock()
                self.changed(message)
        self.announce(Change("chat", chat_id))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on every change until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, change: Change) -> None:
        """Tell the listeners."""
        for listener in tuple(self._listeners):
            listener(change)
