"""What people do to the bot: commands, answers, taps on real and forged buttons, memberships."""

from __future__ import annotations

from typing import Any

from aiogram.filters.callback_data import CallbackData

from bot.handlers import callbacks
from bot.handlers.callbacks import short
from bot.handlers.fields import PRESETS
from tests.fakes.handlers import ADA, BOB, EVE, GROUP, ME, Stage
from tests.fuzz.draws import Draws
from tests.fuzz.people import CODE, DATA_BYTES
from tests.fuzz.texts import text

_PLACES = ((ADA, ADA), (EVE, EVE), (ADA, GROUP), (BOB, GROUP), (EVE, GROUP))
_NAMES = (
    "stream", "link", "start", "stop", "mute", "unmute", "settings", "language", "log", "status",
    "unlink", "help", "active", "news", "STREAM", "stream@companion_bot", "stream@other_bot", "",
    "stream ",
)  # fmt: skip
_WORDS = (
    "realtime", "chunked", "summary", "off", "CHUNKED", "60s", "2000", "0s", "1s", "-5", "199",
    "200", "4096", "999999999s", "9999999999", "٣s", "3600s", "1e3", CODE, CODE[:31], "K" * 5000,
    "chunked\n60s", "9" * 5000, "", " ", "\u200b", "false", "null",
)  # fmt: skip
_CODES = (
    "en",
    "de",
    "pt-br",
    "zh-hant",
    "",
    "x",
    "-",
    "en-",
    "a" * 300,
    "_",
    "ß",
    "en_US_POSIX_x",
    None,
)
_PREFIXES = tuple(
    (kind.__prefix__, len(kind.model_fields))
    for kind in vars(callbacks).values()
    if isinstance(kind, type) and issubclass(kind, CallbackData) and kind is not CallbackData
)
_FIELDS = (
    "notifications_enabled", "notify_on_task_done", "include_llm_summary", "stream_mode",
    "stream_flush_interval_ms", "stream_max_message_length", "chunk_interval_s", "chunk_chars",
    "overflow", "rollover_min", "max_live_views", "verbosity", "show_thinking", "repositories",
    "locale",
)  # fmt: skip
_VALUES = (
    *_FIELDS, "main", "more", "language", "10", "11", "20", "21", "30", "31", "0", "-1",
    "999999999999999999999", "1e3", "٣", "on", "off", "realtime", "chunked", "summary", "full",
    "chain", "truncate", "auto", "de", "en", "", " ", ":", "None", "5000", "512", "3",
    short("r1"), short("r2"), short("w1"),
)  # fmt: skip


_PLAIN = ("/active", "/stop", "/mute", "/unmute", "/settings", "/language")
_MESSAGES: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"date": 0}, {"is_topic_message": True, "message_thread_id": 5},
)  # fmt: skip
_MEMBERS = ("member", "left", "kicked")


async def write(draws: Draws, stage: Stage) -> None:
    """Write a command, or an answer to one of the bot's questions."""
    user, chat = draws.pick(_PLACES)
    more: dict[str, Any] = {}
    kind = draws.byte()
    words = f"/{draws.pick(_NAMES)} " + " ".join(_word(draws) for _ in draws.times(4))
    if kind < 60:
        words = _word(draws)
        field = draws.pick((*PRESETS, "locale", "news", text(draws, 1)))
        question = stage.message(ME.id, chat, text=f"✏️ {field}\nplease")
        more["reply_to_message"] = {**question, "from": ME if kind < 50 else None}
    elif kind < 90:
        more["reply_to_message"] = stage.message(ME.id, chat, text="…") | {"message_id": 900}
    elif kind < 110:
        words = draws.pick(_PLAIN)
    elif kind < 120:
        words = f"/link {CODE}"
    if kind % 7 == 0:
        more["sender_chat"] = {"id": chat, "type": "supergroup", "title": "Team"}
    if kind % 31 == 0:
        more["is_automatic_forward"] = True
    speaker = stage.message(user, chat)["from"].model_dump()
    more["from"] = {**speaker, "language_code": draws.pick(_CODES)}
    await stage.say(words or "x", user, chat, **more)


async def tap(draws: Draws, stage: Stage) -> None:
    """Tap a button once or twice."""
    user, chat = draws.pick(_PLACES)
    kind = draws.byte()
    more: dict[str, Any] = draws.pick(_MESSAGES)
    data = text(draws, 3, DATA_BYTES) if kind < 40 else _forged(draws)
    if kind > 245:
        await stage.tap_inline(data, user)
        return
    message_id = draws.pick((900, 901, 1))
    for _ in range(draws.pick((1, 1, 2))):
        await stage.tap(data, user, chat, message_id, **more)


async def join(draws: Draws, stage: Stage) -> None:
    """Take the bot into a chat, or throw it out."""
    before, after, chat = draws.pick(_MEMBERS), draws.pick(_MEMBERS), draws.pick((GROUP, ADA))
    await stage.member(before, after, chat, "supergroup" if chat == GROUP else "private")


def _word(draws: Draws) -> str:
    return text(draws, 2, 4096) if draws.byte() < 50 else draws.pick(_WORDS)


def _forged(draws: Draws) -> str:
    """Make callback data as a button has it, or nearly so."""
    prefix, fields = draws.pick(_PREFIXES)
    surplus = draws.pick((0, 0, 0, 0, 0, 0, 1, -1))
    if prefix == "set" and draws.byte() < 200:
        page, field = draws.pick(("main", "more", "x")), draws.pick(_FIELDS)
        return ":".join((prefix, page, field, draws.pick(_VALUES)))
    return ":".join((prefix, *(draws.pick(_VALUES) for _ in range(max(0, fields + surplus)))))
