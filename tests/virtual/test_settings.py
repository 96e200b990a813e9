"""Every setting of a chat, changed by the card while a turn runs: it acts at once, and is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.settings.model import ChatSettings
from sandbox.telegram import Call
from tests.end_to_end.world import ANSWER_S, Chat
from tests.virtual.loop import run_virtual
from tests.virtual.world import VirtualWorld

pytestmark = pytest.mark.slow

BEFORE_S = 12.0
AFTER_S = 90.0
CARD = "⚙️"


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


Row = tuple[str, dict[str, Any], list[str], object, Callable[[Sequence[Call]], bool]]

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
    "verbosity": ("basic", {}, ["compact"], "compact", _compact),
    "locale": ("many", {}, ["🌐 Language", "Русский"], "ru", _russian),
}  # fmt: skip


async def _tap(world: VirtualWorld, chat: Chat, labels: Sequence[str]) -> None:
    """Open the card and tap its buttons one after the other."""
    world.telegram.say(chat.id, chat.user, "/settings")
    await world.telegram.wait_for(
        lambda: any(m.text.startswith(CARD) for m in world.telegram.bot_messages(chat.id)), ANSWER_S
    )
    card = next(
        m for m in reversed(world.telegram.bot_messages(chat.id)) if m.text.startswith(CARD)
    )
    for label in labels:
        await world.telegram.wait_for(
            lambda label=label: (
                label  # type: ignore[misc]  # bound now
                in world.telegram.message(chat.id, card.message_id).button_labels
            ),
            ANSWER_S,
        )
        await world.tap(chat, card, label)


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
            play = world.kanban.play(name, speed=0.25 if name == "basic" else 1)
            await asyncio.sleep(BEFORE_S if name != "basic" else 2)
            await _tap(world, chat, labels)
            assert getattr(await _stored(world, chat), field) == value
            since = len(world.telegram.calls)
            await play.done
            await asyncio.sleep(AFTER_S)
            calls = [c for c in world.telegram.calls[since:] if c.chat_id == chat.id]
            assert acts(calls), [(_text(c)[:200], c.method) for c in calls]
            await world.restart_bot()
            assert getattr(await _stored(world, chat), field) == value
            world.assert_clean()

    run_virtual(show())


def test_every_setting_is_tried() -> None:
    """Those that are missing above have tests of their own."""
    elsewhere = {
        "rollover_min",  # tests/virtual/test_long_turns.py
        "max_live_views",  # tests/virtual/test_many_turns.py
        "show_thinking",  # tests/rendering/test_transcript.py
        "repositories",  # tests/live/test_followers.py
    }
    assert set(ROWS) | elsewhere == set(ChatSettings.model_fields)
