"""A Telegram that records what the bot asks of it, and answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    EditMessageText,
    GetChatAdministrators,
    GetMe,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, ChatMemberOwner, Message, User

NOW = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
ME = User(id=42, is_bot=True, first_name="Companion", username="companion_bot")


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
    name = f"u{user_id}"
    return User(id=user_id, is_bot=False, first_name=name, username=name, language_code=language)
