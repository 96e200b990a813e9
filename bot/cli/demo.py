"""Shows everything without a token and a backend: a pretend world, and the real bot in it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bot.cli.link import issue
from bot.cli.run import serve
from bot.config import PROJECT_ROOT, Config

HOST = "127.0.0.1"
START_S = 30.0
GRACE_S = 5.0
EXIT_TERMINATED = 143

INVITATION = """
  The demo runs. Open this page in your browser:

      {page}

  It is a pretend Telegram. An agent is at work already: watch its messages grow, tap Mute and
  Stop, and type /help, /active, /status or /stream.

  Nothing leaves this machine, and nothing is kept. Ctrl-C ends it.
"""


class NoWorld(Exception):  # noqa: N818 - names the outcome
    """The pretend world did not start."""


@dataclass(frozen=True, slots=True)
class World:
    """Where the pretend world is."""

    page: str
    telegram_url: str
    kanban_url: str
    token: str

    @classmethod
    def of_line(cls, line: bytes) -> World:
        """Read the line of JSON that the sandbox prints; other keys do not matter."""
        told = json.loads(line)
        return cls(told["page"], told["telegram_url"], told["kanban_url"], told["token"])


def demo(port: int) -> int:
    """Run the demo until Ctrl-C; the page's port falls back to a free one."""
    try:
        return asyncio.run(_demo(port if is_free(port) else 0))
    except NoWorld as reason:
        print(reason, file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return EXIT_TERMINATED


async def _demo(port: int) -> int:
    ourselves = asyncio.current_task()
    if ourselves is not None:  # until the bot takes the signals over, the world must not be left
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ourselves.cancel)
    async with sandbox(port) as process:
        world = await first_words(process)
        with TemporaryDirectory(prefix="vibe-kanban-telegram-") as folder:
            config = configuration(world, Path(folder) / "demo.db")
            code = await issue(config.database_url)
            await greet(world, code.code)
            print(INVITATION.format(page=world.page), flush=True)
            return await serve_while(process, config)


@asynccontextmanager
async def sandbox(port: int) -> AsyncIterator[Process]:
    """Run the pretend world beside us; leaving the block ends it, gently first.

    It has a session of its own, so that Ctrl-C reaches only us and the bot ends before its world.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--tour", "--port", str(port)),
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(GRACE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def first_words(process: Process) -> World:
    """Wait for the line in which the sandbox says where it is; raises NoWorld."""
    line = b""
    try:
        async with asyncio.timeout(START_S):
            if process.stdout is not None:
                line = await process.stdout.readline()
    except TimeoutError:
        pass
    if not line.strip():
        raise NoWorld("The pretend world did not start.")
    return World.of_line(line)


def configuration(world: World, database: Path) -> Config:
    """Point the bot at the pretend world, whatever is set for a real one."""
    variables = {
        "TELEGRAM_BOT_TOKEN": world.token,
        "TELEGRAM_API_URL": world.telegram_url,
        "VIBE_KANBAN_URL": world.kanban_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "HOST": HOST,
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
    }
    return Config.load(variables, env_file=None)


async def greet(world: World, code: str) -> None:
    """Let the pretend person link their private chat, as the deep link would."""
    async with aiohttp.ClientSession(base_url=world.telegram_url) as session:
        async with session.get("/sandbox/state") as response:
            state = await response.json()
        person = next(chat["id"] for chat in state["chats"] if chat["kind"] == "private")
        words = {"user_id": person, "text": f"/start {code}"}
        async with session.post(f"/sandbox/chats/{person}/say", json=words) as response:
            response.raise_for_status()


async def serve_while(process: Process, config: Config) -> int:
    """Run the bot until somebody stops it, or until its world is gone (1)."""
    bot = asyncio.ensure_future(serve(config))
    world = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({bot, world}, return_when=asyncio.FIRST_COMPLETED)
        return bot.result() if bot.done() else 1
    finally:
        for task in (bot, world):
            task.cancel()
        await asyncio.wait({bot, world})


def is_free(port: int) -> bool:
    """Say whether a port can be taken on this machine now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
