"""People who write and tap whatever they like, in front of all handlers of the product."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage
from aiogram.types import ErrorEvent, InlineKeyboardMarkup

from bot.i18n import Catalogs, sentence
from bot.linking.codes import digest
from bot.linking.model import ChatRecord
from bot.settings.model import ChatSettings
from tests.fakes.followers import turn_in
from tests.fakes.handlers import ADA, BOB, NOW, Stage
from tests.fakes.stories import answer, story
from tests.fuzz.draws import Draws
from tests.fuzz.laws import MESSAGE_CHARS, MOST_ENTITIES, law

CODE = "K" * 32
"""It links, once."""

TOAST_CHARS = 200
DATA_BYTES = 64
_TURNS: tuple[dict[str, Any], ...] = (
    {}, {}, {"waiting": True}, {"agent": None}, {"branch": None}, {"newest_message_id": None},
    {"running": False}, {"agent": None, "branch": None, "title": "x" * 5000},
)  # fmt: skip
_SETTINGS: tuple[dict[str, Any], ...] = (
    {}, {}, {"stream_mode": "off"}, {"stream_mode": "summary", "locale": "ru"},
    {"repositories": ["r1"]}, {"repositories": ["r1", "gone"], "locale": "ru"},
    {"stream_mode": "chunked", "chunk_interval_s": 60},
)  # fmt: skip
_LONG_S = 10_000.0
_MOST_CALLS = 8
"""No tap and no message makes more calls than this."""


@cache
def catalogs() -> Catalogs:
    """Return the shipped catalogs, read once."""
    return Catalogs(Path(__file__).parents[2] / "locales")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def _stage() -> tuple[Stage, list[Exception]]:
    """Set the stage up once, for that takes long; with it what its handlers raise."""
    stage, failures = Stage(catalogs()), list[Exception]()
    stage.dispatcher.errors.outer_middleware(_noting(failures))
    return stage, failures


def play(draws: Draws, act: Callable[[Draws, Stage], Awaitable[None]]) -> None:
    """Clear the stage, let people act, and check what became of it."""
    stage, failures = _stage()
    _clear(stage)
    failures.clear()
    _loop().run_until_complete(_play(draws, stage, act))
    if failures:
        raise failures[0]
    _answers(stage)


async def _play(draws: Draws, stage: Stage, act: Callable[[Draws, Stage], Awaitable[None]]) -> None:
    foreign = _prepare(stage, draws)
    for _ in range(1 + draws.below(7)):
        before = len(stage.session.requests)
        await act(draws, stage)
        stage.clock.now += draws.pick((0.1, 7.0, 100.0))
        law(len(stage.session.requests) - before <= _MOST_CALLS, "one update, many calls")
    for chat in stage.chats.rows.values():
        law(ChatSettings.from_json(chat.settings.to_json()) == chat.settings, "settings change")
    law(stage.chats.rows.get(foreign.id) == foreign, "a chat was changed from elsewhere")


def _clear(stage: Stage) -> None:
    """Forget everything; what is remembered for a while is forgotten by time."""
    stage.clock.now += _LONG_S
    stage.chats.rows.clear()
    stage.codes.guesses.clear()
    stage.session.requests.clear()
    followers = stage.followers
    for held in (followers.turns, followers.did, followers.messages, followers.stories):
        held.clear()


def _noting(failures: list[Exception]) -> Callable[..., Awaitable[Any]]:
    """Note what the handlers raise, before the product makes the best of it."""

    async def note(handler: Any, event: ErrorEvent, data: dict[str, Any]) -> Any:
        failures.append(event.exception)
        return await handler(event, data)

    return note


def _prepare(stage: Stage, draws: Draws) -> ChatRecord:
    """Link what may be linked, with turns; returns a chat that nobody of the play is in."""
    foreign = stage.linked_private(9009)
    here = [foreign]
    if draws.byte() < 200:
        here.append(stage.linked_private(ADA, **draws.pick(_SETTINGS)))
    if draws.byte() < 200:
        here.append(stage.linked_group(**draws.pick(_SETTINGS)))
    for view, chat in enumerate(here, 1):
        for number in range(draws.pick((0, 1, 1, 2, 2, 12))):
            one = turn_in(chat, view * 10 + number, muted=draws.chance(), **draws.pick(_TURNS))
            stage.followers.turns.append(one)
            stage.followers.stories[one.view_id] = story(answer(1, "Done."))
            stage.followers.messages[chat.id, 900 + number] = one.view_id
    stage.followers.known_repositories = [("r1", "web"), ("r2", "app")][: draws.below(3)]
    stage.followers.muted_workspaces = [("w1", "One")][: draws.below(2)]
    stage.session.administrators = [BOB]
    stage.codes.codes[digest(CODE)] = NOW
    stage.codes.guesses.extend([(ADA, NOW)] * draws.pick((0, 0, 4, 5)))
    stage.followers.healths[0] = replace(stage.followers.healths[0], reachable=draws.chance())
    stage.followers.stop_problem = sentence("No.") if draws.byte() < 60 else None
    return foreign


def _answers(stage: Stage) -> None:
    for request in stage.session.requests:
        if isinstance(request, SendMessage | EditMessageText):
            chars = len(request.text or "")
            law(0 < chars <= MESSAGE_CHARS, f"{chars} characters")
            law(len(request.entities or ()) <= MOST_ENTITIES, "too much formatting")
        if isinstance(request, AnswerCallbackQuery):
            law(len(request.text or "") <= TOAST_CHARS, f"a long toast: {request.text}")
        for data in _data(getattr(request, "reply_markup", None)):
            law(0 < len(data.encode()) <= DATA_BYTES, f"callback data {data}")


def _data(markup: object) -> Iterator[str]:
    if isinstance(markup, InlineKeyboardMarkup):
        yield from (one.callback_data or "" for row in markup.inline_keyboard for one in row)
