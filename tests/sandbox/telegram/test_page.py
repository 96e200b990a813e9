"""The page in a real browser: what people see of what is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from sandbox.telegram import TelegramServer
from sandbox.telegram.cleaning import units
from tests.browser.phone import CHROMIUM, FLAGS
from tests.sandbox.telegram.desk import ADA, BASIC, BORIS, SUPER, Desk, entity, keyboard

pytestmark = pytest.mark.browser

WIDTH = 375
TEXT = (
    "🤖 Task: Fix login <img src=x onerror=alert(1)>\nThe prompt\n\n💭 Thinking…\n"
    + "Let me look at the flow of things once more. " * 8
    + "\nEditing src/会話/登录.rs\n-    old\n+    new_"
    + "very_long_" * 20
    + "\n… +48 lines\n\n⏳ since 14:02"
)
SHOWN = "() => [...document.querySelectorAll('[data-message-id] .text')].map(t => t.textContent)"
OVERFLOW = (
    "() => [...document.querySelectorAll('html, #messages, .bubble, .keyboard')]"
    ".filter(each => each.scrollWidth > each.clientWidth + 1).length"
)


def at(part: str, kind: str, **extra: Any) -> dict[str, Any]:
    return entity(kind, units(TEXT[: TEXT.index(part)]), units(part), **extra)


ENTITIES = [
    at("Fix login", "bold"),
    at("The prompt", "blockquote"),
    at("Let me look at the flow of things once more. " * 8, "expandable_blockquote"),
    at("src/会話/登录.rs", "code"),
    at("-    old\n+    new_" + "very_long_" * 20, "pre", language="diff"),
    at("14:02", "date_time", unix_time=1_800_000_000, date_time_format="t"),
]


@pytest.fixture
async def page(desk: Desk) -> AsyncIterator[Page]:
    async with TelegramServer(desk.telegram) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": WIDTH, "height": 812})
        page.set_default_timeout(20_000)
        await page.goto(f"{server.url}/?as={ADA}&chat={ADA}")
        await page.wait_for_selector(".row")
        yield page
        await browser.close()


async def test_the_page_shows_what_is_stored(desk: Desk, page: Page) -> None:
    """To the character, without running it, without overflow, and again after every edit."""
    first = desk.send(TEXT, entities=ENTITIES, reply_markup=keyboard("mute", "stop" * 15))
    await page.wait_for_selector(f'[data-message-id="{first.message_id}"]')
    second = desk.send("next", reply_parameters={"message_id": first.message_id})
    where = {"chat_id": ADA, "message_id": second.message_id}
    desk.call("editMessageText", **where, text="next, edited")
    await page.wait_for_selector(".bubble >> text=next, edited")
    stored = [message.text for message in desk.telegram.messages(ADA)]
    assert await page.evaluate(SHOWN) == stored
    assert await page.evaluate(OVERFLOW) == 0
    assert await page.locator("img").count() == 0


async def test_a_long_quote_opens(desk: Desk, page: Page) -> None:
    """It shows three lines until it is tapped, and stays open when the message is edited."""
    message = desk.send(TEXT, entities=ENTITIES)
    quote = page.locator("blockquote.expandable_blockquote")
    closed = await quote.evaluate("each => each.clientHeight")
    await quote.click()
    assert await quote.evaluate("each => each.clientHeight") > closed
    where = {"chat_id": ADA, "message_id": message.message_id}
    desk.call("editMessageText", **where, text=TEXT + "!", entities=ENTITIES)
    await page.wait_for_selector(".stamp >> text=edited")
    assert await quote.evaluate("each => each.clientHeight") > closed


def unanswered(desk: Desk) -> str | None:
    taps = desk.telegram.world.callbacks.values()
    return next((tap.id for tap in taps if tap.answer is None), None)


async def test_people_write_and_tap(desk: Desk, page: Page) -> None:
    """A command from the menu, an answer to a message, and a tap with its toast and its alert."""
    desk.call("setMyCommands", commands=[{"command": "active", "description": "What runs"}])
    message = desk.send(reply_markup=keyboard("mute"))
    await page.fill("#field", "/")
    await page.click("#menu >> text=/active")
    await desk.telegram.wait_for(lambda: desk.telegram.messages(ADA)[-1].text == "/active")
    await page.dblclick(f'[data-message-id="{message.message_id}"] .bubble')
    await page.fill("#field", "well")
    await page.press("#field", "Enter")
    await desk.telegram.wait_for(lambda: desk.telegram.messages(ADA)[-1].text == "well")
    assert desk.telegram.messages(ADA)[-1].reply_to_message_id == message.message_id
    for alert, shown in ((False, "#toast"), (True, "dialog[open]")):
        await page.click(".key")
        tap = await desk.telegram.wait_for(lambda: unanswered(desk))
        desk.call("answerCallbackQuery", callback_query_id=tap, text="Muted", show_alert=alert)
        await page.wait_for_selector(f"{shown} >> text=Muted")


async def test_an_edit_does_not_swallow_a_tap(desk: Desk, page: Page) -> None:
    """A tap that begins before an edit and ends after it is a tap."""
    message = desk.send(reply_markup=keyboard("stop"))
    await page.hover(".key")
    await page.mouse.down()
    where = {"chat_id": ADA, "message_id": message.message_id}
    desk.call("editMessageText", **where, text="grown", reply_markup=keyboard("stop"))
    await page.wait_for_selector(".bubble >> text=grown")
    await page.mouse.up()
    assert await desk.telegram.wait_for(lambda: desk.telegram.world.callbacks)


async def test_the_view_follows_what_is_new(desk: Desk, page: Page) -> None:
    """At the bottom it stays there; where a reader scrolled up it does not move."""
    for number in range(30):
        desk.send(f"message {number}")
    await page.wait_for_selector(".bubble >> text=message 29")
    gap = "() => { const m = document.getElementById('messages');"
    gap += " return m.scrollHeight - m.scrollTop - m.clientHeight; }"
    assert await page.evaluate(gap) < 2
    await page.evaluate("document.getElementById('messages').scrollTop = 0")
    desk.send("one more")
    await page.wait_for_selector(".bubble >> text=one more", state="attached")
    assert await page.evaluate("document.getElementById('messages').scrollTop") == 0


async def test_a_person_changes_chats(desk: Desk, page: Page) -> None:
    """On a phone the list is a screen of its own; a group shows its members' messages."""
    desk.telegram.say(SUPER, ADA, "hello team")
    await page.click("#back")
    assert not await page.is_visible("#chat")
    await page.click(".chat >> text=hello team")
    assert await page.text_content("#title") == "Team"
    assert await page.is_visible(".row.mine >> text=hello team")


FORUM = -1000000000900


async def test_a_forum_is_shown_topic_by_topic(desk: Desk, page: Page) -> None:
    """Each topic has its own messages and its count of what is unread; a closed one says so."""
    desk.telegram.add_forum(FORUM, "Forum", {ADA: "creator", BORIS: "member"})
    web = desk.telegram.add_topic(FORUM, "Web", by=ADA)
    desk.telegram.say(FORUM, ADA, "in general")
    await page.click("#back")
    await page.click(".chat >> text=Forum")
    desk.telegram.say(FORUM, BORIS, "in the topic", topic=web)
    await page.wait_for_selector("#topics .unread >> text=1")
    assert not await page.is_visible(".bubble >> text=in the topic")
    await page.click("#topics >> text=Web")
    await page.wait_for_selector(".bubble >> text=in the topic")
    assert await page.locator("#topics .unread").count() == 0
    assert not await page.is_visible(".bubble >> text=in general")
    await page.fill("#field", "my answer")
    await page.press("#field", "Enter")
    await desk.telegram.wait_for(
        lambda: list(desk.telegram.messages(FORUM))[-1].text == "my answer"
    )
    assert desk.telegram.messages(FORUM)[-1].topic == web
    desk.telegram.close_topic(FORUM, web, by=ADA)
    await page.wait_for_selector("#topics svg[aria-label=closed]")
    assert await page.is_visible("#form")
    await page.click("#back")
    await page.select_option("#who", str(BORIS))
    await page.click(".chat >> text=Forum")
    await page.click("#topics >> text=Web")
    assert await page.text_content("#barrier") == "This topic is closed"
    desk.telegram.delete_topic(FORUM, web)
    await page.wait_for_selector(".bubble >> text=in general")


async def test_nobody_writes_where_telegram_would_not_let_them(desk: Desk, page: Page) -> None:
    """In place of the field stands why, and what can be done."""
    desk.telegram.block(ADA)
    await page.click("#barrier >> text=Restart bot")
    await page.wait_for_selector("#field")
    assert desk.telegram.messages(ADA)[-1].text == "/start"
    new = desk.telegram.upgrade_group(BASIC, by=ADA)
    desk.telegram.set_member_status(SUPER, ADA, "restricted", by=ADA)
    desk.telegram.say(new, BORIS, "we moved")
    await page.click("#back")
    await page.click(f".chat >> nth={[ADA, BASIC, SUPER].index(BASIC)}")
    await page.click("#barrier >> text=Open the supergroup")
    await page.wait_for_selector(".bubble >> text=we moved")
    await page.click("#back")
    await page.click(f".chat >> nth={[ADA, BASIC, SUPER].index(SUPER)}")
    assert await page.is_disabled("#barrier")
    assert "may not write" in (await page.text_content("#barrier") or "")


async def test_a_page_is_dark_or_light_as_its_reader_likes(page: Page) -> None:
    """It begins as the system is, and a button changes it."""
    colour = "() => getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(colour)
    await page.click("#back")
    await page.click("#theme")
    assert await page.evaluate(colour) != light
    await page.click("#theme")
    assert await page.evaluate(colour) == light
