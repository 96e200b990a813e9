"""Several turns in one chat: three grow, the others wait, and each is told whole in the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.telegram import Call
from tests.end_to_end.world import Chat
from tests.virtual.loop import run_virtual
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

WAITS = "⏳ waiting for a free slot"
GROWS = "⏳ In progress"
SETTLED_S = 90.0


def _text(call: Call) -> str:
    return str(call.params.get("text", ""))


def _most_at_once(world: VirtualWorld, chat: Chat) -> int:
    """The most messages that said at one time that their turn is in progress."""
    growing: set[int] = set()
    most = 0
    sends = iter(world.telegram.bot_messages(chat.id))
    for call in world.telegram.calls:
        if call.chat_id != chat.id or call.status != 200:
            continue
        if call.method == "sendMessage":
            message_id = next(sends).message_id
        elif call.method == "editMessageText":
            message_id = int(str(call.params["message_id"]))
        else:
            continue
        (growing.add if GROWS in _text(call) else growing.discard)(message_id)
        most = max(most, len(growing))
    return most


async def _five(world: VirtualWorld, chat: Chat) -> list[str]:
    """Play five turns at once; returns what the chat says of them in the end."""
    before = len(world.telegram.bot_messages(chat.id))
    plays = []
    for name in ("many", "basic", "many", "many", "tools"):
        plays.append(world.kanban.play(name))
        await asyncio.sleep(0.7)
    await asyncio.wait([play.done for play in plays])
    await asyncio.sleep(SETTLED_S)
    return [message.text for message in world.telegram.bot_messages(chat.id)][before:]


def test_never_more_than_three_grow(tmp_path: Path) -> None:
    """Of five the fourth gets a slot when one is free; the fifth ends waiting, with a digest."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            texts = await _five(world, chat)
            assert _most_at_once(world, chat) == 3
            assert not any(WAITS in text for text in texts)
            ended = [
                text for text in texts if text.startswith("Write a helper that shouts.\n✅ Done")
            ]
            assert len(ended) == 1
            (digest,) = [t for t in texts if t.startswith("✅ Task completed\nWrite a helper")]
            assert "All six lines came out." in digest
            assert "📝 helper.py" in digest
            views = [text for text in texts if text.startswith("🤖 Task:")]
            assert len(views) == 4
            assert all("✅ Done" in text for text in views)
            assert sum(text.startswith("✅ Task completed") for text in texts) == 5
            world.assert_clean()

    run_virtual(show())


def test_more_slots_act_at_once(tmp_path: Path) -> None:
    """A waiting view grows as soon as the chat wants more of them; with fewer the newest waits."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, max_live_views=1)
            first, second = world.kanban.play("many"), world.kanban.play("many")
            await asyncio.sleep(5)
            one, other = world.telegram.bot_messages(chat.id)[-2:]
            assert GROWS in one.text
            assert other.text.startswith(WAITS)
            await world.change_settings(chat, max_live_views=2)
            await asyncio.sleep(5)
            one, other = world.telegram.bot_messages(chat.id)[-2:]
            assert GROWS in one.text
            assert GROWS in other.text
            await world.change_settings(chat, max_live_views=1)
            await asyncio.sleep(5)
            one, other = world.telegram.bot_messages(chat.id)[-2:]
            assert GROWS in one.text
            assert other.text.endswith(WAITS)
            await asyncio.wait([first.done, second.done])
            await asyncio.sleep(SETTLED_S)
            world.assert_clean()

    run_virtual(show())
