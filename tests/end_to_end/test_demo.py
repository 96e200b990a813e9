"""The demo: one command, a page, and a view that grows."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp

from tests.end_to_end.process import BotProcess

VIEW_S = 10.0
PAGE = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+\S*")


async def test_the_demo_shows_a_view_within_ten_seconds() -> None:
    """`python -m bot demo` prints a page's address, and a first live view stands there in time."""
    async with asyncio.timeout(VIEW_S):
        demo = await BotProcess.start({}, "demo", "--port", "0")
        try:
            line = await demo.wait_for_log(lambda said: bool(PAGE.search(said)), VIEW_S)
            address = PAGE.search(line)
            assert address is not None
            async with aiohttp.ClientSession() as http:
                await _first_view(http, address[0].rstrip("/."))
        except BaseException:
            print(demo.tail())  # noqa: T201 - for the report
            await demo.kill()
            raise
    assert await demo.stop() == 0


async def _first_view(http: aiohttp.ClientSession, page: str) -> dict[str, Any]:
    """Return the first live view on the page, waiting for it."""
    async with http.get(page) as answer:
        assert answer.status == 200
        assert "text/html" in answer.headers["Content-Type"]
    raise NotImplementedError
