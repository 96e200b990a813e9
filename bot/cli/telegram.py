"""Asks Telegram who the bot is and how it stands, without its framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp_socks import (
    ProxyConnectionError,
    ProxyConnector,
    ProxyError,
    ProxyTimeoutError,
)

from bot.config import Config
from bot.i18n import Sentence, sentence

TELEGRAM = "https://api.telegram.org"
TIMEOUT_S = 20.0
NEVER_HEARD_OF = "Not Found"
"""All that Telegram says to a token that never was; to one that is withdrawn it says 401."""

FAILURES = (
    aiohttp.ClientError,
    OSError,
    ValueError,
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
)
"""What a question ends with when nobody answers it, or not in JSON."""

TOKEN_REFUSED = sentence("Telegram refuses TELEGRAM_BOT_TOKEN: get a new one from BotFather.")


SOMEBODY_ELSE = sentence("something else answers there")


class CannotAsk(Exception):  # noqa: N818 - names the outcome
    """Telegram did not answer the question; `told` says why to a person."""

    def __init__(self, told: Sentence) -> None:
        super().__init__(str(told))
        self.told = told


async def bot_username(config: Config) -> str:
    """Ask for the bot's name. Raises CannotAsk."""
    return str((await ask(config, "getMe"))["username"])


async def ask(config: Config, method: str) -> Mapping[str, Any]:
    """Return what Telegram answers to a method without arguments.

    Raises CannotAsk, which never shows the token.
    """
    url = f"{base_url(config)}/bot{config.telegram_bot_token.get_secret_value()}/{method}"
    proxy = config.telegram_proxy_url()
    try:
        async with (
            aiohttp.ClientSession(
                connector=ProxyConnector.from_url(proxy) if proxy else None,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            ) as session,
            session.get(url) as response,
        ):
            answer = await response.json(content_type=None)
    except FAILURES as error:
        raise CannotAsk(_away(_reason(error))) from None
    return _result(answer)


def base_url(config: Config) -> str:
    """Return where the Bot API is."""
    return (config.telegram_api_url or TELEGRAM).rstrip("/")


def _result(answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise CannotAsk(_away(SOMEBODY_ELSE))
    result = answer.get("result")
    if answer.get("ok") and isinstance(result, dict):
        return result
    code = answer.get("error_code")
    if code == 401 or answer.get("description") == NEVER_HEARD_OF:
        raise CannotAsk(TOKEN_REFUSED)
    raise CannotAsk(sentence("Telegram answers with error {code}: try again later.", code=code))


def _reason(error: Exception) -> Sentence:
    """Say what a question ended with; the name of an exception helps nobody."""
    match error:
        case ProxyConnectionError() | ProxyError() | ProxyTimeoutError():
            return sentence("the proxy brings nobody there")
        case TimeoutError():
            return sentence("no answer in time")
        case ValueError():
            return SOMEBODY_ELSE
    return sentence("no connection")


def _away(reason: Sentence) -> Sentence:
    return sentence(
        "Telegram is not reachable ({reason}): check the network, TELEGRAM_PROXY and "
        "TELEGRAM_API_URL.",
        reason=reason,
    )
