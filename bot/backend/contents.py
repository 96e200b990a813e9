"""Turn a wire entry into the domain content it is, whatever clothes the server gave it."""

from __future__ import annotations

import re

from bot.backend import schema
from bot.backend.excerpts import cap
from bot.backend.tools import tool
from bot.entries.model import (
    Answer,
    Answered,
    CommitReminder,
    Content,
    ErrorText,
    Feedback,
    Hidden,
    ModelName,
    Notice,
    Other,
    Thinking,
    Usage,
    UserText,
)

_MODEL = "System initialized with model: "
_STOP_HOOK = "Stop hook feedback:"
_UNCOMMITTED = "There are uncommitted changes"
_ERROR = "Error:"
_NO_REASON = "User denied this tool use request"
_NOISE = re.compile(r"\A(?:requesting|System: \w+)\Z")
_NOTICES = re.compile(r"\AClaude Code \+ ANTHROPIC_API_KEY detected\b")
_UI_ONLY = frozenset({"loading", "next_action"})


def content_of(entry: schema.NormalizedEntry, worktree: str | None = None) -> Content:
    """Convert one entry; a kind nobody told us about keeps its name and its text."""
    kind, text = entry.entry_type.type, entry.content
    match kind:
        case "tool_use":
            return tool(entry.entry_type, text, worktree)
        case "assistant_message":
            return Answer(*cap(text)) if _says(text) else Hidden()
        case "thinking":
            return Thinking(*cap(text)) if _says(text) else Hidden()
        case "system_message":
            return system_message(text)
        case "error_message":
            return error_message(text)
        case "user_message":
            return UserText(*cap(text)) if _says(text) else Hidden()
        case _:
            return _rare(entry.entry_type, text)


def system_message(text: str) -> Content:
    """Tell noise, header data, reminders and crashes from remarks.

    The server says all of them by the same kind of entry (docs/vibe-kanban.md, 28, 29, 31).
    """
    if not _says(text) or _NOISE.match(text):
        return Hidden()
    if text.startswith(_MODEL):
        return ModelName(text[len(_MODEL) :][:200].strip())
    if text.startswith(_STOP_HOOK) and text[len(_STOP_HOOK) :].lstrip().startswith(_UNCOMMITTED):
        return CommitReminder()
    if text.startswith(_ERROR):
        return ErrorText(*cap(text[len(_ERROR) :].strip()))
    return Notice(*cap(text.strip()))


def error_message(text: str) -> Content:
    """Tell a notice in the clothes of an error (docs/vibe-kanban.md, 30) from an error."""
    if not _says(text):
        return Hidden()
    if _NOTICES.match(text):
        return Notice(*cap(text.strip()))
    return ErrorText(*cap(text.strip()))


def _rare(entry: schema.EntryType, text: str) -> Content:
    match entry.type:
        case "token_usage_info":
            return Usage(entry.total_tokens, entry.model_context_window)
        case "user_feedback":
            said = text.strip()
            if said in ("", _NO_REASON):
                return Hidden()
            return Feedback(cap(said)[0], entry.denied_tool)
        case "user_answered_questions":
            return Answered(tuple((a.question, _answers(a)) for a in entry.answers))
        case kind if kind in _UI_ONLY:
            return Hidden()
        case _:
            return Other(entry.type or "entry", *cap(text))


def _says(text: str) -> bool:
    return bool(text) and not text.isspace()


def _answers(item: schema.AnswerItem) -> tuple[str, ...]:
    return (item.answer,) if isinstance(item.answer, str) else tuple(item.answer)
