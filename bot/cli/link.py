"""Prints a one-time code that links a chat; works while the bot runs, and without aiogram."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime

import aiohttp

from bot.cli.configuration import EXIT_WRONG_CONFIGURATION, load
from bot.config import Config
from bot.linking.codes import Linking
from bot.linking.model import LinkCode
from bot.storage.database import Database

TELEGRAM = "https://api.telegram.org"
TIMEOUT_S = 20.0


class CannotAsk(Exception):  # noqa: N818 - names the outcome
    """Telegram did not say who the bot is; the sentence says why."""


def link(*, as_json: bool) -> int:
    """Print a code, its deep link and its end."""
    config = load()
    if config is None:
        return EXIT_WRONG_CONFIGURATION
    try:
        username = asyncio.run(bot_username(config))
    except CannotAsk as reason:
        print(reason, file=sys.stderr)
        return 1
    code = asyncio.run(issue(config.database_url))
    print(as_json_line(code, username) if as_json else in_words(code, username))
    return 0


async def issue(database_url: str) -> LinkCode:
    """Make a code and store its hash."""
    async with Database(database_url) as database:
        return await Linking(database.codes, lambda: datetime.now(UTC)).issue()


async def bot_username(config: Config) -> str:
    """Ask Telegram for the bot's name; raises CannotAsk, which never shows the token."""
    base = (config.telegram_api_url or TELEGRAM).rstrip("/")
    url = f"{base}/bot{config.telegram_bot_token.get_secret_value()}/getMe"
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, proxy=config.telegram_proxy_url()) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise CannotAsk(f"Telegram is not reachable ({type(error).__name__}).") from None
    if isinstance(answer, dict) and answer.get("ok"):
        return str(answer["result"]["username"])
    raise CannotAsk("Telegram refuses TELEGRAM_BOT_TOKEN: get a new one from BotFather.")


def deep_link(code: LinkCode, username: str) -> str:
    """Make the address that opens the chat with the bot and sends it the code."""
    return f"https://t.me/{username}?start={code.code}"


def as_json_line(code: LinkCode, username: str) -> str:
    """Write the code for a program."""
    expires_at = code.expires_at.astimezone(UTC).isoformat(timespec="seconds")
    return json.dumps(
        {
            "code": code.code,
            "deep_link": deep_link(code, username),
            "expires_at": expires_at.replace("+00:00", "Z"),
        }
    )


def in_words(code: LinkCode, username: str) -> str:
    """Write the code for a person."""
    return (
        f"Open this to link your private chat:\n\n  {deep_link(code, username)}\n\n"
        f"or send this to @{username}, in a private chat, a group or a topic:\n\n"
        f"  /link {code.code}\n\n"
        f"It works once, until {code.expires_at.astimezone(UTC):%H:%M} UTC."
    )
