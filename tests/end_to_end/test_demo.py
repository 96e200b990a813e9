"""The demo: one command, a page, and a view that grows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import aiohttp

from tests.end_to_end.process import BotProcess

VIEW_S = 10.0
PAGE = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+")


async def test_the_demo_shows_a_view_within_ten_seconds() -> None:
    """`python -m bot demo` prints its page's address, and a first live view is there in time."""
    loop = asyncio.get_running_loop()
    started_at = loop.time()
    demo = await BotProcess.start({}, "demo", "--port", "0")
    try:
        async with asyncio.timeout(VIEW_S):
            page = await demo_page(demo)
            await first_view(page)
        assert loop.time() - started_at <= VIEW_S
    except BaseException:
        print(f"--- the demo's output ---\n{demo.tail()}")  # noqa: T201 - for the report
        await demo.kill()
        raise
    assert await demo.stop() == 0


async def demo_page(demo: BotProcess) -> str:
    """Return the address that the demo prints, waiting for it."""
    line = await demo.wait_for_log(lambda said: PAGE.search(said) is not None, VIEW_S)
    address = PAGE.search(line)
    assert address is not None
    return address[0]


async def first_view(page: str) -> str:
    """Return the text of the first live view on a demo's page, waiting for it."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{page}/") as index:
            assert index.status == 200
            assert "text/html" in index.headers["Content-Type"]
        async with http.ws_connect(f"{page}/sandbox/live") as live:
            async for event in live:
                for text in _texts(event.json()):
                    if text.startswith("🤖 Task:"):
                        return text
    raise AssertionError("the page said no more")


def _texts(event: dict[str, Any]) -> Iterator[str]:
    """Return the texts of the messages in one event of the page."""
    if event.get("kind") == "state":
        yield from (str(message["text"]) for message in event["messages"])
    elif event.get("kind") == "message":
        yield str(event["text"])
