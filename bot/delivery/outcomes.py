"""What came of a call: every way Telegram, or the way to it, can answer, as one closed set."""

from __future__ import annotations

import aiohttp
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.live.ports import (
    ChatGone,
    ChatMoved,
    DeliveryOutcome,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    Resting,
    TargetGone,
    ThreadGone,
    TokenRefused,
)

NOT_MODIFIED = "message is not modified"

_PROXY = (ProxyConnectionError, ProxyError, ProxyTimeoutError)
"""What aiogram does not translate: it fails before a call leaves, on the way to Telegram."""

_UNKNOWN = (
    TelegramNetworkError,
    TelegramServerError,
    ClientDecodeError,
    UnicodeDecodeError,  # a page that is not the UTF-8 it says it is
    *_PROXY,
)

FAILURES = (TelegramAPIError, *_UNKNOWN)
"""All that a call raises when Telegram, or the way to it, fails; anything else is a bug."""

_BAD_REQUESTS: tuple[tuple[str, DeliveryOutcome], ...] = (
    ("message to edit not found", MessageGone()),
    ("message can't be edited", MessageGone()),
    ("there is no text in the message to edit", MessageGone()),
    ("MESSAGE_ID_INVALID", MessageGone()),
    ("message to be replied not found", TargetGone()),
    ("message thread not found", ThreadGone()),
    ("TOPIC_DELETED", ThreadGone()),
    ("TOPIC_CLOSED", ThreadGone(closed=True)),
    ("not enough rights", NoRights()),
    ("have no write access", NoRights()),
    ("CHAT_WRITE_FORBIDDEN", NoRights()),
    ("chat not found", ChatGone("chat not found")),
)


def is_not_modified(error: BaseException) -> bool:
    """Whether an edit changed nothing because everything was as wanted already."""
    return isinstance(error, TelegramBadRequest) and NOT_MODIFIED in error.message


def outcome_of(error: BaseException, *, is_edit: bool) -> DeliveryOutcome:
    """Classify what a call raised; anything else than Telegram's and the network's is re-raised.

    An edit may be repeated without harm, so what perhaps arrived counts as not sent for edits.
    """
    if isinstance(error, TelegramRetryAfter):
        return Resting(float(error.retry_after))
    if isinstance(error, TelegramMigrateToChat):
        return ChatMoved(error.migrate_to_chat_id)
    if isinstance(error, TelegramUnauthorizedError):
        return TokenRefused()
    if isinstance(error, TelegramForbiddenError):
        return ChatGone(_bare(error))
    if isinstance(error, TelegramBadRequest):
        return _bad_request(_bare(error))
    if isinstance(error, TelegramEntityTooLarge):  # aiogram counts it among the network's errors
        return Refused(_bare(error))
    if isinstance(error, _UNKNOWN):
        return _unknown(error, is_edit=is_edit)
    if isinstance(error, TelegramAPIError):
        return Refused(_bare(error))
    raise error


def _bare(error: TelegramAPIError) -> str:
    return error.message.removeprefix("Bad Request: ").removeprefix("Forbidden: ")


def _bad_request(description: str) -> DeliveryOutcome:
    for text, outcome in _BAD_REQUESTS:
        if text in description:
            return outcome
    return Refused(description)


def _unknown(error: Exception, *, is_edit: bool) -> DeliveryOutcome:
    reason = type(error).__name__
    cause = error.__cause__ or error.__context__
    if isinstance(error, _PROXY) or isinstance(cause, aiohttp.ClientConnectorError):
        return NotSent("no connection to Telegram")
    return NotSent(reason) if is_edit else PerhapsDelivered(reason)
