"""Stories and options for tests of rendering and live."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.entries.model import Answer, CommandRun, Content, Entry, Excerpt, Tool, ToolStatus
from bot.entries.story import Header, Outcome, OutcomeKind, Story
from bot.i18n import Translator
from bot.rendering.options import RenderOptions

STARTED = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
DONE = Outcome(OutcomeKind.DONE, exit_code=0, duration_s=12.0)
OPTIONS = RenderOptions(translate=Translator("en"), redact=lambda text, _: text)


def options(limit: int = 4096) -> RenderOptions:
    """English, nothing redacted."""
    return RenderOptions(translate=Translator("en"), redact=lambda text, _: text, limit=limit)


def entry(number: int, content: Content, *, complete: bool = True) -> Entry:
    """An entry with the key `x/<number>`."""
    return Entry(f"x/{number}", content, complete)


def answer(number: int, text: str, *, complete: bool = True) -> Entry:
    """Something the agent says."""
    return entry(number, Answer(text), complete=complete)


def command(
    number: int, text: str, status: ToolStatus = ToolStatus.RUNNING, output: str | None = None
) -> Entry:
    """A command the agent runs."""
    excerpt = Excerpt(output, tail=True) if output is not None else None
    code = 1 if status is ToolStatus.FAILED else None
    action = CommandRun(text, excerpt, code)
    return entry(number, Tool(action, status), complete=status is not ToolStatus.RUNNING)


def story(*entries: Entry, outcome: Outcome | None = None, title: str = "Fix login") -> Story:
    """A turn with these entries."""
    header = Header(title, agent="claude-code", branch="vk/1a2b-fix", prompt="Fix the login")
    return Story(header, tuple(entries), STARTED, outcome)
