"""Every setting of a chat, changed by the card while a turn runs: it acts at once, and is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.settings.model import ChatSettings
from sandbox.kanban import Play
from sandbox.telegram import Call, Message
from tests.end_to_end.world import ANSWER_S, Chat
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

BEFORE_S = 12.0
AFTER_S = 90.0
CARD = "⚙️"
QUESTION = "Which repositories"
THINKS = Script("Think it over", 90, entries=30, pieces=2, words=6)
LASTS = Script("Nine minutes", 540, entries=18, pieces=2, words=6)
"""Shorter than the default age at which a link ends, and little enough for one message."""


def _text(call: Call) -> str:
    return str(call.params.get("text", ""))


def _views(calls: Sequence[Call]) -> list[Call]:
    """What was written of the turn, without answers to the person."""
    marks = ("🤖", "↪", "💬", "⚡", "✅ Task", "Streaming", "⏳")
    return [call for call in calls if _text(call).startswith(marks)]


def _gaps_s(calls: Sequence[Call]) -> list[float]:
    edits = [call.at for call in _views(calls) if call.method == "editMessageText"]
    return [after - before for before, after in pairwise(edits)]


def _is_silent_but_for(*ends: str) -> Callable[[Sequence[Call]], bool]:
    def silent(calls: Sequence[Call]) -> bool:
        texts = [_text(call) for call in _views(calls)]
        return bool(texts) and all(any(end in text for end in ends) for text in texts)

    return silent


def _slower(calls: Sequence[Call]) -> bool:
    return len(_gaps_s(calls)) > 2 and all(gap >= 4.9 for gap in _gaps_s(calls)[1:-1])


def _short(calls: Sequence[Call]) -> bool:
    sends = [call for call in _views(calls) if call.method == "sendMessage"]
    return len(sends) > 2 and all(len(_text(call)) <= 512 for call in sends)


def _without_notice(calls: Sequence[Call]) -> bool:
    return not any("Task completed" in _text(call) for call in calls)


def _without_answer(calls: Sequence[Call]) -> bool:
    (notice,) = [_text(call) for call in calls if _text(call).startswith("✅ Task completed")]
    return "in order" not in notice


def _russian(calls: Sequence[Call]) -> bool:
    return any("Выполняется" in _text(c) or "Готово" in _text(c) for c in calls)


def _compact(calls: Sequence[Call]) -> bool:
    *_, last = [_text(call) for call in _views(calls) if "📝 Editing: login.py" in _text(call)]
    return "💭" not in last and not any(line.startswith("+") for line in last.split("\n"))


def _dropped(calls: Sequence[Call]) -> bool:
    return "\n\n…\n" in _text(_views(calls)[-2])


def _chunks(calls: Sequence[Call]) -> bool:
    sends = [call for call in _views(calls) if call.method == "sendMessage"]
    return len(sends) >= 2


def _thoughtless(calls: Sequence[Call]) -> bool:
    texts = [_text(call) for call in _views(calls)]
    return len(texts) > 2 and not any("💭" in text for text in texts)


def _one_more_link(calls: Sequence[Call]) -> bool:
    sends = [call for call in calls if call.method == "sendMessage"]
    (link,) = [call for call in sends if _text(call).startswith("↪")]
    return 240 <= link.at - calls[0].at <= 360


def _one_waits(calls: Sequence[Call]) -> bool:
    return any("waiting for a free slot" in _text(call) for call in calls)


Row = tuple[str | Script, dict[str, Any], list[str], object, Callable[[Sequence[Call]], bool]]

ROWS: dict[str, Row]
ROWS = {
    "notifications_enabled": (
        "many", {}, ["✅ Notifications"], False, _is_silent_but_for("Streaming disabled")
    ),
    "notify_on_task_done": ("many", {}, ["✅ Completion notice"], False, _without_notice),
    "include_llm_summary": ("many", {}, ["✅ Answer in the notice"], False, _without_answer),
    "stream_mode": (
        "many",
        {},
        ["Off – no live updates"],
        "off",
        _is_silent_but_for("Streaming disabled", "✅ Task completed"),
    ),
    "stream_flush_interval_ms": ("many", {}, ["5 s"], 5000, _slower),
    "stream_max_message_length": ("many", {}, ["More…", "Message length…", "512"], 512, _short),
    "chunk_interval_s": (
        "many",
        {"stream_mode": "chunked", "chunk_interval_s": 600},
        ["More…", "Chunk interval…", "10"],
        10,
        _chunks,
    ),
    "chunk_chars": (
        "many",
        {"stream_mode": "chunked", "chunk_interval_s": 600},
        ["More…", "Chunk size…", "500"],
        500,
        _chunks,
    ),
    "overflow": (
        "essay", {}, ["More…", "When a message is full…", "drop the oldest"], "truncate", _dropped
    ),
    "rollover_min": (LASTS, {}, ["More…", "New link after…", "5"], 5, _one_more_link),
    "max_live_views": ("two", {}, ["More…", "Live views at once…", "1"], 1, _one_waits),
    "show_thinking": (THINKS, {}, ["More…", "✅ Thinking"], False, _thoughtless),
    "verbosity": ("basic", {}, ["compact"], "compact", _compact),
    "locale": ("many", {}, ["🌐 Language", "Русский"], "ru", _russian),
}  # fmt: skip


async def _tap(world: VirtualWorld, chat: Chat, labels: Sequence[str]) -> None:
    """Open the card and tap its buttons one after the other."""
    world.telegram.say(chat.id, chat.user, "/settings")
    card = await _said(world, chat, CARD)
    for label in labels:
        await _press(world, chat, card, label)


async def _said(world: VirtualWorld, chat: Chat, words: str) -> Message:
    """Wait for a message of the bot that begins with these words."""

    def found() -> list[Message]:
        return [m for m in world.telegram.bot_messages(chat.id) if m.text.startswith(words)]

    await world.telegram.wait_for(found, ANSWER_S)
    return found()[-1]


async def _press(world: VirtualWorld, chat: Chat, message: Message, label: str) -> None:
    """Wait until a message has this button, and tap it."""

    def offered() -> bool:
        return label in world.telegram.message(chat.id, message.message_id).button_labels

    await world.telegram.wait_for(offered, ANSWER_S)
    await world.tap(chat, message, label)


def _plays(world: VirtualWorld, what: str | Script) -> list[Play]:
    """Let begin what a setting is tried on."""
    if isinstance(what, Script):
        return [world.kanban.play(what.recording())]
    if what == "two":
        return [world.kanban.play("many"), world.kanban.play("many")]
    return [world.kanban.play(what, speed=0.25 if what == "basic" else 1)]


async def _stored(world: VirtualWorld, chat: Chat) -> ChatSettings:
    record = await world.built.database.chats.find(chat.id, 0)
    assert record is not None
    return record.settings


@pytest.mark.parametrize("field", ROWS)
def test_a_setting_acts_on_a_running_view(tmp_path: Path, field: str) -> None:
    """Tapped while a turn runs, a setting changes what is written next; a restart keeps it."""
    name, before, labels, value, acts = ROWS[field]

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            await world.change_settings(chat, **before)
            plays = _plays(world, name)
            await asyncio.sleep(BEFORE_S if name != "basic" else 2)
            await _tap(world, chat, labels)
            assert getattr(await _stored(world, chat), field) == value
            since = len(world.telegram.calls)
            await asyncio.wait([play.done for play in plays])
            await asyncio.sleep(AFTER_S)
            calls = [c for c in world.telegram.calls[since:] if c.chat_id == chat.id]
            assert acts(calls), [(_text(c)[:200], c.method) for c in calls]
            await world.restart_bot()
            assert getattr(await _stored(world, chat), field) == value
            world.assert_clean()

    run_virtual(show())


def test_repositories_act_on_running_views(tmp_path: Path) -> None:
    """A view whose repository is no longer chosen closes, the other one goes on; it is kept."""

    async def show() -> None:
        async with VirtualWorld(tmp_path) as world:
            chat = await world.link_private()
            plays = [world.kanban.play("many", repo="shop"), world.kanban.play("many", repo="web")]
            await asyncio.sleep(BEFORE_S)
            await _tap(world, chat, ["📁 Repositories"])
            await _press(world, chat, await _said(world, chat, QUESTION), "web")
            await asyncio.wait([play.done for play in plays])
            await asyncio.sleep(AFTER_S)
            texts = [m.text for m in world.telegram.bot_messages(chat.id)]
            views = [text for text in texts if text.startswith("🤖")]
            assert sum("✅ Done" in text for text in views) == 1, texts
            assert sum("Streaming disabled" in text for text in views) == 1, texts
            assert sum(text.startswith("✅ Task completed") for text in texts) == 1, texts
            chosen = (await _stored(world, chat)).repositories
            assert len(chosen) == 1
            await world.restart_bot()
            assert (await _stored(world, chat)).repositories == chosen
            world.assert_clean()

    run_virtual(show())


def test_every_setting_is_tried() -> None:
    """None of the model's fields is missing above."""
    assert {*ROWS, "repositories"} == set(ChatSettings.model_fields)
