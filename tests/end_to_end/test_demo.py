"""The demo: one command, a page, and a view that grows."""

from __future__ import annotations

import asyncio

from tests.end_to_end.page import demo_page, first_view
from tests.end_to_end.process import BotProcess

VIEW_S = 30.0
"""Patience with a busy machine; how long it takes on a quiet one is measured by the benchmarks."""


async def test_the_demo_shows_a_view() -> None:
    """`python -m bot demo` prints its page's address, and a first live view is there soon."""
    demo = await BotProcess.start({}, "demo", "--port", "0")
    try:
        async with asyncio.timeout(VIEW_S):
            page = await demo_page(demo)
            await first_view(page)
    except BaseException:
        print(f"--- the demo's output ---\n{demo.tail()}")  # noqa: T201 - for the report
        await demo.kill()
        raise
    assert await demo.stop() == 0
