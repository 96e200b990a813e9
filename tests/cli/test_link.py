from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cli.link import as_json_line, in_words
from bot.linking.codes import Linking
from bot.linking.model import ChatToLink, LinkCode, Linked
from bot.storage.database import Database
from sandbox.telegram import Telegram, TelegramServer
from tests.cli.command import bot

CODE = LinkCode("abc_-123", datetime(2026, 11, 22, 14, 17, 5, 999, UTC))


async def test_link_prints_json_and_the_code_works(tmp_path: Path) -> None:
    """`link --json` prints one object with code, deep link and end; the code links one chat."""
    telegram = Telegram()
    database_url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    async with TelegramServer(telegram) as server:
        done = await asyncio.to_thread(
            bot,
            "link",
            "--json",
            cwd=tmp_path,
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_URL=server.url,
            DATABASE_URL=database_url,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert list(told) == ["code", "deep_link", "expires_at"]
    assert re.fullmatch(r"https://t\.me/\w+\?start=" + re.escape(told["code"]), told["deep_link"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["expires_at"])
    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    chat = ChatToLink(7, 0, "private", "Ada", 7, "en")
    async with Database(database_url) as database:
        linking = Linking(database.codes, lambda: datetime.now(UTC))
        assert isinstance(await linking.redeem(told["code"], 7, chat), Linked)


async def test_a_refused_token_is_said_without_the_token(tmp_path: Path) -> None:
    """A token that Telegram refuses is one sentence, exit code 1, and no code is made."""
    async with TelegramServer(Telegram()) as server:
        done = await asyncio.to_thread(
            bot,
            "link",
            cwd=tmp_path,
            TELEGRAM_BOT_TOKEN="99:wrong-token",
            TELEGRAM_API_URL=server.url,
            DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
        )
    assert done.returncode == 1
    assert done.stderr == "Telegram refuses TELEGRAM_BOT_TOKEN: get a new one from BotFather.\n"
    assert not (tmp_path / "bot.db").exists()


def test_the_json_line() -> None:
    """The end is RFC 3339 in UTC, in whole seconds."""
    assert json.loads(as_json_line(CODE, "companion_bot")) == {
        "code": "abc_-123",
        "deep_link": "https://t.me/companion_bot?start=abc_-123",
        "expires_at": "2026-11-22T14:17:05Z",
    }


def test_the_words() -> None:
    """For a person both ways of linking and the end are named."""
    words = in_words(CODE, "companion_bot")
    assert "https://t.me/companion_bot?start=abc_-123" in words
    assert "/link abc_-123" in words
    assert "14:17 UTC" in words
