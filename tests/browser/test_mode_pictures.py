"""What a chat can set, and what its modes look like, on a phone's screen."""

from __future__ import annotations

from pathlib import Path

from sandbox.telegram import Message
from tests.browser.phone import SHOWN_S, Phone, phone
from tests.browser.test_pictures import answered, assert_shown, grown, pictures, pytestmark
from tests.end_to_end.world import Chat, World

__all__ = ["pictures", "pytestmark"]


async def test_the_settings_card(tmp_path: Path, pictures: Path) -> None:  # a fixture
    """Every button of the card fits the screen; a tap turns its page."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            await answered(world, chat, "/settings")
            assert await narrow(screen)
            await screen.picture(pictures / "settings.png")
            card = world.telegram.bot_messages(chat.id)[-1]
            await tapped(world, chat, card, "More…")
            assert await narrow(screen)
            await screen.picture(pictures / "more-settings.png")
        async with phone(world, chat, scheme="dark") as screen:
            await answered(world, chat, "/settings")
            assert await narrow(screen)
            await screen.picture(pictures / "settings-dark.png")
            card = world.telegram.bot_messages(chat.id)[-1]
            await tapped(world, chat, card, "More…")
            assert await narrow(screen)
            await screen.picture(pictures / "more-settings-dark.png")


async def test_modes(tmp_path: Path, pictures: Path) -> None:  # a fixture
    """A muted view, chunks and a digest read well below each other."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            play = world.kanban.play("many", speed=2)
            await grown(world, chat, play, "⚡")
            await answered(world, chat, "/mute")
            await answered(world, chat, "/active")
            await assert_shown(world, chat, screen)
            await screen.picture(pictures / "muted.png")
            await play.done
            await answered(world, chat, "/stream summary")
            await world.kanban.play("basic", speed=4).done
            await world.telegram.wait_for(lambda: digest(world, chat), SHOWN_S)
            await assert_shown(world, chat, screen)
            await screen.picture(pictures / "digest.png")


def digest(world: World, chat: Chat) -> bool:
    last = world.telegram.bot_messages(chat.id)[-1].text
    return last.startswith("✅ Task completed") and "📝" in last


async def narrow(screen: Phone) -> bool:
    """Whether only the captions of modes are cut: their words are agreed, phones shorten them."""
    return all("–" in html for html in await screen.too_wide())


async def tapped(world: World, chat: Chat, message: Message, label: str) -> None:
    """Tap a button and wait until the message is written anew."""
    before = len(message.versions)
    await world.tap(chat, message, label)
    await world.telegram.wait_for(
        lambda: len(world.telegram.message(chat.id, message.message_id).versions) > before, SHOWN_S
    )
