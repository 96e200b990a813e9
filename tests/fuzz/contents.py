"""Contents of entries with hostile texts in all their fields."""

from __future__ import annotations

from collections.abc import Callable

from bot.entries.model import (
    Action,
    Answer,
    Answered,
    ChangeKind,
    CommandRun,
    CommitReminder,
    Content,
    Dropped,
    ErrorText,
    Excerpt,
    Feedback,
    Fetch,
    FileChange,
    FileEdit,
    FileRead,
    Hidden,
    ModelName,
    Notice,
    Other,
    Plan,
    Question,
    Questions,
    Script,
    ScriptKind,
    Search,
    SubAgent,
    Thinking,
    Todo,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
    ToolUse,
    Usage,
    UserText,
)
from tests.fuzz.draws import Draws
from tests.fuzz.texts import text

_STATUSES = tuple(ToolStatus)
_TEXTS: tuple[Callable[[str, int], Content], ...] = (
    Answer,
    Thinking,
    ErrorText,
    Notice,
    UserText,
)


def content(draws: Draws) -> Content:
    """Make any content."""
    kind = draws.byte()
    if kind < 110:
        return words(draws, _some(draws), draws.pick((0, 0, 7)))
    if kind < 220:
        reason = text(draws, 3) if draws.chance() else None
        return Tool(_action(draws), draws.pick(_STATUSES), reason)
    return _rare(draws)


def words(draws: Draws, said: str, omitted_chars: int = 0) -> Content:
    """Make any content that says this."""
    return draws.pick(_TEXTS)(said, omitted_chars)


def _some(draws: Draws) -> str:
    """Make a text that is not empty: the decoder hides those."""
    return text(draws) or draws.pick(("a", "э\ufffd", "эм", "ab", "\ufffdb"))


def _rare(draws: Draws) -> Content:
    makers: tuple[Callable[[], Content], ...] = (
        CommitReminder,
        Hidden,
        lambda: Feedback(_some(draws), text(draws, 1)),
        lambda: Answered(tuple((text(draws, 3), (text(draws, 3), "b")) for _ in draws.times(3))),
        lambda: Other(text(draws, 2), _some(draws), draws.pick((0, 3))),
        lambda: _script(draws),
        lambda: ModelName(text(draws, 1)),
        lambda: Usage(draws.below(60_000)),
        lambda: dropped(draws),
    )
    return draws.pick(makers)()


def dropped(draws: Draws) -> Dropped:
    """Make what is left of a content that was let go."""
    remains = Tool(CommandRun(""), draws.pick(_STATUSES)) if draws.chance() else None
    length = draws.below(9)
    return Dropped("answer", b"12345678", length, ((1, b"x"),), remains, text(draws, 2))


def _script(draws: Draws) -> Script:
    took = draws.pick((None, 0.0, 59.6, 3600.0, 1e9))
    kind, status = draws.pick(tuple(ScriptKind)), draws.pick(_STATUSES)
    return Script(kind, status, draws.pick((None, 1, -9)), took, _excerpt(draws))


def _excerpt(draws: Draws) -> Excerpt | None:
    if draws.byte() < 60:
        return None
    lines = (text(draws) or "x").split("\n")[:60]
    return Excerpt("\n".join(lines)[:8192], draws.pick((0, 0, 1, 10**9)), draws.chance())


def _action(draws: Draws) -> Action:
    makers: tuple[Callable[[], Action], ...] = (
        lambda: CommandRun(text(draws), _excerpt(draws), draws.pick((None, 0, 2, -(10**9)))),
        lambda: FileEdit((_change(draws), *(_change(draws) for _ in draws.times(12)))),
        lambda: FileRead(text(draws, 4)),
        lambda: Search(text(draws, 4)),
        lambda: Fetch(text(draws, 4)),
        lambda: ToolUse(text(draws, 3), text(draws, 3), _excerpt(draws)),
        lambda: SubAgent(text(draws, 3), text(draws, 1), _excerpt(draws)),
        lambda: Plan(text(draws)),
        lambda: Todos(tuple(_todo(draws) for _ in draws.times(40))),
        lambda: Questions(tuple(_question(draws) for _ in draws.times(6))),
    )
    return draws.pick(makers)()


def _todo(draws: Draws) -> Todo:
    return Todo(text(draws, 2), draws.pick(tuple(TodoState)))


def _change(draws: Draws) -> FileChange:
    kind = draws.pick(tuple(ChangeKind))
    return FileChange(
        kind,
        text(draws, 2) + draws.pick((".py", "", ".MD")),
        text(draws, 2) if draws.chance() else None,
        _excerpt(draws),
        draws.pick((None, 0, 10**9)),
        draws.pick((None, 0, 3)),
    )


def _question(draws: Draws) -> Question:
    options = tuple((text(draws, 2), text(draws, 2)) for _ in draws.times(12))
    return Question(text(draws), text(draws, 1), options, draws.chance())
