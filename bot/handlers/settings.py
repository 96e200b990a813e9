"""/settings: one card for everything a chat can set, edited in place."""

from __future__ import annotations

import re

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ForceReply, Message

from bot.handlers.callbacks import (
    AskSetting,
    ChangeSetting,
    CloseSettings,
    OpenSettings,
    ShowSettings,
)
from bot.handlers.card import MAIN, card
from bot.handlers.fields import MORE, PRESETS, SWITCHES, as_set, expected, parsed, refusal, title
from bot.handlers.needs import ACTS
from bot.handlers.ports import Settings
from bot.handlers.say import rewrite, say, toast
from bot.i18n import Catalogs, Translator
from bot.linking.model import ChatRecord
from bot.settings.model import ChatSettings, InvalidSettings

ASKED = re.compile(r"✏️ (?P<field>[a-z_]{1,40})\b")
"""How a question begins that is answered by a reply."""

CHANGEABLE = frozenset({*SWITCHES, *MORE, "stream_mode", "stream_flush_interval_ms", "verbosity"})


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="settings")
    router.message.register(settings_, Command("settings"), flags=ACTS)
    router.message.register(
        answered, F.reply_to_message.text.regexp(ASKED), ~F.text.startswith("/"), flags=ACTS
    )
    router.callback_query.register(opened, OpenSettings.filter(), flags=ACTS)
    router.callback_query.register(turned, ShowSettings.filter(), flags=ACTS)
    router.callback_query.register(changed, ChangeSetting.filter(), flags=ACTS)
    router.callback_query.register(asked, AskSetting.filter(), flags=ACTS)
    router.callback_query.register(closed, CloseSettings.filter(), flags=ACTS)
    return router


async def settings_(message: Message, chat: ChatRecord, catalogs: Catalogs, _: Translator) -> None:
    """Send the card."""
    words, keyboard = card(chat.settings, MAIN, catalogs, _)
    await say(message, words, keyboard=keyboard)


async def opened(
    callback: CallbackQuery, chat: ChatRecord, catalogs: Catalogs, _: Translator
) -> None:
    """Send the card below a view."""
    await toast(callback)
    if isinstance(callback.message, Message):
        await settings_(callback.message, chat, catalogs, _)


async def turned(
    callback: CallbackQuery,
    callback_data: ShowSettings,
    chat: ChatRecord,
    catalogs: Catalogs,
    _: Translator,
) -> None:
    """Turn the card to another page."""
    await toast(callback)
    await _show(callback, chat.settings, callback_data.page, catalogs, _)


async def changed(
    callback: CallbackQuery,
    callback_data: ChangeSetting,
    chat: ChatRecord,
    settings: Settings,
    catalogs: Catalogs,
    _: Translator,
) -> None:
    """Set what was tapped; it acts at once, and the mark moves."""
    field = callback_data.field
    if field not in CHANGEABLE:
        await toast(callback, _("This button is too old"))
        return
    try:
        now = await settings.change(chat.id, {field: parsed(field, callback_data.value)})
    except InvalidSettings as refused:
        await toast(callback, refusal(refused, _), alert=True)
        return
    await toast(callback, f"{title(field, _)}: {as_set(field, now, _)}")
    await _show(callback, now, callback_data.page, catalogs, _)


async def asked(callback: CallbackQuery, callback_data: AskSetting, _: Translator) -> None:
    """Ask for a number by a reply; the question itself says which setting it is about.

    In a group it names who tapped: Telegram opens the reply only for people who are named.
    """
    field = callback_data.field
    await toast(callback)
    if field not in PRESETS or not isinstance(callback.message, Message):
        return
    person = callback.from_user.username
    named = f" @{person}" if person and callback.message.chat.type != ChatType.PRIVATE else ""
    question = _(
        "{setting}: reply to this message with {expected}.",
        setting=title(field, _),
        expected=expected(field, _),
    )
    await say(
        callback.message,
        f"✏️ {field}\n{question}{named}",
        keyboard=ForceReply(selective=bool(named), input_field_placeholder=field),
    )


async def answered(
    message: Message,
    bot: Bot,
    chat: ChatRecord,
    settings: Settings,
    _: Translator,
) -> None:
    """Take a number that was asked for."""
    question = message.reply_to_message
    found = ASKED.match(question.text or "") if question is not None else None
    if question is None or question.from_user is None or question.from_user.id != bot.id:
        return
    if found is None or found["field"] not in PRESETS:
        return
    field = found["field"]
    try:
        now = await settings.change(chat.id, {field: parsed(field, (message.text or "").strip())})
    except InvalidSettings as refused:
        await say(message, refusal(refused, _))
        return
    await say(message, f"✅ {title(field, _)}: {as_set(field, now, _)}")


async def closed(callback: CallbackQuery, chat: ChatRecord, _: Translator) -> None:
    """Leave the words, without buttons."""
    await toast(callback)
    if isinstance(callback.message, Message):
        mode = as_set("stream_mode", chat.settings, _)
        await rewrite(callback.message, "⚙️ " + _("Settings are saved. Mode: {mode}", mode=mode))


async def _show(
    callback: CallbackQuery, settings: ChatSettings, page: str, catalogs: Catalogs, _: Translator
) -> None:
    if isinstance(callback.message, Message):
        words, keyboard = card(settings, page, catalogs, _)
        await rewrite(callback.message, words, keyboard=keyboard)
