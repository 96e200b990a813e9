from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp

from bot.cli.link import as_json_line, deep_link, in_words
from bot.cli.qr import qr_lines
from bot.i18n import Translator
from bot.linking.codes import Linking
from bot.linking.model import ChatToLink, LinkCode, Linked
from bot.storage.database import Database
from sandbox.telegram import Telegram, TelegramServer
from tests.cli.command import bot, in_a_terminal

SCALE = 4
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
    """For a person both ways of linking and the end are named; without a terminal no code."""
    words = in_words(CODE, "companion_bot", Translator("en"))
    assert "https://t.me/companion_bot?start=abc_-123" in words
    assert "/link abc_-123" in words
    assert "14:17 UTC" in words
    assert "\x1b" not in words


@pytest.mark.parametrize("length", [20, 43, 64])
def test_the_code_is_read_back(length: int) -> None:
    """A reader finds the deep link in the characters that are printed, whatever its length."""
    link = deep_link(LinkCode(("Az09_-" * 11)[:length], CODE.expires_at), "companion_bot")
    assert read_back(qr_lines(link)) == link


def test_the_code_has_colours_of_its_own() -> None:
    """Every line says black on white, and leaves the terminal as it was."""
    for line in qr_lines("https://t.me/companion_bot?start=abc"):
        assert line.startswith("\x1b[38;5;16;48;5;231m")
        assert line.endswith("\x1b[0m")


async def test_in_a_terminal_the_code_is_printed(tmp_path: Path) -> None:
    """`link` in a terminal prints a QR code of the deep link that it prints."""
    telegram = Telegram()
    async with TelegramServer(telegram) as server:
        shown = await asyncio.to_thread(
            in_a_terminal,
            "link",
            cwd=tmp_path,
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_URL=server.url,
            DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
        )
    lines = shown.replace("\r", "").split("\n")
    (link,) = [line.strip() for line in lines if line.startswith("  https://t.me/")]
    assert read_back([line for line in lines if line.startswith("\x1b[38")]) == link


def read_back(lines: list[str]) -> str:
    """Draw what a terminal would show, a few pixels a module, and let a reader look at it."""
    pixels = bytearray()
    for line in lines:
        characters = re.sub(r"\x1b\[[0-9;]*m", "", line)
        for halves in ("█▀", "█▄"):
            row = b"".join((b"\0" if c in halves else b"\xff") * SCALE for c in characters)
            pixels += row * SCALE
    height = 2 * SCALE * len(lines)
    image = memoryview(bytes(pixels)).cast("B", shape=[height, len(pixels) // height])
    (found,) = zxingcpp.read_barcodes(image)
    return found.text
