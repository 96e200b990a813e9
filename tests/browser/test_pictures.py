"""The real bot's chat on a phone's screen: to the character, never too wide, and as pictures.

With the variable PICTURES the pictures are written to that folder, else to a temporary one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.kanban import Play
from sandbox.telegram import Message
from tests.browser.phone import Phone, phone
from tests.end_to_end.chains import views, wait_view_complete
from tests.end_to_end.world import Chat, World, until

pytestmark = pytest.mark.browser

GROWN_S = 60.0


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go."""
    folder = Path(os.environ.get("PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def assert_shown(world: World, chat: Chat, screen: Phone) -> None:
    """Every bubble reads as its message is stored, and nothing is wider than the screen."""
    stored = {message.message_id: message.text for message in world.telegram.messages(chat.id)}
    for number, text in stored.items():
        await screen.wait_for(number, text)
    assert await screen.texts() == stored
    assert await screen.too_wide() == []


async def grown(world: World, chat: Chat, play: Play, words: str) -> Message:
    """Wait until the newest link of a play's view contains `words`; return that link."""

    def shown() -> bool:
        found = views(world, chat, play)
        return bool(found) and words in found[-1].links[-1].text

    await until(shown, GROWN_S, f"the view shows {words!r}")
    return views(world, chat, play)[-1].links[-1]


async def test_a_view_grows_and_ends(tmp_path: Path, pictures: Path) -> None:
    """A growing view has buttons; at the end they are gone, and the notice stands below it."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("basic", speed=0.4)
        link = await grown(world, chat, play, "Running:")
        async with phone(world, chat) as screen:
            assert await screen.with_keyboard() == [link.message_id]
            await screen.picture(pictures / "growing.png")
        await play.done
        await wait_view_complete(world, chat, play)
        async with phone(world, chat) as screen:
            await assert_shown(world, chat, screen)
            assert await screen.with_keyboard() == []
            await screen.picture(pictures / "ended.png")
        async with phone(world, chat, scheme="dark") as screen:
            await assert_shown(world, chat, screen)
            await screen.place(link.message_id, 12)
            await screen.picture(pictures / "dark.png")


async def test_a_long_turn_goes_on_in_replies(tmp_path: Path, pictures: Path) -> None:
    """An answer of ten thousand characters is a chain of messages, each a reply."""
    async with World(tmp_path, max_gap_s=0.3) as world:
        chat = await world.link_private()
        play = world.kanban.play("essay", speed=4)
        await play.done
        await wait_view_complete(world, chat, play)
        links = views(world, chat, play)[-1].links
        assert len(links) >= 3
        async with phone(world, chat) as screen:
            await assert_shown(world, chat, screen)
            await screen.place(links[1].message_id, 330)
            await screen.picture(pictures / "chain.png")


async def test_every_script_is_shown(tmp_path: Path, pictures: Path) -> None:
    """Cyrillic, CJK, right-to-left text, flags and families reach the page unharmed."""
    async with World(tmp_path, max_gap_s=0.3) as world:
        chat = await world.link_private()
        play = world.kanban.play("unicode")
        await play.done
        await wait_view_complete(world, chat, play)
        first = views(world, chat, play)[-1].links[0]
        async with phone(world, chat) as screen:
            await assert_shown(world, chat, screen)
            await screen.place(first.message_id, 12)
            await screen.picture(pictures / "unicode.png")


async def test_commands_are_answered(tmp_path: Path, pictures: Path) -> None:
    """What the bot says about itself fits the screen, too."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play("many")
        await grown(world, chat, play, "⚡")
        for command in ("/help", "/active", "/status"):
            before = len(world.telegram.bot_messages(chat.id))
            world.telegram.say(chat.id, chat.user, command)
            await world.telegram.wait_for(
                lambda: len(world.telegram.bot_messages(chat.id)) > before,  # noqa: B023  # awaited here
                timeout_s=5,
            )
        async with phone(world, chat) as screen:
            assert await screen.too_wide() == []
            await screen.picture(pictures / "commands.png")
