"""The digest tells what the whole workspace changed, as its backend counts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.virtual.loop import run_virtual
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"login.py": (6, 1), "made/by/a_command.py": (40, 0)}, "Workspace in all: 2 files +46 −1"),
        ({"login.py": (6, 1)}, None),
        ({}, None),
    ],
)
def test_a_digest_names_the_total(
    tmp_path: Path, changed: dict[str, tuple[int, int]], line: str | None
) -> None:
    """What commands changed is in it; a total that says nothing new is left out."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, stream_mode="summary")
            play = world.kanban.play("basic")
            await asyncio.sleep(1)
            for workspace in world.kanban.world.workspaces.values():
                workspace.changed = changed
            await play.done
            await world.telegram.wait_for(
                lambda: world.telegram.bot_messages(chat.id)[-1].text.startswith("✅ Task"), 30
            )
            text = world.telegram.bot_messages(chat.id)[-1].text
            assert "login.py" in text
            assert ("Workspace in all" in text) == (line is not None)
            if line is not None:
                assert line in text

    run_virtual(show())
