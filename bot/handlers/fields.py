"""Settings as people see them: names, values in words, what they take, and presets."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.handlers.modes import current
from bot.i18n import Translator
from bot.settings.model import ChatSettings, InvalidSettings, bounds, values

SWITCHES = ("notifications_enabled", "notify_on_task_done", "include_llm_summary")

INTERVALS_MS = (500, 1000, 2000, 5000, 10000)

MORE = (
    "show_thinking",
    "overflow",
    "stream_max_message_length",
    "chunk_interval_s",
    "chunk_chars",
    "rollover_min",
    "max_live_views",
)
"""What stands behind More…, in this order."""

PRESETS: dict[str, tuple[int, ...]] = {
    "stream_max_message_length": (512, 1024, 2048, 4096),
    "chunk_interval_s": (10, 30, 60, 300),
    "chunk_chars": (500, 1000, 2000, 3500),
    "rollover_min": (5, 10, 30, 60),
    "max_live_views": (1, 2, 3, 5),
}

_NUMBER = re.compile(r"-?[0-9]+")


def title(field: str, _: Translator) -> str:
    """Name a setting."""
    return {
        "notifications_enabled": _("Notifications"),
        "notify_on_task_done": _("Completion notice"),
        "include_llm_summary": _("Answer in the notice"),
        "stream_mode": _("Mode"),
        "stream_flush_interval_ms": _("Interval"),
        "verbosity": _("Detail"),
        "show_thinking": _("Thinking"),
        "overflow": _("When a message is full"),
        "stream_max_message_length": _("Message length"),
        "chunk_interval_s": _("Chunk interval"),
        "chunk_chars": _("Chunk size"),
        "rollover_min": _("New link after"),
        "max_live_views": _("Live views at once"),
        "repositories": _("Repositories"),
        "locale": _("Language"),
    }[field]


def as_set(field: str, settings: ChatSettings, _: Translator) -> str:
    """Say what a field is set to; a mode's caption names the interval that is set."""
    if field == "stream_mode":
        return current(settings, _)
    return in_words(field, getattr(settings, field), _)


def in_words(field: str, value: object, _: Translator) -> str:
    """Say a value of any field but the mode."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, StrEnum):
        return word(str(value), _)
    match field:
        case "stream_flush_interval_ms" if isinstance(value, int):
            return _("{n} s", n=f"{value / 1000:g}")
        case "chunk_interval_s":
            return _("{n} s", n=value)
        case "rollover_min":
            return _("{n} min", n=value)
        case "stream_max_message_length" | "chunk_chars":
            return _("{n} characters", n=value)
    return str(value)


def word(value: str, _: Translator) -> str:
    """Say one of the few words that a field takes."""
    return {
        "compact": _("compact"),
        "normal": _("normal"),
        "full": _("full"),
        "chain": _("go on in a new one"),
        "truncate": _("drop the oldest"),
    }.get(value, value)


def expected(field: str, _: Translator) -> str:
    """Say what a field takes."""
    limits = bounds(field)
    if limits is not None:
        return _("a whole number from {least} to {most}", least=limits[0], most=limits[1])
    return ", ".join(values(field)) or _("on or off")


def refusal(refused: InvalidSettings, _: Translator) -> str:
    """Say of each refused field what it takes."""
    lines = [
        f"{problem.field}: " + _("please give {expected}", expected=expected(problem.field, _))
        for problem in refused.problems
    ]
    return "🤔 " + "\n".join(lines)


def parsed(field: str, text: str) -> object:
    """Read a value as a button or a person writes it; what is none is left for the model."""
    if isinstance(ChatSettings.model_fields[field].default, bool):
        return {"on": True, "off": False}.get(text, text)
    if bounds(field) is not None and _NUMBER.fullmatch(text):
        return int(text[:20])
    return text
