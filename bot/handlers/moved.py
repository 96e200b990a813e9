"""What Telegram does to linked chats: it takes them away, upgrades groups, deletes topics."""

from __future__ import annotations

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import AiogramError
from aiogram.types import Message

from bot.handlers.link import live_chat
from bot.handlers.needs import OPEN
from bot.handlers.ports import Chats, Followers
from bot.i18n import Catalogs
from bot.linking.model import ChatRecord
from bot.live.ports import LinkedChat

_log = structlog.get_logger(__name__)


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="moved")
    router.message.register(upgraded, F.migrate_to_chat_id, flags=OPEN)
    return router


class Moves:
    """Lets links follow, whoever found out: an update, or a call that was refused. Idempotent."""

    def __init__(self, bot: Bot, chats: Chats, followers: Followers, catalogs: Catalogs) -> None:
        self._bot = bot
        self._chats = chats
        self._followers = followers
        self._catalogs = catalogs

    async def lost(self, chat: LinkedChat, why: str) -> None:
        """Unlink quietly what Telegram took away."""
        await self._followers.chat_unlinked(chat.id)
        await self._chats.lose(chat.id, why)

    async def upgraded(self, chat_id: int, to: int) -> None:
        """A group is a supergroup now, under another id: its link moves there."""
        for record in await self._chats.within(chat_id):
            await self._move(record, to, record.topic, "supergroup")

    async def topic_gone(self, chat: LinkedChat) -> None:
        """A topic was deleted: its link moves to General, and says so there."""
        record = await self._chats.find(chat.chat_id, chat.topic)
        if record is None or not await self._move(record, chat.chat_id, 0, record.type):
            return
        _ = self._catalogs.translator(chat.locale)
        words = _("The topic I wrote in is gone, so I go on here.")
        try:
            await self._bot.send_message(chat.chat_id, words, disable_notification=True)
        except AiogramError as error:
            _log.info("move.not_told", chat=chat.id, error=type(error).__name__)

    async def _move(self, record: ChatRecord, chat_id: int, topic: int, kind: str) -> bool:
        """Move a link; it ends where another one is already."""
        moved = await self._chats.move(record.id, chat_id=chat_id, topic=topic, chat_type=kind)
        _log.info("chat.moved", chat=record.id, chat_id=chat_id, topic=topic)
        if moved is None or moved.id != record.id:
            await self._followers.chat_unlinked(record.id)
            return False
        self._followers.chat_changed(live_chat(moved, self._catalogs))
        return True


async def upgraded(message: Message, moves: Moves) -> None:
    """Follow a group that tells that it was upgraded."""
    if message.migrate_to_chat_id is not None:
        await moves.upgraded(message.chat.id, message.migrate_to_chat_id)
