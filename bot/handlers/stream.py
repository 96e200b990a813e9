"""/stream: how live the updates are."""

from __future__ import annotations

import re

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import ChooseMode
from bot.handlers.commands import usage
from bot.handlers.fields import refusal
from bot.handlers.keyboards import stream_modes
from bot.handlers.modes import caption, current
from bot.handlers.needs import ACTS
from bot.handlers.ports import Settings
from bot.handlers.say import rewrite, say, toast
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.settings.model import ChatSettings, InvalidSettings, StreamMode, bounds

_SECONDS = re.compile(r"[0-9]{1,9}s")
_CHARS = re.compile(r"[0-9]{1,9}")


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
        await say(message, words(chat.settings, _), keyboard=stream_modes(chat.settings, _))
        return
    changes = wanted(command.args)
    if changes is None:
        await say(message, usage("stream", _))
        return
    try:
        changed = await settings.change(chat.id, changes)
    except InvalidSettings as refused:
        await say(message, refusal(refused, _))
        return
    await say(message, "✅ " + words(changed, _))


def wanted(arguments: str) -> dict[str, object] | None:
    """Read the arguments: a mode, and for chunks an interval (`60s`) or a size (`2000`).

    None for what is neither; a number too small for a size was probably meant as seconds.
    """
    mode, *more = arguments.lower().split()
    if mode not in list(StreamMode) or len(more) > 2 * (mode == StreamMode.CHUNKED):
        return None
    changes: dict[str, object] = {"stream_mode": StreamMode(mode)}
    for value in more:
        least, _most = bounds("chunk_chars") or (0, 0)
        if _SECONDS.fullmatch(value):
            changes["chunk_interval_s"] = int(value[:-1])
        elif _CHARS.fullmatch(value) and int(value) >= least:
            changes["chunk_chars"] = int(value)
        else:
            return None
    return changes


async def choose(
    callback: CallbackQuery,
    callback_data: ChooseMode,
    chat: ChatRecord,
    settings: Settings,
    _: Translator,
) -> None:
    """Set the mode and move the mark."""
    mode = callback_data.mode
    await toast(callback, caption(mode, chat.settings, _))
    if mode is chat.settings.stream_mode:
        return
    changed = await settings.change(chat.id, {"stream_mode": mode})
    if isinstance(callback.message, Message):
        await rewrite(callback.message, words(changed, _), keyboard=stream_modes(changed, _))


def words(settings: ChatSettings, _: Translator) -> str:
    """Name the mode."""
    return _("Mode: {mode}", mode=current(settings, _))
