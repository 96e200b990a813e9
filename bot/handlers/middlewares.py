"""Before any handler: where an update comes from, in which language, who may do what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.handlers.administrators import Administrators
from bot.handlers.link import not_linked
from bot.handlers.needs import Needs
from bot.handlers.once import OncePerMinute
from bot.handlers.ports import Chats, Place
from bot.handlers.say import say, toast
from bot.handlers.suspects import Suspects
from bot.i18n import Catalogs, Translator
from bot.linking.access import Sender, may_act, needs_administrators
from bot.linking.model import ChatRecord
from bot.settings.model import AUTO_LOCALE

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Origin(BaseMiddleware):
    """Adds `place`, `linked` (None when the place is not linked) and the translator `_`.

    Forwarded messages, other bots and what has no chat cause nothing; edited messages and channel
    posts never come here because nobody asks Telegram for them.
    """

    def __init__(self, chats: Chats, catalogs: Catalogs, suspects: Suspects) -> None:
        self._chats = chats
        self._catalogs = catalogs
        self._suspects = suspects

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Look the place up and hand on."""
        message = event.message if isinstance(event, CallbackQuery) else event
        if isinstance(message, Message) and (why := _nobodys_word(event, message)):
            self._suspects.note(event, why)
            return None
        place = place_of(message)
        if place is None:
            return None
        linked = await self._chats.find(place.chat_id, place.topic)
        data.update(place=place, linked=linked, _=self._translator(event, linked))
        return await handler(event, data)

    def _translator(self, event: TelegramObject, linked: ChatRecord | None) -> Translator:
        """The chat's language; where none is set, the person's own, in a group the linker's."""
        user = getattr(event, "from_user", None)
        own = user.language_code if user else None
        locale = linked.settings.locale if linked is not None else AUTO_LOCALE
        if locale != AUTO_LOCALE:
            return self._catalogs.translator(locale)
        if linked is not None and (linked.type != "private" or own is None):
            own = linked.language
        return self._catalogs.translator(self._catalogs.negotiate(own))


def _nobodys_word(event: TelegramObject, message: Message) -> str | None:
    """Say why nobody means a message here: it was written elsewhere, or by another bot.

    A tap is always somebody's own; who writes as a chat has a bot as a stand-in.
    """
    if event is not message:
        return None
    if message.forward_origin or message.is_automatic_forward:
        return "forwarded"
    person = message.from_user
    return "bot" if person and person.is_bot and message.sender_chat is None else None


def place_of(message: object) -> Place | None:
    """Name the place of a message; a message Telegram no longer tells us of lost its topic."""
    chat = getattr(message, "chat", None)
    if chat is None:
        return None
    topic = 0
    if isinstance(message, Message) and message.is_topic_message:
        topic = message.message_thread_id or 0
    return Place(chat.id, topic, chat.type, chat.full_name or "")


class Access(BaseMiddleware):
    """Lets a handler run when its flag's demand is met, and gives it `chat`, the linked one.

    Refusals are one alert a tap, or one sentence a minute and chat.
    """

    def __init__(
        self, administrators: Administrators, once: OncePerMinute, suspects: Suspects
    ) -> None:
        self._administrators = administrators
        self._once = once
        self._suspects = suspects

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Check, then hand on or refuse."""
        needs = get_flag(data, "needs", default=Needs.ACTING)
        if needs is Needs.NOTHING:
            return await handler(event, data)
        linked: ChatRecord | None = data["linked"]
        _: Translator = data["_"]
        if linked is None:
            self._suspects.note(event, "not linked")
            return await self._refuse(event, ("not linked", *_spot(data["place"])), not_linked(_))
        if needs is Needs.ACTING and not await self._may_act(event, linked, data["bot"]):
            self._suspects.note(event, "not allowed")
            refusal = _("Only administrators and whoever linked this chat can do that.")
            return await self._refuse(event, ("refused", *_spot(data["place"])), refusal)
        data["chat"] = linked
        return await handler(event, data)

    async def _may_act(self, event: TelegramObject, linked: ChatRecord, bot: Bot) -> bool:
        """Ask the access rules, and Telegram only when they need to know the administrators."""
        private = linked.type == "private"
        sender = _sender(event)
        administrators: frozenset[int] = frozenset()
        if needs_administrators(private=private, linked_by=linked.linked_by, sender=sender):
            administrators = await self._administrators.of(bot, linked.chat_id)
        return may_act(
            chat_id=linked.chat_id,
            private=private,
            linked_by=linked.linked_by,
            sender=sender,
            administrators=administrators,
        )

    async def _refuse(self, event: TelegramObject, key: Hashable, words: str) -> None:
        """Refuse a tap by an alert, a message by a sentence now and then."""
        if isinstance(event, CallbackQuery):
            await toast(event, words, alert=True)
        elif isinstance(event, Message) and self._once.allows(key):
            await say(event, words)


def _sender(event: TelegramObject) -> Sender:
    user = getattr(event, "from_user", None)
    channel = getattr(event, "sender_chat", None)
    return Sender(user.id if user else None, channel.id if channel else None)


def _spot(place: Place) -> tuple[int, int]:
    return place.chat_id, place.topic
