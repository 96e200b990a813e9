"""What answers in a backend's place is refused by name: in the log once, and in the status."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from sandbox.kanban.impostor import Impostor, ImpostorKind
from tests.end_to_end.world import World, until

TRIES = 3
RETRIED_S = 60.0
SILENCE_S = 90.0

SAYS: dict[ImpostorKind, str] = {
    "era-b": "vibe-kanban 0.1.26 is too old for this bot; install version 0.1.44.",
    "too-old": "vibe-kanban is older than 0.0.166, too old for this bot; install version 0.1.44.",
    "too-new": "vibe-kanban 1.0.0 is too new for this bot; install version 0.1.44.",
    "html": "no vibe-kanban; start vibe-kanban 0.1.44 or correct VIBE_KANBAN_URL.",
    "json": "no vibe-kanban; start vibe-kanban 0.1.44 or correct VIBE_KANBAN_URL.",
    "json-404": "no vibe-kanban; start vibe-kanban 0.1.44 or correct VIBE_KANBAN_URL.",
    "refuses": "vibe-kanban is not reachable: it does not accept connections.",
}


async def test_everything_that_is_no_backend_is_named(tmp_path: Path) -> None:
    """Seven servers that cannot be used are asked again and again: one sentence each, once."""
    async with AsyncExitStack() as stack:
        refused = {kind: await stack.enter_async_context(_impostor(kind)) for kind in SAYS}
        others: dict[str, str] = {kind: one.url for kind, one in refused.items()}
        world = await stack.enter_async_context(World(tmp_path, others=others))
        chat = await world.link_private()
        for kind, impostor in refused.items():
            if kind != "refuses":
                await until(partial(_asked_again, impostor), RETRIED_S, f"{kind} is asked again")

        status = (await world.say(chat, "/status")).text.splitlines()
        assert "🖥 vibe-kanban home 0.1.44: reachable" in status
        for kind, says in SAYS.items():
            (line,) = [line for line in status if f"vibe-kanban {kind}:" in line]
            assert line.endswith(says)
            assert len([line for line in world.bot.log if f"backend={kind} " in line]) == 1
        assert not [line for line in [*status, *world.bot.log] if "127.0.0.1" in line]
        world.assert_clean()


@pytest.mark.slow
async def test_a_backend_that_never_answers_is_named_too(tmp_path: Path) -> None:
    """A call is given up after 20 s, and the status says so."""
    async with Impostor("hang") as silent, World(tmp_path, others={"hang": silent.url}) as world:
        chat = await world.link_private()
        await world.bot.wait_for_log(lambda line: "did not answer in time" in line, SILENCE_S)
        assert "did not answer in time" in (await world.say(chat, "/status")).text


def _impostor(kind: ImpostorKind) -> Impostor:
    return Impostor(kind, version="0.1.26" if kind == "era-b" else None)


def _asked_again(impostor: Impostor) -> bool:
    return impostor.paths.count("/api/health") >= TRIES
