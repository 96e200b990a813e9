"""The handlers with everything around them in memory, and people who write and tap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendDocument, SendMessage
from aiogram.types import InlineKeyboardMarkup, Update

from bot.handlers.moved import Moves
from bot.handlers.ports import About
from bot.handlers.setup import Surroundings, setup
from bot.i18n import Catalogs, Sentence
from bot.linking.codes import Linking
from bot.linking.model import ChatRecord, ChatToLink
from bot.settings.service import SettingsService
from tests.fakes.followers import FakeFollowers, FakeLanes, Rest, Seconds, turn_in
from tests.fakes.linked import MemoryChats, MemoryCodes
from tests.fakes.recording import ME, NOW, RecordingSession, speaker

ADA = 1001
BOB = 1002
EVE = 1003
GROUP = -1005


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
        await self._tap(data, user_id, message=message)

    async def tap_inline(self, data: str, user_id: int = ADA) -> None:
        """Tap a button on a message that was sent by way of another chat: it names none."""
        await self._tap(data, user_id, inline_message_id="inline")

    async def _tap(self, data: str, user_id: int, **on: Any) -> None:
        callback = {
            "id": str(self._update_id),
            "from": speaker(user_id),
            "chat_instance": "1",
            "data": data,
            **on,
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


__all__ = ["ME", "NOW", "Rest", "Seconds", "Stage", "buttons", "speaker", "turn_in"]
