"""What a person is told when a handler fails: that it did, never why; the log has the rest."""

from __future__ import annotations

import structlog
from aiogram import Router
from aiogram.exceptions import AiogramError, TelegramAPIError
from aiogram.types import ErrorEvent

from bot.handlers.say import say
from bot.i18n import Catalogs
from bot.storage.trouble import DatabaseSick

_log = structlog.get_logger(__name__)


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="errors")
    router.errors.register(failed)
    return router


async def failed(event: ErrorEvent, catalogs: Catalogs) -> None:
    """Log the failure; unless Telegram itself is the reason, say so where it happened."""
    error = event.exception
    if isinstance(error, TelegramAPIError):
        _log.warning("handler.refused", error=type(error).__name__, description=error.message)
        return
    update = event.update
    user = getattr(update.event, "from_user", None)
    _ = catalogs.translator(catalogs.negotiate(user.language_code if user else None))
    if isinstance(error, DatabaseSick):
        _log.error("handler.not_stored", why=str(error))
        sorry = _("My database takes nothing now, so I did not do that. Try again in a moment.")
    else:
        _log.error("handler.failed", exc_info=error)
        sorry = _("Something went wrong on my side. It is in my log.")
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(sorry, show_alert=True)
        elif update.message is not None:
            await say(update.message, sorry)
    except AiogramError as second:
        _log.warning("handler.speechless", error=type(second).__name__)
