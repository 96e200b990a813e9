"""The other answer to every question: nothing happens."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import Dismiss
from bot.handlers.needs import ACTS
from bot.handlers.say import rewrite, toast
from bot.i18n import Translator


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="dismiss")
    router.callback_query.register(dismiss, Dismiss.filter(), flags=ACTS)
    return router


async def dismiss(callback: CallbackQuery, _: Translator) -> None:
    """Put a word in place of the question."""
    await toast(callback)
    if isinstance(callback.message, Message):
        await rewrite(callback.message, _("Nothing changed."))
