"""A phone's browser that has one chat open: reads what it shows, and takes its picture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, async_playwright

from tests.end_to_end.world import Chat, World

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDTH, HEIGHT, DENSITY = 375, 812, 2
SHOWN_S = 20.0
MOST_BYTES = 400_000
"""A picture that a README may load."""

_TEXTS = """() => [...document.querySelectorAll("[data-message-id]")].map(
    row => [Number(row.dataset.messageId), row.querySelector(".text").textContent])"""
_TOO_WIDE = """() => {
    const wide = [...document.querySelectorAll(".bubble, .keyboard, .key, .text pre")].filter(
        each => each.getBoundingClientRect().right > innerWidth
            || each.getBoundingClientRect().left < 0
            || each.scrollWidth > each.clientWidth + 1);
    const page = [document.scrollingElement, document.getElementById("messages")].filter(
        each => each.scrollWidth > innerWidth);
    return [...page, ...wide].map(each => each.outerHTML.slice(0, 200));
}"""
_WITH_BUTTONS = """() => [...document.querySelectorAll(".row:has(.key)")].map(
    row => Number(row.dataset.messageId))"""
_PLACE = """([id, top]) => {
    const row = document.querySelector(`[data-message-id="${id}"]`);
    const pane = document.getElementById("messages");
    pane.scrollTop += row.getBoundingClientRect().top - pane.getBoundingClientRect().top - top;
}"""


class Phone:
    """One open page; everything it returns is what a reader has before them now."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def texts(self) -> dict[int, str]:
        """Return the text of every bubble by its message's number, to the character."""
        return {int(number): str(text) for number, text in await self._page.evaluate(_TEXTS)}

    async def too_wide(self) -> list[str]:
        """Return what is wider than the screen or than its own box, as HTML."""
        return [str(html) for html in await self._page.evaluate(_TOO_WIDE)]

    async def with_buttons(self) -> list[int]:
        """Return the numbers of the messages that have buttons."""
        return [int(number) for number in await self._page.evaluate(_WITH_BUTTONS)]

    async def unread(self) -> int:
        """Return how many topics and chats are marked as unread."""
        return await self._page.locator(".unread").count()

    async def place(self, number: int, top: int) -> None:
        """Scroll so that a message begins `top` points below the chat's upper edge."""
        await self._page.evaluate(_PLACE, [number, top])

    async def picture(self, path: Path) -> None:
        """Write what is on the screen as PNG."""
        picture = await self._page.screenshot(path=path, animations="disabled")
        assert len(picture) < MOST_BYTES


@asynccontextmanager
async def phone(
    world: World, chat: Chat, *, scheme: Literal["light", "dark"] = "light", topic: int = 0
) -> AsyncIterator[Phone]:
    """Open a chat, or a topic of it, in Chromium as its person sees it."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
    ):
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=DENSITY,
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="UTC",
        )
        page.set_default_timeout(SHOWN_S * 1000)
        await page.goto(f"{world.telegram_server.url}/?as={chat.user}&chat={chat.id}&topic={topic}")
        await page.wait_for_selector(".row")
        yield Phone(page)
