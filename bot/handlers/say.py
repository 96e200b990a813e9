"""Answers to a person: silent, without link previews, formatted by entities only."""

from __future__ import annotations

from datetime import datetime

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)

from bot.rendering.rich_text import RichText, date_time, plain

_log = structlog.get_logger(__name__)
_HARMLESS = ("message is not modified", "message to edit not found", "message can't be edited")
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def say(
    message: Message,
    words: RichText | str,
    *,
    keyboard: InlineKeyboardMarkup | ForceReply | None = None,
    reply_to: int | None = None,
) -> None:
    """Send words to where the message is; a reply target that is gone does not matter."""
    rich = _stored(words)
    await message.answer(
        rich.text,
        entities=_entities(rich),
        parse_mode=None,
        reply_markup=keyboard,
        reply_parameters=_reply(reply_to),
        disable_notification=True,
        link_preview_options=NO_PREVIEW,
    )


async def rewrite(
    message: Message, words: RichText | str, *, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Replace the words and buttons of one of our own messages; the same again is success."""
    rich = _stored(words)
    try:
        await message.edit_text(
            rich.text,
            entities=_entities(rich),
            parse_mode=None,
            reply_markup=keyboard,
            link_preview_options=NO_PREVIEW,
        )
    except TelegramBadRequest as error:
        if not any(harmless in error.message for harmless in _HARMLESS):
            raise


async def toast(callback: CallbackQuery, words: str = "", *, alert: bool = False) -> None:
    """Answer a tap; an answer that comes too late or gets lost never keeps the tap from acting."""
    try:
        await callback.answer(words or None, show_alert=alert or None)
    except AiogramError as error:
        _log.info("toast.lost", error=type(error).__name__)


def moment(at: datetime, format_: str) -> RichText:
    """Show a point in time in the reader's zone; clients that cannot do so show UTC."""
    return date_time(f"{at:%Y-%m-%d %H:%M} UTC", int(at.timestamp()), format_)


def _stored(words: RichText | str) -> RichText:
    return (plain(words) if isinstance(words, str) else words).normalised()


def _entities(rich: RichText) -> list[MessageEntity]:
    return [MessageEntity.model_validate(entity) for entity in rich.utf16()]


def _reply(message_id: int | None) -> ReplyParameters | None:
    if message_id is None:
        return None
    return ReplyParameters(message_id=message_id, allow_sending_without_reply=True)
