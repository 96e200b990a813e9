"""Telegram for live views: a message goes out or is edited, and the outcome comes back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import structlog
from aiogram import Bot, types
from aiogram.methods import (
    EditMessageReplyMarkup,
    EditMessageText,
    Response,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)

from bot.delivery.gate import granted
from bot.delivery.lanes import Lanes
from bot.delivery.outcomes import FAILURES, is_not_modified, outcome_of
from bot.live.ports import Delivered, DeliveryOutcome, LinkedChat, Refused, Resting
from bot.rendering.page import Keyboard, Message
from bot.rendering.rich_text import RichText

log = structlog.get_logger(__name__)

TIMEOUT_S = 20
"""After so long nobody knows what came of a call."""

ANSWERS = (Response[types.Message], Response[types.Message | bool])
"""The models of Telegram's answers: pydantic keeps them weakly and would build them per call."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramSurface:
    """Makes the calls of live views; every one is made under a grant of the chat's lane."""

    def __init__(self, bot: Bot, lanes: Lanes) -> None:
        self._bot = bot
        self._lanes = lanes

    async def send(
        self, chat: LinkedChat, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send a new message; a missing reply target is not fatal."""
        method = SendMessage(
            chat_id=chat.chat_id,
            message_thread_id=chat.topic or None,
            text=message.text.text,
            entities=entities(message.text),
            parse_mode=None,
            link_preview_options=NO_PREVIEW,
            disable_notification=message.silent,
            reply_parameters=_reply(reply_to),
            reply_markup=markup(message.keyboard),
        )
        return await self._send(chat, method, message)

    async def send_file(
        self, chat: LinkedChat, name: str, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send a message's text as a document, without entities and buttons."""
        method = SendDocument(
            chat_id=chat.chat_id,
            message_thread_id=chat.topic or None,
            document=BufferedInputFile(message.text.text.encode(), name),
            disable_notification=message.silent,
            reply_parameters=_reply(reply_to),
        )
        return await self._send(chat, method, message)

    async def edit(self, chat: LinkedChat, message_id: int, message: Message) -> DeliveryOutcome:
        """Replace a message's text and keyboard."""
        method = EditMessageText(
            chat_id=chat.chat_id,
            message_id=message_id,
            text=message.text.text,
            entities=entities(message.text),
            parse_mode=None,
            link_preview_options=NO_PREVIEW,
            reply_markup=markup(message.keyboard),
        )
        return await self._edit(chat, message_id, method, message)

    async def edit_keyboard(
        self, chat: LinkedChat, message_id: int, keyboard: Keyboard
    ) -> DeliveryOutcome:
        """Replace a message's keyboard; its text stays."""
        method = EditMessageReplyMarkup(
            chat_id=chat.chat_id, message_id=message_id, reply_markup=markup(keyboard)
        )
        return await self._edit(chat, message_id, method, Message(RichText(), keyboard))

    async def _edit(
        self,
        chat: LinkedChat,
        message_id: int,
        method: EditMessageText | EditMessageReplyMarkup,
        message: Message,
    ) -> DeliveryOutcome:
        try:
            with granted():
                await self._bot(method, request_timeout=TIMEOUT_S)
        except FAILURES as error:
            if is_not_modified(error):
                return Delivered(message_id, changed=False)
            return self._settle(chat, outcome_of(error, is_edit=True), method, message)
        return Delivered(message_id)

    async def _send(
        self, chat: LinkedChat, method: SendMessage | SendDocument, message: Message
    ) -> DeliveryOutcome:
        try:
            with granted():
                sent = await self._bot(method, request_timeout=TIMEOUT_S)
        except FAILURES as error:
            return self._settle(chat, outcome_of(error, is_edit=False), method, message)
        return Delivered(sent.message_id)

    def _settle(
        self,
        chat: LinkedChat,
        outcome: DeliveryOutcome,
        method: TelegramMethod[Any],
        message: Message,
    ) -> DeliveryOutcome:
        if isinstance(outcome, Resting):
            self._lanes.rest(chat.chat_id, outcome.retry_after_s)
        if isinstance(outcome, Refused):
            shape = _shape(message)
            log.error(
                "telegram.refused",
                method=type(method).__name__,
                description=outcome.description,
                **shape,
            )
        return outcome


def _shape(message: Message) -> dict[str, object]:
    """What a request was like, without a word of what it said."""
    text = message.text.text
    return {
        "chars": len(text),
        "bytes": len(text.encode()),
        "lines": text.count("\n") + 1,
        "entities": dict(Counter(str(entity["type"]) for entity in message.text.utf16())),
        "buttons": [len(row) for row in message.keyboard],
    }


def _reply(message_id: int | None) -> ReplyParameters | None:
    if message_id is None:
        return None
    return ReplyParameters(message_id=message_id, allow_sending_without_reply=True)


def entities(text: RichText) -> list[MessageEntity]:
    """Telegram's form of a text's entities: UTF-16 offsets; ours need no second validation."""
    return [MessageEntity.model_construct(**entity) for entity in text.utf16()]  # type: ignore[arg-type]  # keys are the model's fields


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Telegram's form of a keyboard; None takes it away."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=button.label, callback_data=button.data) for button in row]
            for row in keyboard
        ]
    )
