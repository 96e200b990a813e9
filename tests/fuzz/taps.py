"""The target for callback data: whatever is forged, nothing breaks and no other chat changes."""

from __future__ import annotations

from tests.fakes.handlers import Stage
from tests.fuzz.acts import tap, write
from tests.fuzz.draws import Draws
from tests.fuzz.people import play

MODULES = (
    "bot.handlers.callbacks", "bot.handlers.card", "bot.handlers.fields", "bot.handlers.keyboards",
    "bot.handlers.settings", "bot.handlers.taps", "bot.handlers.view",
    "bot.handlers.repositories", "bot.handlers.dismiss", "bot.handlers.language",
    "bot.handlers.active", "bot.handlers.second_tap", "bot.handlers.modes",
    "bot.handlers.middlewares",
)  # fmt: skip


def target(data: bytes) -> None:
    """Let people tap buttons, real ones and forged ones."""
    play(Draws(data), _act)


async def _act(draws: Draws, stage: Stage) -> None:
    await (write if draws.byte() < 60 else tap)(draws, stage)
