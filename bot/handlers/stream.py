"""/stream: how live the updates are."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import ChooseMode
from bot.handlers.commands import usage
from bot.handlers.keyboards import stream_modes
from bot.handlers.modes import OFFERED, caption
from bot.handlers.needs import ACTS
from bot.handlers.ports import Settings
from bot.handlers.say import rewrite, say, toast
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.settings.model import StreamMode


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="stream")
    router.message.register(stream, Command("stream"), flags=ACTS)
    router.callback_query.register(choose, ChooseMode.filter(), flags=ACTS)
    return router


async def stream(
    message: Message, command: CommandObject, chat: ChatRecord, settings: Settings, _: Translator
) -> None:
    """Show the mode and its buttons, or set it."""
    if not command.args:
        mode = chat.settings.stream_mode
        await say(message, words(mode, _), keyboard=stream_modes(mode, _))
        return
    wanted = command.args.strip().lower()
    if wanted in OFFERED:
        changed = await settings.change(chat.id, {"stream_mode": StreamMode(wanted)})
        await say(message, "✅ " + words(changed.stream_mode, _))
    elif wanted in list(StreamMode):
        await say(message, _("That mode comes later.") + "\n" + usage("stream", _))
    else:
        await say(message, usage("stream", _))


async def choose(
    callback: CallbackQuery,
    callback_data: ChooseMode,
    chat: ChatRecord,
    settings: Settings,
    _: Translator,
) -> None:
    """Set the mode and move the mark."""
    mode = callback_data.mode
    if mode not in OFFERED:
        await toast(callback, _("That mode comes later."))
        return
    await toast(callback, caption(mode, _))
    if mode is chat.settings.stream_mode:
        return
    changed = await settings.change(chat.id, {"stream_mode": mode})
    if isinstance(callback.message, Message):
        current = changed.stream_mode
        await rewrite(callback.message, words(current, _), keyboard=stream_modes(current, _))


def words(mode: StreamMode, _: Translator) -> str:
    """Name the mode."""
    return _("Mode: {mode}", mode=caption(mode, _))
