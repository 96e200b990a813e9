"""/language: the languages as buttons; the chosen one speaks at once."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import ChooseLocale
from bot.handlers.card import languages, own_name
from bot.handlers.needs import ACTS
from bot.handlers.ports import Settings
from bot.handlers.say import rewrite, say, toast
from bot.i18n import Catalogs, Translator
from bot.linking.model import ChatRecord
from bot.settings.model import AUTO_LOCALE, InvalidSettings


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="language")
    router.message.register(language, Command("language"), flags=ACTS)
    router.callback_query.register(choose, ChooseLocale.filter(), flags=ACTS)
    return router


async def language(message: Message, chat: ChatRecord, catalogs: Catalogs, _: Translator) -> None:
    """Offer the languages."""
    await say(message, "🌐 " + _("Language"), keyboard=languages(chat.settings, catalogs, _))


async def choose(
    callback: CallbackQuery,
    callback_data: ChooseLocale,
    chat: ChatRecord,
    settings: Settings,
    catalogs: Catalogs,
    _: Translator,
) -> None:
    """Set the language, and say so in it."""
    try:
        now = await settings.change(chat.id, {"locale": callback_data.locale})
    except InvalidSettings:
        await toast(callback, _("This button is too old"))
        return
    _ = _speaker(chat, callback, now.locale, catalogs)
    await toast(callback)
    if isinstance(callback.message, Message):
        name = _("Automatic") if now.locale == AUTO_LOCALE else own_name(now.locale)
        await rewrite(callback.message, "🌐 " + _("Language: {language}", language=name))


def _speaker(
    chat: ChatRecord, callback: CallbackQuery, locale: str, catalogs: Catalogs
) -> Translator:
    """The translator of what was chosen; `auto` is the person's, in a group the linker's."""
    if locale != AUTO_LOCALE:
        return catalogs.translator(locale)
    own = callback.from_user.language_code if chat.type == "private" else chat.language
    return catalogs.translator(catalogs.negotiate(own))
