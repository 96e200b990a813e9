"""/log: a turn's whole transcript as a file."""

from __future__ import annotations

import re

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, Message

from bot.handlers.needs import READS
from bot.handlers.ports import Followers, Redact, Roster
from bot.handlers.say import say
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.turns import ActiveTurn
from bot.rendering.log_file import log_markdown
from bot.rendering.options import RenderOptions, Verbosity

NAME_CHARS = 60
_UNFIT = re.compile(r"[^\w.-]+")


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="log")
    router.message.register(log, Command("log"), flags=READS)
    return router


async def log(
    message: Message,
    chat: ChatRecord,
    roster: Roster,
    followers: Followers,
    redact: Redact,
    _: Translator,
) -> None:
    """Send the transcript of the turn this replies to, else of the newest one."""
    turn = meant(message, chat, roster)
    story = await followers.story(turn.view_id) if turn is not None else None
    if turn is None or story is None:
        await say(message, _("There is no transcript to send. Reply to a message of the turn."))
        return
    options = RenderOptions(translate=_, redact=redact, verbosity=Verbosity.FULL)
    text = log_markdown(story, options)
    document = BufferedInputFile(text.encode(), filename=file_name(turn.title))
    await message.answer_document(document, disable_notification=True)


def meant(message: Message, chat: ChatRecord, roster: Roster) -> ActiveTurn | None:
    """Name the turn whose message this replies to, else the newest."""
    if message.reply_to_message is not None:
        found = roster.turn_of_message(chat.id, message.reply_to_message.message_id)
        if found is not None:
            return found
    return roster.latest(chat.id)


def file_name(title: str) -> str:
    """Make a file name of a title: letters of any script, digits, dots and dashes."""
    stem = _UNFIT.sub("-", title)[:NAME_CHARS].strip("-._")
    return f"{stem or 'transcript'}.md"
