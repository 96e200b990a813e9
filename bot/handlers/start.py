"""/start and /help: what this is, the commands, the state of this chat."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.handlers.commands import help_lines
from bot.handlers.link import LinkDesk, not_linked
from bot.handlers.modes import current
from bot.handlers.needs import OPEN
from bot.handlers.once import OncePerMinute
from bot.handlers.ports import Place
from bot.handlers.say import say
from bot.i18n import Translator
from bot.linking.model import ChatRecord

ACTS_MARK = " 🔑"


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="start")
    router.message.register(start, Command("start"), flags=OPEN)
    router.message.register(help_, Command("help"), flags=OPEN)
    return router


async def start(
    message: Message,
    command: CommandObject,
    linked: ChatRecord | None,
    place: Place,
    desk: LinkDesk,
    once: OncePerMinute,
    _: Translator,
) -> None:
    """Redeem the code of a deep link, or say hello."""
    if command.args:
        await desk.redeem(message, command.args, place, _)
        return
    await help_(message, linked, place, once, _)


async def help_(
    message: Message,
    linked: ChatRecord | None,
    place: Place,
    once: OncePerMinute,
    _: Translator,
) -> None:
    """Say what this is; a chat that is not linked learns only how to link."""
    if linked is not None:
        await say(message, guide(linked, _))
    elif once.allows(("not linked", place.chat_id, place.topic)):
        await say(message, not_linked(_))


def guide(chat: ChatRecord, _: Translator) -> str:
    """Write /help for a linked chat."""
    mark = "" if chat.type == "private" else ACTS_MARK
    lines = [
        "👋 " + _("I show what your coding agents do, live, and you steer them from here."),
        "",
        *help_lines(_, mark=mark),
        "",
    ]
    if mark:
        lines.append(
            _("🔑 is for administrators and whoever linked this chat; the rest is for everybody.")
        )
    lines.append(_("This chat is linked. Mode: {mode}", mode=current(chat.settings, _)))
    return "\n".join(lines)
