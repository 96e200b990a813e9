"""Prints a one-time code that links a chat; works while the bot runs, and without aiogram."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.cli import database_trouble
from bot.cli.configuration import EXIT_WRONG_CONFIGURATION, load
from bot.cli.qr import qr_lines
from bot.cli.telegram import CannotAsk, bot_username
from bot.cli.terminal import shows
from bot.cli.translating import translator
from bot.i18n import Translator
from bot.linking.codes import Linking
from bot.linking.model import LinkCode
from bot.storage.database import Database
from bot.storage.examination import place
from bot.storage.trouble import DatabaseSick, DatabaseUnusable


def link(*, as_json: bool) -> int:
    """Print a code, its deep link and its end; in a terminal also the link's QR code."""
    config = load()
    if config is None:
        return EXIT_WRONG_CONFIGURATION
    _ = translator(config)
    try:
        username = asyncio.run(bot_username(config))
        code = asyncio.run(issue(config.database_url))
    except CannotAsk as reason:
        print(_.say(reason.told), file=sys.stderr)
        return 1
    except (DatabaseSick, DatabaseUnusable) as reason:
        where = place(config.database_url)
        print(_.say(database_trouble.told(reason, where)), file=sys.stderr)
        return 1
    if as_json:
        print(as_json_line(code, username))
    else:
        drawn = qr_lines(deep_link(code, username))
        visible = sys.stdout.isatty() and shows("".join(drawn))
        print(in_words(code, username, _, drawn if visible else ()))
    return 0


async def issue(database_url: str) -> LinkCode:
    """Make a code and store its hash."""
    async with Database(database_url) as database:
        return await Linking(database.codes, lambda: datetime.now(UTC)).issue()


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


def in_words(code: LinkCode, username: str, _: Translator, qr: Sequence[str] = ()) -> str:
    """Write the code for a person; `qr` are the lines of the deep link's QR code."""
    until = f"{code.expires_at.astimezone(UTC):%H:%M}"
    scan = (_("Or scan it with your phone:"), "\n".join(qr)) if qr else ()
    parts = (
        _("Open this to link your private chat:"),
        f"  {deep_link(code, username)}",
        *scan,
        _("Or send this to @{bot}, in a private chat, a group or a topic:", bot=username),
        f"  /link {code.code}",
        _("It works once, until {time} UTC.", time=until),
    )
    return "\n\n".join(parts)
