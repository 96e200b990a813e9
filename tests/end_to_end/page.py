"""The demo's page, read as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aiohttp

from tests.end_to_end.process import BotProcess

PAGE_S = 10.0
PAGE = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+")


async def demo_page(demo: BotProcess) -> str:
    """Return the address that the demo prints, waiting for it."""
    line = await demo.wait_for_log(lambda said: PAGE.search(said) is not None, PAGE_S)
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
