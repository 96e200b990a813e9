from __future__ import annotations

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot.cli import demo
from bot.cli.demo import HOST, NoWorld, World, configuration, first_words, greet, is_free
from bot.config import Config
from sandbox.telegram import Telegram, TelegramServer, add_cast

WORLD = World("http://127.0.0.1:1", "http://127.0.0.1:1", "http://127.0.0.1:2", "42:demo-token")


async def spoken(words: str) -> World:
    """Listen to a sandbox that says this."""
    arguments = (sys.executable, "-c", f"print({words!r}, end='')")
    process = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE)
    try:
        return await first_words(process)
    finally:
        await process.wait()


async def test_the_sandbox_says_where_it_is() -> None:
    """One line of JSON says where the pretend world is; what else it says does not matter."""
    line = (
        '{"page": "http://127.0.0.1:1", "telegram_url": "http://127.0.0.1:1",'
        ' "kanban_url": "http://127.0.0.1:2", "token": "42:demo-token", "more": 1}'
    )
    assert await spoken(line + "\nlater words") == WORLD


async def test_a_world_that_does_not_start() -> None:
    """A sandbox that ends without a word is a sentence, not a traceback."""
    with pytest.raises(NoWorld, match="did not start"):
        await spoken("")


def test_the_demo_minds_nothing_of_a_real_bot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the environment says of a real bot does not reach the demo."""
    monkeypatch.setenv("TELEGRAM_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://bot.example/api/telegram/webhook")
    config = configuration(WORLD, tmp_path / "demo.db")
    assert config.telegram_proxy is None
    assert config.telegram_webhook_url is None
    assert config.telegram_api_url == WORLD.telegram_url
    assert config.backends() == {"": WORLD.kanban_url}
    assert config.database_url.endswith("/demo.db")


async def test_the_pretend_person_links_the_chat() -> None:
    """The demo's person sends /start with the code, as the deep link would."""
    telegram = Telegram()
    add_cast(telegram)
    async with TelegramServer(telegram) as server:
        await greet(World(server.url, server.url, "", telegram.token), "abc_-1")
    said = [m.text for chat in telegram.world.chats for m in telegram.messages(chat) if m.text]
    assert "/start abc_-1" in said


def test_a_taken_port_is_not_free() -> None:
    """A port that somebody listens on is not free."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        assert not is_free(port)
    assert is_free(port)


async def sleeper() -> asyncio.subprocess.Process:
    """Start a world that does nothing for a minute."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(60)", start_new_session=True
    )


async def test_the_demo_ends_with_the_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When the bot is told to stop, the demo ends with its exit code, and so does its world."""

    async def served(_config: Config) -> int:
        return 0

    monkeypatch.setattr(demo, "serve", served)
    world = await sleeper()
    assert await demo.serve_while(world, configuration(WORLD, tmp_path / "demo.db")) == 0
    await demo._end(world)
    assert world.returncode is not None


async def test_the_demo_ends_with_its_world(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """When the pretend world is gone the bot is ended, too, and the demo says it failed."""
    ended: list[bool] = []

    async def served(_config: Config) -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        return 0

    monkeypatch.setattr(demo, "serve", served)
    world = await sleeper()
    world.kill()
    assert await demo.serve_while(world, configuration(WORLD, tmp_path / "demo.db")) == 1
    assert ended == [True]


def test_a_demo_without_a_world_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sandbox that cannot start ends the demo with a sentence, exit code 1."""
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert demo.demo(0) == 1
    assert capsys.readouterr().err == "The pretend world did not start.\n"
