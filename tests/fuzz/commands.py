"""The target for commands: every answer can be sent, and settings stay sound."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from bot.handlers.commands import register_menu
from bot.settings.model import ChatSettings, InvalidSettings
from bot.settings.service import SettingsService, UnknownChat
from tests.fakes.handlers import Stage
from tests.fuzz.acts import join, tap, write
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law
from tests.fuzz.people import catalogs, play

MODULES = (
    "bot.handlers.commands", "bot.handlers.stream", "bot.handlers.start", "bot.handlers.usage",
    "bot.handlers.link", "bot.handlers.log", "bot.linking.codes", "bot.settings.model",
    "bot.settings.service",
)  # fmt: skip
_FIELDS = (*ChatSettings.model_fields, "news")
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
    if kind >= 250:
        await _serve(draws, stage)
    else:
        await (tap if kind < 80 else join if kind < 100 else write)(draws, stage)


async def _serve(draws: Draws, stage: Stage) -> None:
    """Ask for settings and change them as the other ways in do; set the menu."""
    service = SettingsService(stage.chats, ("en", "de"))
    heard: list[int] = []
    service.listen(lambda chat, _: heard.append(chat))
    chat, wanted = draws.pick((2, 3, 99)), {draws.pick(_FIELDS): draws.pick(_VALUES)}
    before = stage.chats.rows.get(chat)
    try:
        changed = await service.change(chat, wanted)
        law(heard == [chat] and await service.get(chat) == changed, "a change is not told")
    except UnknownChat:
        law(before is None, "a linked chat is not known")
        with suppress(UnknownChat):
            law(await service.get(chat) is None, "settings of nobody")
    except InvalidSettings:
        law(stage.chats.rows.get(chat) == before, "refused settings are changed")
    await register_menu(stage.bot, catalogs())
    stage.session.requests.clear()


def _restore(draws: Draws) -> None:
    """Restore settings that another version, or nobody, has stored; change them."""
    fields = (*_FIELDS, "")
    stored = {draws.pick(fields): draws.pick(_VALUES) for _ in draws.times(5)}
    settings = ChatSettings.from_json(stored)
    law(ChatSettings.from_json(settings.to_json()) == settings, "settings do not come back")
    try:
        changed = settings.changed({draws.pick(fields): draws.pick(_VALUES)})
    except InvalidSettings as refused:
        law(all(problem.expected for problem in refused.problems), "a refusal without reason")
        return
    law(ChatSettings.from_json(changed.to_json()) == changed, "changed settings do not come back")
