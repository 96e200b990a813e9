"""The real bot's chat on a phone's screen: to the character, never too wide, and as pictures.

With the variable PICTURES the pictures are written to that folder, else to a temporary one.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.kanban import Play, Recording
from sandbox.telegram import Message
from tests.browser.phone import SHOWN_S, Phone, phone
from tests.end_to_end.chains import View, views, wait_view_complete
from tests.end_to_end.world import LOOK_AGAIN_S, Chat, World, pass_time, until

pytestmark = pytest.mark.browser

GROWN_S = 60.0
FORUM = -1_002_000_000_900
MARGIN = 4
"""Where a message begins so that nothing of the one before it is left."""

SCRIPTS = """\
Готово. Every script in *one* answer:

- Українська: **перевірка** приймала порожній токен
- 日本語：空のトークンを`拒否`します
- 中文：现在以固定时间比较
- 한국어: 빈 토큰을 거부합니다
- עברית: אסימון ריק **נדחה** עכשיו
- العربية: الرمز الفارغ مرفوض الآن
- हिन्दी: खाली टोकन अस्वीकार
- 👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇺🇦 🇯🇵 1️⃣ ❤️‍🔥

| 言語 | город | ✓ |
|---|---|---|
| 日本語 | 東京 | 👍 |
| Українська | Київ | 👍 |

```python
def привіт(名前: str) -> str:
    return f"שלום, {名前} 👋"
```
"""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go."""
    folder = Path(os.environ.get("PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def soon(read: Callable[[], Awaitable[object]], stored: Callable[[], object]) -> None:
    """Wait until the page shows what is stored; while a view grows, both change."""
    for _ in range(int(SHOWN_S / LOOK_AGAIN_S)):
        if await read() == stored():
            return
        await pass_time(LOOK_AGAIN_S)
    assert await read() == stored()


async def assert_shown(world: World, chat: Chat, screen: Phone) -> None:
    """Every bubble reads as its message is stored, and nothing is wider than the screen."""

    def stored() -> dict[int, str]:
        return {message.message_id: message.text for message in world.telegram.messages(chat.id)}

    await soon(screen.texts, stored)
    assert await screen.too_wide() == []


async def grown(world: World, chat: Chat, play: Play, words: str) -> None:
    """Wait until the newest link of a play's view contains `words`."""

    def shown() -> bool:
        return bool(views(world, chat, play)) and words in newest(world, chat, play).text

    await until(shown, GROWN_S, f"the view shows {words!r}")


def newest(world: World, chat: Chat, play: Play) -> Message:
    """Return the newest link of a play's view, which must have begun."""
    return views(world, chat, play)[-1].links[-1]


async def ended(world: World, chat: Chat, play: Play) -> View:
    """Wait for the end of a play of one turn, and of its view."""
    await play.done
    (view,) = await wait_view_complete(world, chat, play, turn_count=1)
    return view


async def test_a_view_grows_and_ends(tmp_path: Path, pictures: Path) -> None:
    """A growing view has buttons; at the end they are gone, and the notice stands below it."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            play = world.kanban.play("basic", speed=0.4)
            await grown(world, chat, play, "📖 Reading:")
            await assert_shown(world, chat, screen)
            await screen.picture(pictures / "growing.png")
            await soon(screen.with_buttons, lambda: [newest(world, chat, play).message_id])
            view = await ended(world, chat, play)
            await assert_shown(world, chat, screen)
            assert await screen.with_buttons() == []
            await screen.picture(pictures / "ended.png")
        async with phone(world, chat, scheme="dark") as screen:
            await assert_shown(world, chat, screen)
            await screen.place(view.links[0].message_id, MARGIN)
            await screen.picture(pictures / "dark.png")


async def test_a_long_turn_goes_on_in_replies(tmp_path: Path, pictures: Path) -> None:
    """An answer of ten thousand characters is a chain; its newest link alone has buttons."""
    async with World(tmp_path, max_gap_s=0.3) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            play = world.kanban.play("essay", speed=4)
            await grown(world, chat, play, "↪ ")
            await soon(screen.with_buttons, lambda: [newest(world, chat, play).message_id])
            await assert_shown(world, chat, screen)
            view = await ended(world, chat, play)
            assert len(view.links) >= 3
            await assert_shown(world, chat, screen)
            assert await screen.with_buttons() == []
            await screen.place(view.links[1].message_id, 330)
            await screen.picture(pictures / "chain.png")


async def test_every_script_is_shown(tmp_path: Path, pictures: Path) -> None:
    """Cyrillic, CJK, right-to-left text, flags and families reach the page unharmed."""
    async with World(tmp_path, max_gap_s=0.3) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            await ended(world, chat, world.kanban.play("unicode", speed=4))
            await assert_shown(world, chat, screen)
            view = await ended(
                world, chat, world.kanban.play(answering("Перевір 登录 🔑", SCRIPTS))
            )
            await assert_shown(world, chat, screen)
            await screen.place(view.links[0].message_id, MARGIN)
            await screen.picture(pictures / "unicode.png")


def answering(prompt: str, answer: str) -> Recording:
    """Make an execution that says one thing."""
    entry = {"entry_type": {"type": "assistant_message"}, "content": answer}
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    said: dict[str, Any] = {"JsonPatch": [{"op": "add", "path": "/entries/0", "value": value}]}
    return Recording.of_frames([(0.5, said)], prompt=prompt)


async def test_topics_of_a_group_have_views_of_their_own(tmp_path: Path, pictures: Path) -> None:
    """A topic that was linked shows the turns; the other one and General stay as they are."""
    async with World(tmp_path) as world:
        chat, topic = await _linked_topic(world)
        async with phone(world, chat, topic=topic) as screen:
            play = world.kanban.play("basic", speed=0.5)
            await grown(world, chat, play, "📖 Reading:")
            await soon(screen.with_buttons, lambda: [newest(world, chat, play).message_id])
            await screen.picture(pictures / "topics.png")
            view = await ended(world, chat, play)
            assert {message.topic for message in (*view.links, *view.notices)} == {topic}
            await soon(screen.unread, lambda: 0)
        async with phone(world, chat, scheme="dark", topic=topic) as screen:
            await screen.picture(pictures / "topics-dark.png")
        world.assert_clean()


async def _linked_topic(world: World) -> tuple[Chat, int]:
    """Let a forum exist whose second topic is linked."""
    user = world.new_user()
    forum = world.telegram.add_forum(FORUM, "Shop team", {user: "creator"}).id
    world.telegram.add_bot_to_group(forum, by=user)
    for name in ("Website", "Backend", "Release 2.0"):
        world.telegram.add_topic(forum, name, by=user)
    _, topic, _ = world.telegram.world.chats[forum].topics
    await world.telegram.wait_for(lambda: world.telegram.bot_messages(forum), SHOWN_S)
    code = await world.code()
    world.telegram.say(forum, user, f"/link {code}", topic=topic)
    await world.telegram.wait_for(lambda: len(world.telegram.bot_messages(forum)) > 1, SHOWN_S)
    return Chat(forum, user, group=True), topic


async def test_commands_are_answered(tmp_path: Path, pictures: Path) -> None:
    """What the bot says about itself fits the screen, too."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        async with phone(world, chat) as screen:
            play = world.kanban.play("many")
            await grown(world, chat, play, "⚡")
            for command in ("/help", "/status", "/active"):
                await answered(world, chat, command)
            await assert_shown(world, chat, screen)
            await screen.picture(pictures / "commands.png")
        async with phone(world, chat, scheme="dark") as screen:
            await assert_shown(world, chat, screen)
            await screen.picture(pictures / "commands-dark.png")


async def answered(world: World, chat: Chat, command: str) -> None:
    """Say a command and wait for the answer to it."""
    asked = world.telegram.say(chat.id, chat.user, command).message_id

    def answer() -> bool:
        later = (one for one in world.telegram.bot_messages(chat.id) if one.message_id > asked)
        return any(not one.text.startswith("↪ ") for one in later)

    await world.telegram.wait_for(answer, SHOWN_S)
