"""Turn a wire tool call into a domain one; text that was written for models is cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot.backend import schema
from bot.backend.excerpts import CUT, cap, head, tail
from bot.backend.file_changes import file_changes
from bot.backend.paths import relative
from bot.entries.model import (
    Action,
    CommandRun,
    Excerpt,
    Fetch,
    FileEdit,
    FileRead,
    Plan,
    Question,
    Questions,
    Search,
    SubAgent,
    Todo,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
    ToolUse,
)

ARGUMENT_CHARS = 200
"""Most characters of an argument summary."""

_STATUS = {
    "success": ToolStatus.SUCCEEDED,
    "failed": ToolStatus.FAILED,
    "denied": ToolStatus.DENIED,
    "timed_out": ToolStatus.TIMED_OUT,
    "pending_approval": ToolStatus.WAITING,
}
_RESULT_LATER = frozenset({"command_run", "tool", "task_create"})
_EXIT_CODE = re.compile(r"\AExit code (-?\d{1,9})(?:\r?\n|\Z)")
_INTERRUPTED = re.compile(r"^\[Request interrupted by user[^\]\n]{0,40}\](?:\n|\Z)", re.MULTILINE)
_DENIAL = "The user doesn't want to proceed with this tool use."
_DENIAL_REASON = re.compile(r"the user said:\s*(.*)\Z", re.DOTALL)
_APPROVAL_ERROR = "Approval service error"
_TASK = re.compile(r"\ATask: `(.*)`\Z", re.DOTALL)
_MACHINE_LINES = re.compile(r"^(?:agentId: [^\n]*|<usage>[^<]*</usage>)\s*", re.MULTILINE)


def tool(entry: schema.EntryType, content: str, worktree: str | None = None) -> Tool:
    """Convert a tool call as it stands now (docs/vibe-kanban.md, 25 to 27, 32)."""
    wire = entry.action_type or schema.ActionType()
    status = entry.status or schema.Status()
    text = result_text(wire.result)
    if text is not None and text.startswith(_DENIAL):
        return Tool(_action(entry, wire, content, None, worktree), ToolStatus.DENIED, _said(text))
    return Tool(
        _action(entry, wire, content, text, worktree),
        tool_status(wire, status),
        reason=_reason(status),
        approval_id=status.approval_id,
    )


def tool_status(wire: schema.ActionType, status: schema.Status) -> ToolStatus:
    """Translate a status; for some tools "created" is the last (docs/vibe-kanban.md, 25)."""
    failed = _failed(wire.result)
    known = _STATUS.get(status.status)
    if known is ToolStatus.SUCCEEDED and failed:
        return ToolStatus.FAILED
    if known is not None:
        return known
    if wire.action not in _RESULT_LATER:
        return ToolStatus.UNKNOWN
    if wire.result is None:
        return ToolStatus.RUNNING
    return ToolStatus.FAILED if failed else ToolStatus.SUCCEEDED


def result_text(result: schema.Result | None) -> str | None:
    """Return what a call gave back: a command's output, a tool's text or its JSON indented."""
    if result is None:
        return None
    if result.value is None:
        return result.output or ""
    if isinstance(result.value, str):
        return result.value
    return msgspec.json.format(msgspec.json.encode(result.value), indent=2).decode()


def argument_summary(arguments: Any) -> str:
    """Name a call's arguments in one line of `key=value`, at most ARGUMENT_CHARS long."""
    if arguments is None:
        return ""
    if not isinstance(arguments, Mapping):
        return _one_line(arguments)
    pairs: list[str] = []
    length = 0
    for key, value in arguments.items():
        pair = f"{key}={_one_line(value)}"
        pairs.append(pair)
        length += len(pair) + 2
        if length > ARGUMENT_CHARS:
            break
    return _short(", ".join(pairs))


def _one_line(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return _short(" ".join(text[: 4 * ARGUMENT_CHARS].split()))


def _short(text: str) -> str:
    return text if len(text) <= ARGUMENT_CHARS else text[: ARGUMENT_CHARS - 1] + CUT


def _failed(result: schema.Result | None) -> bool:
    exit_status = result.exit_status if result else None
    if exit_status is None:
        return False
    return exit_status.success is False or exit_status.code not in (None, 0)


def _reason(status: schema.Status) -> str | None:
    """A reason somebody gave; a server's own remark on an approval that vanished is none."""
    if not status.reason or status.reason.startswith(_APPROVAL_ERROR):
        return None
    return cap(status.reason)[0]


def _said(denial: str) -> str | None:
    found = _DENIAL_REASON.search(denial)
    return (cap(found[1].strip())[0] or None) if found else None


# --- actions --------------------------------------------------------------------------------------


def _action(
    entry: schema.EntryType,
    wire: schema.ActionType,
    content: str,
    text: str | None,
    worktree: str | None,
) -> Action:
    """Convert the action; `text` is its result, already known not to be a denial."""
    match wire.action:
        case "file_read":
            return FileRead(relative(wire.path, worktree))
        case "file_edit":
            return FileEdit(file_changes(wire.path, wire.changes, worktree))
        case "command_run":
            return _command(wire, text)
        case "tool":
            return ToolUse(
                wire.tool_name or entry.tool_name, argument_summary(wire.arguments), _tail(text)
            )
        case "task_create":
            return _sub_agent(wire, text)
        case _:
            build = _PLAIN.get(wire.action)
            return build(wire) if build else _unknown(entry, wire, content)


def _command(wire: schema.ActionType, text: str | None) -> CommandRun:
    """Read the exit code, which may stand in a failed call's text (docs/vibe-kanban.md, 26)."""
    command = cap(wire.command)[0]
    if text is None or wire.result is None:
        return CommandRun(command)
    code = wire.result.exit_status.code if wire.result.exit_status else None
    if code is None and _failed(wire.result) and (found := _EXIT_CODE.match(text)):
        code = int(found[1])
        text = text[found.end() :]
    if _failed(wire.result):
        text = _INTERRUPTED.sub("", text)
    return CommandRun(command, tail(text), code)


def _sub_agent(wire: schema.ActionType, text: str | None) -> SubAgent:
    found = _TASK.match(wire.description)
    description = cap(found[1] if found else wire.description)[0]
    report = None if text is None else head(_MACHINE_LINES.sub("", text))
    return SubAgent(description, wire.subagent_type, report)


def _tail(text: str | None) -> Excerpt | None:
    return None if text is None else tail(text)


def _unknown(entry: schema.EntryType, wire: schema.ActionType, content: str) -> ToolUse:
    """Show an action nobody told us about by its name and what its entry says."""
    name = entry.tool_name or wire.action or "tool"
    said = wire.description or content
    return ToolUse(name, "" if said in (name, f"Tool: {name}") else _one_line(said))


def _todo(item: schema.TodoItem) -> Todo:
    state = _TODO_STATES.get(item.status, TodoState.PENDING)
    return Todo(cap(item.content)[0], state)


def _question(item: schema.QuestionItem) -> Question:
    options = tuple((option.label, option.description or "") for option in item.options)
    return Question(cap(item.question)[0], item.header or "", options, item.multiple)


_TODO_STATES = {state.value: state for state in TodoState}
_PLAIN: dict[str, Callable[[schema.ActionType], Action]] = {
    "search": lambda wire: Search(cap(wire.query)[0]),
    "web_fetch": lambda wire: Fetch(cap(wire.url)[0]),
    "plan_presentation": lambda wire: Plan(cap(wire.plan)[0]),
    "todo_management": lambda wire: Todos(tuple(map(_todo, wire.todos))),
    "ask_user_question": lambda wire: Questions(tuple(map(_question, wire.questions))),
}
