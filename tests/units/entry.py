"""What each entry of a log looks like as plain text: mode realtime, verbosity normal, English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.units.markdown import plain

DIFF_LINES = 12
OUTPUT_LINES = 8
RESULT_LINES = 12
COMMAND_CHARS = 300
NOTICE_CHARS = 100
LATE_COMMAND_CHARS = 80

_EXIT_LINE = re.compile(r"\AExit code (\d+)(?:\n|\Z)")
_INTERRUPTED = "[Request interrupted by user for tool use]"
_DENIED = "The user doesn't want to proceed with this tool use"
_DENIED_REASON = re.compile(r"the user said: (.*)\Z", re.DOTALL)
_APPROVAL_CANCELLED = "Approval service error"
_WRAPPED_TASK = re.compile(r"\ATask: `(.*)`\Z", re.DOTALL)
_MACHINE_LINES = re.compile(r"^agentId: .*$|<usage>.*?</usage>", re.MULTILINE | re.DOTALL)
_WORKTREE = re.compile(r"\A/.*?/worktrees/[^/]+/[^/]+/")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_NOISE = re.compile(r"\A(?:requesting|System: \S+|System initialized with model: .*)\Z")
_COMMIT_REMINDER = "Stop hook feedback:\nThere are uncommitted changes"
_KEY_NOTICE = "Claude Code + ANTHROPIC_API_KEY detected."
_SILENT = frozenset({"token_usage_info", "loading", "next_action"})
_SCRIPTS = {
    "SetupScript": "Setup script",
    "CleanupScript": "Cleanup script",
    "ToolInstallScript": "Tool installation",
}
_TODO_SIGNS = {"completed": "✅", "in_progress": "▶️", "pending": "▫️", "cancelled": "✖️"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as text. A tool whose result may come late says so in two more forms.

    `early` is how it looks before its result is known, `late` the line that tells the result later;
    together they stand for `text`.
    """

    kind: str
    text: str
    early: str | None = None
    late: str | None = None


Entry = Mapping[str, Any]


def shown_entry(entry: Entry) -> Shown | None:
    """Return what is visible of a normalized entry in its last state, None for noise."""
    kind = entry["entry_type"]["type"]
    if kind in _SILENT:
        return None
    if kind == "tool_use":
        return _tool(entry["entry_type"], entry["content"])
    shown = _texts(kind, entry)
    return shown if shown is None or shown.text else None


def shown_script(context: str | None, status: str, exit_code: int | None, output: str) -> Shown:
    """Return a whole script as the line it is; its duration is left to the renderer."""
    head = f"🔧 {_SCRIPTS.get(context or '', 'Setup script')}"
    if status != "failed":
        return Shown("script", f"{head} ✓")
    code = "" if exit_code is None else f" exit {exit_code}"
    return Shown("script", _lines(f"{head} ✗{code}", _tail(output, OUTPUT_LINES)))


def _texts(kind: str, entry: Entry) -> Shown | None:
    """Return the visible text of an entry that is no tool."""
    text = entry["content"]
    match kind:
        case "thinking":
            return Shown(kind, f"💭 Thinking…\n{plain(text)}" if text.strip() else "")
        case "assistant_message":
            return Shown(kind, f"💬 {plain(text)}" if text.strip() else "")
        case "system_message":
            return _system(text)
        case "error_message":
            if text.startswith(_KEY_NOTICE):
                return Shown(kind, _notice(text))
            return Shown(kind, f"❌ Error: {text}")
        case "user_feedback":
            return Shown(kind, f"🗣 “{text}”")
        case "user_answered_questions":
            return Shown(kind, _answers(entry["entry_type"]["answers"]))
        case "user_message":
            return Shown(kind, f"👤 {text}")
        case _:
            return Shown(kind, f"🧩 {kind}: {text}")


def _system(text: str) -> Shown | None:
    """Return a system message: hidden noise, the commit reminder, an error or a notice."""
    if _NOISE.match(text):
        return None
    if text.startswith(_COMMIT_REMINDER):
        return Shown("system_message", "ℹ️ The server asked for a commit")
    if text.startswith("Error:"):
        return Shown("system_message", f"❌ Error: {text.removeprefix('Error:').strip()}")
    return Shown("system_message", _notice(text))


def _notice(text: str) -> str:
    """Return the small line of a notice: the first sentence of its first line."""
    line = text.strip().splitlines()[0]
    first = re.split(r"(?<=[.!?])\s", line)[0]
    if len(first) > NOTICE_CHARS:
        return f"ℹ️ {first[: NOTICE_CHARS - 1].rstrip()}…"
    return f"ℹ️ {first}" if first == text.strip() else f"ℹ️ {first} …"


def _answers(answers: list[Mapping[str, Any]]) -> str:
    """Return the line of a person's answers."""
    if len(answers) == 1:
        return f"🗳 Answered: {', '.join(answers[0]['answer'])}"
    lines = [f"{one['question']} → {', '.join(one['answer'])}" for one in answers]
    return "\n".join(["🗳 Answered:", *lines])


def _tool(tool: Mapping[str, Any], content: str) -> Shown:
    """Return a tool call by its action."""
    action = tool["action_type"]
    match action["action"]:
        case "command_run":
            return _command(action, tool["status"])
        case "file_edit":
            return Shown("file_edit", "\n".join(map(_change, *_paths_and_changes(action))))
        case "task_create":
            return _sub_agent(action, tool["status"])
        case "tool":
            return _other_tool(action, tool["status"])
        case _:
            text = _plain_tool(action) or f"🧩 {tool['tool_name']}: {content}"
            return Shown(action["action"], text + _standing(tool["status"]))


def _plain_tool(action: Mapping[str, Any]) -> str | None:
    """Return a tool call that has no result to show, None for an action nobody knows."""
    match action["action"]:
        case "plan_presentation":
            return f"🗺 Plan\n{plain(action['plan'])}"
        case "todo_management":
            todos = [f"{_TODO_SIGNS[one['status']]} {one['content']}" for one in action["todos"]]
            return "\n".join(["☑ To-do", *todos])
        case "ask_user_question":
            return "\n\n".join(map(_question, action["questions"]))
        case "file_read":
            return f"📖 Reading: {_relative(action['path'])}"
        case "search":
            return f"🔍 Searching: {action['query']}"
        case "web_fetch":
            return f"🌐 Fetching: {action['url']}"
        case _:
            return None


def _command(action: Mapping[str, Any], status: Mapping[str, Any]) -> Shown:
    """Return a command with its mark and, when it failed, the end of its output."""
    result = action["result"] or {}
    output = _clean(result.get("output") or "")
    mark, output = _outcome(status, result.get("exit_status") or {}, output)
    command = _middle(action["command"], COMMAND_CHARS)
    head = f"⚡ Running: {command}"
    late = f"⚡ {_middle(action['command'], LATE_COMMAND_CHARS)}"
    told = _tail(output, OUTPUT_LINES) if status["status"] == "failed" else ""
    return Shown("command_run", _lines(head + mark, told), head, _lines(late + mark, told))


def _outcome(
    status: Mapping[str, Any], exit_status: Mapping[str, Any], output: str
) -> tuple[str, str]:
    """Return a command's mark and the output without what only repeats the mark."""
    if status["status"] != "failed":
        return _result_mark(status), output
    if output.startswith(_DENIED):
        reason = _DENIED_REASON.search(output)
        return _denied(reason[1] if reason else None), ""
    code = exit_status.get("code")
    line = _EXIT_LINE.match(output)
    if line is not None:
        code, output = int(line[1]), output[line.end() :]
    output = output.replace(_INTERRUPTED, "").strip("\n")
    return " ✗" if code is None else f" ✗ exit {code}", output


def _result_mark(status: Mapping[str, Any]) -> str:
    """Return the mark of a tool that gets a result; at the end one without it was cut short."""
    marks = {"success": " ✓", "created": " · ⏹ Cancelled"}
    return marks.get(status["status"]) or _standing(status)


def _standing(status: Mapping[str, Any]) -> str:
    """Return the mark of a status that every tool may have."""
    match status["status"]:
        case "failed":
            return " ✗"
        case "denied":
            return _denied(status.get("reason"))
        case "timed_out":
            return " · ⌛ Timed out"
        case "pending_approval":
            return " · 🔐 Waiting for approval"
        case _:
            return ""


def _denied(reason: str | None) -> str:
    """Return the mark of what the person refused, without boilerplate for a reason."""
    told = reason and not reason.startswith(_APPROVAL_CANCELLED)
    return f" · 🚫 Denied: {reason}" if told else " · 🚫 Denied"


def _sub_agent(action: Mapping[str, Any], status: Mapping[str, Any]) -> Shown:
    """Return a task given to another agent, with its report."""
    wrapped = _WRAPPED_TASK.match(action["description"])
    task = wrapped[1] if wrapped else action["description"]
    kind = f" ({action['subagent_type']})" if action["subagent_type"] else ""
    report = _MACHINE_LINES.sub("", _value(action["result"])).strip()
    head = f"🤖 Sub-agent{kind}: {task}"
    mark = _result_mark(status)
    told = _head(plain(report), RESULT_LINES)
    late = f"🤖 {_middle(task, LATE_COMMAND_CHARS)}"
    return Shown("task_create", _lines(head + mark, told), head, _lines(late + mark, told))


def _other_tool(action: Mapping[str, Any], status: Mapping[str, Any]) -> Shown:
    """Return a tool nobody knows by name, with its arguments as words."""
    arguments = action["arguments"] or {}
    pairs = " ".join(f"{key}={value}" for key, value in arguments.items())
    head = f"🧩 {action['tool_name']}" + (f": {pairs}" if pairs else "")
    mark = _result_mark(status)
    told = _tail(_value(action["result"]), OUTPUT_LINES) if status["status"] == "failed" else ""
    return Shown("tool", _lines(head + mark, told))


def _question(question: Mapping[str, Any]) -> str:
    """Return one question with its options."""
    options = [
        f"• {option['label']}" + (f" – {option['description']}" if option["description"] else "")
        for option in question["options"]
    ]
    return "\n".join([f"❓ {question['question']}", *options])


def _paths_and_changes(action: Mapping[str, Any]) -> tuple[list[str], list[Mapping[str, Any]]]:
    """Return the two columns of a file edit."""
    changes = action["changes"] or [{"action": "binary"}]
    return [_relative(action["path"])] * len(changes), changes


def _change(path: str, change: Mapping[str, Any]) -> str:
    """Return one change of a file."""
    match change["action"]:
        case "write":
            lines = change["content"].splitlines()
            return _lines(
                f"📝 Writing: {path}  +{len(lines)}", _head(change["content"], DIFF_LINES)
            )
        case "delete":
            return f"🗑 Deleting: {path}"
        case "rename":
            return f"➡ Renaming: {path} → {_relative(change['new_path'])}"
        case "binary":
            return f"📦 Binary file changed: {path}"
        case _:
            return _edit(path, change["unified_diff"])


def _edit(path: str, diff: str) -> str:
    """Return an edit: its counts over the whole diff, and the first lines of its hunks."""
    hunks = diff[diff.index("@@") :] if "@@" in diff else ""
    body = [line for line in hunks.splitlines() if not line.startswith("@@")]
    added = sum(line.startswith("+") for line in body)
    removed = sum(line.startswith("-") for line in body)
    head = f"📝 Editing: {path}  +{added} \u2212{removed}"
    return _lines(head, _head("\n".join(body), DIFF_LINES))


def _relative(path: str) -> str:
    """Return `path` as seen from its worktree."""
    return _WORKTREE.sub("", path)


def _value(result: Mapping[str, Any] | None) -> str:
    """Return a tool result's text."""
    return "" if result is None else _clean(str(result["value"]))


def _clean(text: str) -> str:
    """Return `text` without colours."""
    return _ANSI.sub("", text)


def _lines(head: str, body: str) -> str:
    """Put `body`, where there is one, below `head`."""
    return f"{head}\n{body}" if body else head


def _head(text: str, count: int) -> str:
    """Return the first `count` lines and how many more there are."""
    lines = text.rstrip("\n").split("\n")
    rest = len(lines) - count
    return text.rstrip("\n") if rest <= 0 else "\n".join([*lines[:count], f"… +{rest} lines"])


def _tail(text: str, count: int) -> str:
    """Return the last `count` lines below how many came before."""
    lines = _clean(text).rstrip("\n").split("\n")
    rest = len(lines) - count
    return "\n".join(lines if rest <= 0 else [f"… +{rest} lines", *lines[rest:]])


def _middle(text: str, chars: int) -> str:
    """Return `text` shortened in its middle to `chars` characters."""
    if len(text) <= chars:
        return text
    kept = chars - len(" … ")
    return f"{text[: kept - kept // 2]} … {text[len(text) - kept // 2 :]}"
