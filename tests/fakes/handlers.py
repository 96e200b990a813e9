"""A Telegram that records, people who write and tap, and what the handlers call, in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetChatAdministrators,
    GetMe,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    Chat,
    ChatMemberOwner,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)

from bot.entries.story import Story
from bot.handlers.moved import Moves
from bot.handlers.ports import About
from bot.handlers.setup import Surroundings, setup
from bot.i18n import Catalogs, Sentence
from bot.linking.codes import Linking
from bot.linking.model import ChatRecord, ChatToLink, Linked
from bot.live.ports import Health, LinkedChat
from bot.live.turns import ActiveTurn
from bot.settings.model import ChatSettings
from bot.settings.service import SettingsService

NOW = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
ME = User(id=42, is_bot=True, first_name="Companion", username="companion_bot")
ADA = 1001
BOB = 1002
EVE = 1003
GROUP = -1005


class RecordingSession(BaseSession):
    """Answers every method as Telegram would and keeps the requests in order."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[TelegramMethod[Any]] = []
        self.administrators: list[int] = []
        self.failures: dict[type[TelegramMethod[Any]], Exception] = {}
        self._next_id = 5000

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # the signature is aiogram's
    ) -> Any:
        """Record the request and answer it."""
        if not isinstance(method, GetMe):
            self.requests.append(method)
        if type(method) in self.failures:
            raise self.failures[type(method)]
        return self._answer(method)

    def _answer(self, method: TelegramMethod[Any]) -> Any:
        match method:
            case GetMe():
                return ME
            case GetChatAdministrators():
                return [
                    ChatMemberOwner(user=speaker(user_id), is_anonymous=False)
                    for user_id in self.administrators
                ]
            case SendMessage() | SendDocument() | EditMessageText():
                self._next_id += 1
                chat = Chat(id=int(method.chat_id or 0), type="private")
                return Message(message_id=self._next_id, date=NOW, chat=chat, from_user=ME)
            case _:
                return True

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        """Nobody downloads."""
        yield b""


def speaker(user_id: int, language: str | None = "en") -> User:
    """Make a person."""
    return User(id=user_id, is_bot=False, first_name=f"u{user_id}", language_code=language)


@dataclass
class MemoryChats:
    """The linked chats and the settings store."""

    rows: dict[int, ChatRecord] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    finds: int = 0

    async def find(self, chat_id: int, topic: int) -> ChatRecord | None:
        """Find by place."""
        self.finds += 1
        rows = self.rows.values()
        return next((r for r in rows if (r.chat_id, r.topic) == (chat_id, topic)), None)

    async def within(self, chat_id: int) -> tuple[ChatRecord, ...]:
        """List what is linked there."""
        return tuple(row for row in self.rows.values() if row.chat_id == chat_id)

    async def move(
        self, chat: int, *, chat_id: int, topic: int, chat_type: str | None = None
    ) -> ChatRecord | None:
        """Move, or give way to what is there."""
        row = self.rows.pop(chat)
        there = await self.find(chat_id, topic)
        if there is None:
            there = replace(row, chat_id=chat_id, topic=topic, type=chat_type or row.type)
            self.rows[chat] = there
        return there

    async def all(self) -> tuple[ChatRecord, ...]:
        """List."""
        return tuple(self.rows.values())

    async def unlink(self, chat: int) -> bool:
        """Forget."""
        return self.rows.pop(chat, None) is not None

    async def lose(self, chat: int, reason: str) -> None:
        """Forget, and remember why."""
        if self.rows.pop(chat, None) is not None:
            self.lost[chat] = reason

    async def settings(self, chat: int) -> ChatSettings | None:
        """Read settings."""
        return self.rows[chat].settings if chat in self.rows else None

    async def change_settings(
        self, chat: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings | None:
        """Change settings."""
        if chat not in self.rows:
            return None
        self.rows[chat] = replace(self.rows[chat], settings=change(self.rows[chat].settings))
        return self.rows[chat].settings

    def add(self, chat: ChatToLink) -> Linked:
        """Link."""
        for row in self.rows.values():
            if (row.chat_id, row.topic) == (chat.chat_id, chat.topic):
                return Linked(row, again=True)
        row = ChatRecord(
            id=len(self.rows) + 1,
            chat_id=chat.chat_id,
            topic=chat.topic,
            type=chat.type,
            title=chat.title,
            linked_by=chat.linked_by,
            language=chat.language,
            linked_at=NOW,
            messages_sent=31,
        )
        self.rows[row.id] = row
        return Linked(row, again=False)


@dataclass
class MemoryCodes:
    """The code store."""

    chats: MemoryChats
    codes: dict[bytes, datetime] = field(default_factory=dict)
    guesses: list[tuple[int, datetime]] = field(default_factory=list)

    async def add(self, digest: bytes, expires_at: datetime) -> None:
        """Store."""
        self.codes[digest] = expires_at

    async def redeem(self, digest: bytes, now: datetime, chat: ChatToLink) -> Linked | None:
        """Use up."""
        return self.chats.add(chat) if self.codes.pop(digest, None) else None

    async def guess(
        self, user_id: int, now: datetime, since: datetime
    ) -> tuple[int, tuple[datetime, ...]]:
        """Store a guess."""
        earlier = tuple(at for who, at in self.guesses if who == user_id and at >= since)
        self.guesses.append((user_id, now))
        return len(self.guesses) - 1, earlier

    async def forget_guess(self, guess_id: int) -> None:
        """Withdraw a guess."""
        self.guesses.pop(guess_id)


@dataclass
class FakeFollowers:
    """Turns as the test says; what was asked of it stands in `did`."""

    turns: list[ActiveTurn] = field(default_factory=list)
    messages: dict[tuple[int, int], int] = field(default_factory=dict)
    muted_workspaces: list[tuple[str, str]] = field(default_factory=list)
    did: list[tuple[object, ...]] = field(default_factory=list)
    stop_problem: Sentence | None = None
    stories: dict[int, Story] = field(default_factory=dict)
    healths: list[Health] = field(default_factory=lambda: [Health("", True, "0.1.44")])
    known_repositories: list[tuple[str, str]] = field(default_factory=list)

    def active(self, chat: int) -> tuple[ActiveTurn, ...]:
        """List."""
        turns = [turn for turn in self.turns if turn.chat == chat and turn.running]
        return tuple(sorted(turns, key=lambda turn: turn.started_at, reverse=True))

    def latest(self, chat: int) -> ActiveTurn | None:
        """Name the newest."""
        turns = [turn for turn in self.turns if turn.chat == chat]
        return max(turns, key=lambda turn: turn.started_at, default=None)

    def turn(self, view_id: int) -> ActiveTurn | None:
        """Find by view."""
        return next((turn for turn in self.turns if turn.view_id == view_id), None)

    def turn_of_message(self, chat: int, message_id: int) -> ActiveTurn | None:
        """Find by message."""
        view_id = self.messages.get((chat, message_id))
        return None if view_id is None else self.turn(view_id)

    def muted(self, chat: int) -> tuple[tuple[str, str], ...]:
        """List."""
        return tuple(self.muted_workspaces)

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute."""
        self.did.append(("mute", chat, workspace_id))
        self._set(chat, workspace_id, muted=True)

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute."""
        self.did.append(("unmute", chat, workspace_id))
        self.muted_workspaces = [m for m in self.muted_workspaces if m[0] != workspace_id]
        self._set(chat, workspace_id, muted=False)

    def _set(self, chat: int, workspace_id: str, *, muted: bool) -> None:
        self.turns = [
            replace(turn, muted=muted)
            if (turn.chat, turn.workspace_id) == (chat, workspace_id)
            else turn
            for turn in self.turns
        ]

    async def stop(self, view_id: int) -> Sentence | None:
        """Stop."""
        self.did.append(("stop", view_id))
        return self.stop_problem

    async def story(self, view_id: int) -> Story | None:
        """Tell."""
        return self.stories.get(view_id)

    def chat_linked(self, chat: LinkedChat) -> None:
        """Take a chat."""
        self.did.append(("linked", chat.id, chat.locale))

    def chat_changed(self, chat: LinkedChat) -> None:
        """Take what changed."""
        self.did.append(("changed", chat.id, chat.chat_id, chat.topic))

    async def chat_unlinked(self, chat: int) -> None:
        """Drop a chat."""
        self.did.append(("unlinked", chat))

    def backends(self) -> tuple[Health, ...]:
        """Tell."""
        return tuple(self.healths)

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """List."""
        return tuple(self.known_repositories)


@dataclass(frozen=True)
class Rest:
    """A lane's state."""

    resting_until: datetime | None = None


@dataclass
class FakeLanes:
    """Lanes that rest as the test says."""

    rest: Rest = field(default_factory=Rest)

    def state(self, chat_id: int) -> Rest:
        """Tell."""
        return self.rest


@dataclass
class Seconds:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def turn_in(chat: ChatRecord, view_id: int = 7, **changes: Any) -> ActiveTurn:
    """Make a running turn of a chat."""
    base = ActiveTurn(
        view_id=view_id,
        chat=chat.id,
        turn_id=f"turn-{view_id}",
        workspace_id=f"workspace-{view_id}",
        session_id=f"session-{view_id}",
        title=f"Fix login bug {view_id}",
        agent="claude-code",
        branch="vk/1a2b-fix-login",
        started_at=NOW - timedelta(minutes=view_id),
        running=True,
        muted=False,
        messages_sent=3,
        newest_message_id=300 + view_id,
    )
    return replace(base, **changes)


class Stage:
    """A dispatcher with everything around it, and people who write and tap."""

    def __init__(self, catalogs: Catalogs) -> None:
        self.session = RecordingSession()
        self.bot = Bot("42:TEST", session=self.session)
        self.chats = MemoryChats()
        self.codes = MemoryCodes(self.chats)
        self.linking = Linking(self.codes, lambda: NOW)
        self.followers = FakeFollowers()
        self.lanes = FakeLanes()
        self.clock = Seconds()
        self.problems: list[Sentence] = []
        self.moves = Moves(self.bot, self.chats, self.followers, catalogs)
        self.dispatcher = Dispatcher()
        setup(
            self.dispatcher,
            Surroundings(
                chats=self.chats,
                linking=self.linking,
                followers=self.followers,
                lanes=self.lanes,
                settings=SettingsService(self.chats, catalogs.locales()),
                catalogs=catalogs,
                about=About("0.1.0", lambda: tuple(self.problems)),
                redact=lambda text, _complete: text.replace("hunter2", "••••"),
                moves=self.moves,
                clock=self.clock,
            ),
        )
        self._update_id = 0
        self._message_id = 100

    # --- what stands before the test begins ---

    def linked_private(self, user_id: int = ADA, **settings: object) -> ChatRecord:
        """Link somebody's private chat."""
        return self._linked(ChatToLink(user_id, 0, "private", "Ada", user_id, "en"), settings)

    def linked_group(self, topic: int = 0, by: int = ADA, **settings: object) -> ChatRecord:
        """Link the group, or a topic of it."""
        return self._linked(ChatToLink(GROUP, topic, "supergroup", "Team", by, "en"), settings)

    def _linked(self, chat: ChatToLink, settings: dict[str, object]) -> ChatRecord:
        row = self.chats.add(chat).chat
        self.chats.rows[row.id] = replace(row, settings=row.settings.changed(settings))
        return self.chats.rows[row.id]

    # --- what people do ---

    async def say(
        self, text: str, user_id: int = ADA, chat_id: int | None = None, **more: Any
    ) -> None:
        """Write a message; `more` goes into the message as Telegram would send it."""
        await self._feed(message=self._message(chat_id or user_id, user_id, text=text, **more))

    async def send(self, user_id: int = ADA, chat_id: int | None = None, **more: Any) -> None:
        """Send something that is no text."""
        await self._feed(message=self._message(chat_id or user_id, user_id, **more))

    async def tap(
        self,
        data: str,
        user_id: int = ADA,
        chat_id: int | None = None,
        message_id: int = 900,
        **more: Any,
    ) -> None:
        """Tap a button on one of the bot's messages."""
        message = self._message(chat_id or user_id, ME.id, text="…", **more)
        message["message_id"] = message_id
        if message["date"] == 0:  # Telegram says no more of a message that is too old
            message = {key: message[key] for key in ("message_id", "date", "chat")}
        callback = {
            "id": str(self._update_id),
            "from": speaker(user_id),
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        await self._feed(callback_query=callback)

    async def member(self, old: str, new: str, chat_id: int, type_: str = "supergroup") -> None:
        """Change the bot's own membership."""
        me = ME
        rest = {"until_date": 0} if new == "kicked" else {}
        await self._feed(
            my_chat_member={
                "chat": {"id": chat_id, "type": type_, "title": "Team"},
                "from": speaker(ADA),
                "date": int(NOW.timestamp()),
                "old_chat_member": {"user": me, "status": old, "until_date": 0},
                "new_chat_member": {"user": me, "status": new, **rest},
            }
        )

    async def feed(self, **update: Any) -> None:
        """Deliver any other update."""
        await self._feed(**update)

    def message(self, user_id: int = ADA, chat_id: int | None = None, **more: Any) -> Any:
        """Make a message as Telegram sends it."""
        return self._message(chat_id or user_id, user_id, **more)

    def _message(self, chat_id: int, user_id: int, **more: Any) -> dict[str, Any]:
        self._message_id += 1
        type_ = "private" if chat_id > 0 else "supergroup"
        return {
            "message_id": self._message_id,
            "date": int(NOW.timestamp()),
            "chat": {"id": chat_id, "type": type_, "title": "Team", "first_name": "Ada"},
            "from": speaker(user_id),
            **more,
        }

    async def _feed(self, **update: Any) -> None:
        self._update_id += 1
        whole = Update.model_validate(
            {"update_id": self._update_id, **update}, context={"bot": self.bot}
        )
        await self.dispatcher.feed_update(self.bot, whole)

    # --- what Telegram saw ---

    @property
    def sent(self) -> list[SendMessage]:
        """Messages sent, in order."""
        return [one for one in self.session.requests if isinstance(one, SendMessage)]

    @property
    def texts(self) -> list[str]:
        """Their texts."""
        return [one.text for one in self.sent]

    @property
    def edits(self) -> list[EditMessageText]:
        """Messages rewritten, in order."""
        return [one for one in self.session.requests if isinstance(one, EditMessageText)]

    @property
    def toasts(self) -> list[str | None]:
        """Answers to taps, in order."""
        return [one.text for one in self.session.requests if isinstance(one, AnswerCallbackQuery)]

    @property
    def documents(self) -> list[SendDocument]:
        """Files sent, in order."""
        return [one for one in self.session.requests if isinstance(one, SendDocument)]


def buttons(markup: object) -> list[list[tuple[str, str | None]]]:
    """Read a keyboard as rows of (label, data)."""
    assert isinstance(markup, InlineKeyboardMarkup)
    return [[(one.text, one.callback_data) for one in row] for row in markup.inline_keyboard]


__all__ = ["RecordingSession", "Stage", "buttons", "turn_in"]
