"""The target for commands: every answer can be sent, and settings stay sound."""

from __future__ import annotations

from typing import Any

from bot.settings.model import ChatSettings, InvalidSettings
from tests.fakes.handlers import Stage
from tests.fuzz.acts import join, tap, write
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law
from tests.fuzz.people import play

MODULES = (
    "bot.handlers.commands", "bot.handlers.stream", "bot.handlers.start", "bot.handlers.usage",
    "bot.handlers.link", "bot.handlers.log", "bot.handlers.fields", "bot.linking.codes",
    "bot.settings.model", "bot.settings.service",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, 0, 1, 500, 4096, -1, 10**30, 1.5, "on", "realtime", "auto", "de", "DE", [],
    ["r1"], [""], {}, ["x" * 201], [1], "chain",
)  # fmt: skip


def target(data: bytes) -> None:
    """Let people write, above all, and settings be restored."""
    draws = Draws(data)
    play(draws, _act)
    _restore(draws)


async def _act(draws: Draws, stage: Stage) -> None:
    kind = draws.byte()
    await (tap if kind < 40 else join if kind < 60 else write)(draws, stage)


def _restore(draws: Draws) -> None:
    """Restore settings that another version, or nobody, has stored; change them."""
    fields = (*ChatSettings.model_fields, "news", "")
    stored = {draws.pick(fields): draws.pick(_VALUES) for _ in draws.times(5)}
    settings = ChatSettings.from_json(stored)
    law(ChatSettings.from_json(settings.to_json()) == settings, "settings do not come back")
    try:
        changed = settings.changed({draws.pick(fields): draws.pick(_VALUES)})
    except InvalidSettings as refused:
        law(all(problem.expected for problem in refused.problems), "a refusal without reason")
        return
    law(ChatSettings.from_json(changed.to_json()) == changed, "changed settings do not come back")
