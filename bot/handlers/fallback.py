"""What nothing else understood: one friendly sentence in private, silence in groups."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message

from bot.handlers.needs import OPEN, READS
from bot.handlers.say import say, toast
from bot.handlers.suspects import Suspects
from bot.i18n import Translator

_FILES = F.photo | F.voice | F.document | F.video | F.audio | F.video_note | F.animation | F.sticker
_PRIVATE = F.chat.type == "private"


def build() -> Router:
    """Make the router of this module; it comes last."""
    router = Router(name="fallback")
    router.message.register(text, _PRIVATE, F.text, flags=READS)
    router.message.register(file, _PRIVATE, _FILES, flags=READS)
    router.callback_query.register(stale_tap, flags=OPEN)
    return router


async def text(message: Message, bot: Bot, _: Translator) -> None:
    """Say what works; a command for another bot is not ours to answer."""
    words = message.text or ""
    if not words.startswith("/"):
        await say(message, _("I cannot take tasks by text yet. See /help for what works."))
    elif await _for_us(words, bot):
        await say(message, _("I do not know that command. See /help."))


async def _for_us(words: str, bot: Bot) -> bool:
    """Whether a command names no bot, or this one."""
    mention = words.split(maxsplit=1)[0].partition("@")[2]
    return not mention or mention.lower() == ((await bot.me()).username or "").lower()


async def file(message: Message, _: Translator) -> None:
    """Refuse what cannot be read."""
    await say(message, _("I can read text only: no photos, voice messages or files, sorry."))


async def stale_tap(callback: CallbackQuery, suspects: Suspects, _: Translator) -> None:
    """Answer a button that means nothing any more, so that it stops spinning."""
    suspects.note(callback, "unknown button")
    await toast(callback, _("This button is too old"))
