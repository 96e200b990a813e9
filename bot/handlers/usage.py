"""Arguments that a command does not take."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.handlers.commands import WITHOUT_ARGUMENTS, usage
from bot.handlers.needs import READS
from bot.handlers.say import say
from bot.i18n import Translator


def build() -> Router:
    """Make the router of this module; it comes before those of the commands."""
    router = Router(name="usage")
    surplus = Command(*WITHOUT_ARGUMENTS, magic=F.args)
    router.message.register(surplus_argument, surplus, flags=READS)
    return router


async def surplus_argument(message: Message, command: CommandObject, _: Translator) -> None:
    """Say how the command is typed."""
    await say(message, usage(command.command, _))
