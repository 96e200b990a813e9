"""The bot is told to end: whatever it is doing, it does so soon, and says that all is well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import app
from bot.config import Config
from bot.live.ending import SIGNALS, Ending
from bot.storage.lock import InstanceLock, lock_file
from sandbox.kanban.server import steady_time
from sandbox.telegram import Fault, Hang, Respond, Telegram, TelegramServer
from tests.end_to_end.process import BotProcess
from tests.end_to_end.world import World, until

NOBODY = "http://127.0.0.1:9"
"""An address at which every connection is refused."""

READY_S = 60.0
ENDED_S = 60.0
"""How long a test waits for the process: generous, since machines differ."""

SENDING_S = 10.0
"""How long the bot may go on with what it is sending."""

SLOW_MACHINE_S = 5.0


def environment(folder: Path, telegram: str, token: str = "123:" + "a" * 35) -> dict[str, str]:
    """Point a bot at a Telegram, and at a backend that is not there."""
    return {
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": telegram,
        "VIBE_KANBAN_URL": NOBODY,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.db'}",
        "LOG_LEVEL": "DEBUG",
    }


@asynccontextmanager
async def started(env: Mapping[str, str]) -> AsyncIterator[BotProcess]:
    """A bot that is gone when the block ends, however it ends."""
    bot = await BotProcess.start(env, "--polling")
    try:
        yield bot
    finally:
        if bot.running:
            await bot.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
async def test_while_another_bot_holds_the_lock(tmp_path: Path, number: signal.Signals) -> None:
    """A bot that waits for another one says so once, and ends with 0 when it is told to."""
    lock = InstanceLock(lock_file(tmp_path / "bot.db"), lambda _: None)
    async with lock, started(environment(tmp_path, NOBODY)) as bot:
        await bot.wait_for_log(lambda line: "database.in_use" in line, READY_S)
        bot.send(number)
        assert await bot.finish(ENDED_S) == 0, bot.tail()
        assert sum("database.in_use" in line for line in bot.log) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
async def test_while_telegram_is_away(tmp_path: Path, number: signal.Signals) -> None:
    """A bot that has not reached Telegram yet ends with 0."""
    env = environment(tmp_path, NOBODY)
    async with started(env) as bot:
        await bot.wait_for_log(lambda line: "telegram.not_reachable" in line, READY_S)
        bot.send(number)
        assert await bot.finish(ENDED_S) == 0, bot.tail()


async def test_while_it_is_loaded(tmp_path: Path) -> None:
    """A bot that is told to end before it has begun anything ends with 0."""
    async with started(environment(tmp_path, NOBODY)) as bot:
        await until(
            lambda: bot.listens_to(signal.SIGTERM), READY_S, "the process has a handler of its own"
        )
        bot.send(signal.SIGTERM)
        assert await bot.finish(ENDED_S) == 0, bot.tail()


@pytest.mark.slow
async def test_while_a_send_hangs(tmp_path: Path) -> None:
    """What is being sent may take ten seconds at most; then the bot ends with 0."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        world.telegram.faults.append(Fault("sendMessage", Hang(60.0), chat_id=chat.id))
        world.kanban.play("basic")
        await until(lambda: len(world.telegram.faults) == 0, READY_S, "the send hangs")
        began = asyncio.get_running_loop().time()
        assert await world.bot.stop(ENDED_S) == 0
        assert asyncio.get_running_loop().time() - began < SENDING_S + SLOW_MACHINE_S
        assert any("bot.cut_short" in line for line in world.bot.log)


@pytest.mark.slow
async def test_told_twice_while_a_send_hangs(tmp_path: Path) -> None:
    """Whoever insists gets an end at once, with 0 as well."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        world.telegram.faults.append(Fault("sendMessage", Hang(60.0), chat_id=chat.id))
        world.kanban.play("basic")
        await until(lambda: len(world.telegram.faults) == 0, READY_S, "the send hangs")
        world.bot.send(signal.SIGTERM)
        await world.bot.wait_for_log(lambda line: "bot.stopping" in line, READY_S)
        world.bot.send(signal.SIGTERM)
        await world.bot.wait_for_log(lambda line: "bot.cut_short" in line, ENDED_S)
        assert await world.bot.finish(ENDED_S) == 0


@pytest.mark.slow
async def test_a_token_that_is_refused_at_the_start(tmp_path: Path) -> None:
    """It is one line in the log and exit code 1."""
    telegram = Telegram(steady_time)
    async with TelegramServer(telegram) as server:
        env = environment(tmp_path, server.url, "7:" + "b" * 35)
        bot = await BotProcess.start(env, "--polling")
        assert await bot.finish(ENDED_S) == 1
    assert sum("token_refused" in line for line in bot.log) == 1
    assert not any("Traceback" in line for line in bot.log)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["getUpdates", "sendMessage"])
async def test_a_token_that_is_refused_later(tmp_path: Path, method: str) -> None:
    """Whichever call finds out, the bot ends at once with one line and exit code 1."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        world.telegram.faults.append(Fault(method, Respond(401, "Unauthorized")))
        world.telegram.say(chat.id, chat.user, "/help")
        assert await world.bot.finish(ENDED_S) == 1, world.bot.tail()
        assert sum("token_refused" in line for line in world.bot.log) == 1
        assert not any("Traceback" in line for line in world.bot.log)


@pytest.mark.slow
async def test_a_bot_that_was_killed_frees_the_database(tmp_path: Path) -> None:
    """The one that waited takes over where it was left, without being asked."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        async with started(world.env) as second:
            await second.wait_for_log(lambda line: "database.in_use" in line, READY_S)
            await world.bot.kill()
            await second.wait_for_log(lambda line: "bot.ready" in line, READY_S)
            assert "inked since" in (await world.say(chat, "/status")).text
            assert await second.stop(ENDED_S) == 0


@pytest.mark.slow
async def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    """One line names the variable and what to do, and the process exits with 2."""
    (tmp_path / "bot.db").write_bytes(b"this is a letter, no database" * 100)
    async with started(environment(tmp_path, NOBODY)) as bot:
        assert await bot.finish(ENDED_S) == 2
    (line,) = [line for line in bot.log if "database.unusable" in line]
    assert "DATABASE_URL" in line
    assert "mend=" in line
    assert not any("Traceback" in line for line in bot.log)


@pytest.mark.slow
async def test_nothing_is_left_over(tmp_path: Path) -> None:
    """When the bot has ended, no task of it remains, although a turn was going on."""
    telegram = Telegram(steady_time)
    async with TelegramServer(telegram) as server:
        before = asyncio.all_tasks()
        ending = Ending()
        env = environment(tmp_path, server.url, telegram.token)
        running = asyncio.create_task(app.run(Config.load(env, env_file=None), ending))
        await until(lambda: _asks(telegram), READY_S, "the bot is ready")
        ending.ask()
        assert await asyncio.wait_for(running, ENDED_S) == 0
        # The server's side of the closed connections ends a moment later.
        await until(lambda: asyncio.all_tasks() <= before, READY_S, "every task is over")


def _asks(telegram: Telegram) -> bool:
    return any(call.method == "getUpdates" for call in telegram.calls)
