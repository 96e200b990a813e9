"""`python -m sandbox`: both servers as one process."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from .client import Heard

ROOT = Path(__file__).parents[3]
START_S = 15.0


@asynccontextmanager
async def sandbox(*arguments: str) -> AsyncIterator[dict[str, str]]:
    """Run the process, give its addresses, and see it end well when told to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            addresses: dict[str, str] = json.loads(await process.stdout.readline())
            yield addresses
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_serves_both_until_it_is_told_to_end() -> None:
    """One line says where the page, the bot's API and the backend are, and with which token."""
    async with sandbox() as told, aiohttp.ClientSession() as http:
        async with http.get(f"{told['telegram_url']}/bot{told['token']}/getMe") as answer:
            assert (await answer.json())["ok"] is True
        async with http.get(f"{told['kanban_url']}/api/health") as answer:
            assert (await answer.json())["data"] == "OK"
        async with http.get(told["page"]) as answer:
            assert answer.content_type == "text/html"


async def test_the_tour_begins_when_the_bot_speaks_to_a_person() -> None:
    """Nothing is played until the bot has answered somebody; then the first recording is."""
    async with sandbox("--tour", "--speed", "20") as told, aiohttp.ClientSession() as http:
        stream = f"{told['kanban_url']}/api/workspaces/streams/ws"
        async with http.ws_connect(stream) as socket:
            heard = Heard()
            listening = asyncio.create_task(heard.listen(socket))
            await heard.until(lambda heard: len(heard.frames) == 2)
            assert heard.state == {}
            said = {"user_id": 7001, "text": "/start"}
            await http.post(f"{told['page']}/sandbox/chats/7001/say", json=said)
            spoken = {"chat_id": 7001, "text": "Hello"}
            await http.post(f"{told['telegram_url']}/bot{told['token']}/sendMessage", json=spoken)
            await heard.until(lambda heard: len(heard.state) == 1)
            listening.cancel()
            await asyncio.wait({listening})
