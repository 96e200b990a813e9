"""vibe-kanban's JSON as typed structs; every field is optional and unknown fields are skipped.

The structs are wide on purpose: the server's tagged unions grow with each release, so a kind is a
string and its struct the union of what the known kinds carry. `metadata`, which repeats every text,
is never decoded.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

T = TypeVar("T")


class ExitStatus(Struct, frozen=True):
    """How a command ended: `success` or `code`, by `type`."""

    success: bool | None = None
    code: int | None = None


class ResultKind(Struct, frozen=True):
    """The inner half of a tool result's double-nested type."""

    type: str = ""


class Result(Struct, frozen=True):
    """A command's result (`exit_status`, `output`) or a tool's (`type`, `value`)."""

    exit_status: ExitStatus | None = None
    output: str | None = None
    type: ResultKind | str | None = None
    value: Any = None


class Change(Struct, frozen=True):
    """One change of a file edit, by `action`."""

    action: str = ""
    content: str | None = None
    new_path: str | None = None
    unified_diff: str | None = None


class TodoItem(Struct, frozen=True):
    """One to-do."""

    content: str = ""
    status: str = ""


class Option(Struct, frozen=True):
    """One offered answer."""

    label: str = ""
    description: str | None = None


class QuestionItem(Struct, frozen=True, rename={"multiple": "multiSelect"}):
    """One question of an AskUserQuestion."""

    question: str = ""
    header: str | None = None
    options: list[Option] = []
    multiple: bool = False


class AnswerItem(Struct, frozen=True):
    """The person's answer to one question."""

    question: str = ""
    answer: list[str] | str = []


class ActionType(Struct, frozen=True):
    """What a tool does, by `action`."""

    action: str = ""
    path: str = ""
    changes: list[Change] = []
    command: str = ""
    result: Result | None = None
    query: str = ""
    url: str = ""
    tool_name: str = ""
    arguments: Any = None
    description: str = ""
    subagent_type: str | None = None
    plan: str = ""
    todos: list[TodoItem] = []
    questions: list[QuestionItem] = []


class Status(Struct, frozen=True):
    """A tool's status, by `status`."""

    status: str = ""
    reason: str | None = None
    approval_id: str | None = None


class EntryType(Struct, frozen=True):
    """What an entry is, by `type`."""

    type: str = ""
    tool_name: str = ""
    action_type: ActionType | None = None
    status: Status | None = None
    denied_tool: str | None = None
    total_tokens: int = 0
    model_context_window: int | None = None
    answers: list[AnswerItem] = []


class NormalizedEntry(Struct, frozen=True):
    """One entry of a normalized log."""

    entry_type: EntryType = EntryType()
    content: str = ""


class LogValue(Struct, frozen=True):
    """What an operation on a log puts: a normalized entry, or a chunk of raw output."""

    type: str = ""
    content: NormalizedEntry | str = ""


class LogOp(Struct, frozen=True):
    """One JSON Patch operation of a log socket."""

    op: str
    path: str
    value: LogValue | None = None


class LogFrame(Struct, frozen=True):
    """One text frame of a log socket."""

    patch: list[LogOp] = msgspec.field(name="JsonPatch", default_factory=list)
    finished: bool = False


class LooseEntryType(Struct, frozen=True):
    """The parts of an entry's type that are readable whatever else is wrong with it."""

    type: str = ""
    tool_name: str = ""


class LooseEntry(Struct, frozen=True):
    """An entry whose inner shape nobody knows."""

    entry_type: LooseEntryType = LooseEntryType()
    content: str = ""


class LooseValue(Struct, frozen=True):
    """As LogValue."""

    type: str = ""
    content: LooseEntry | str = ""


class LooseOp(Struct, frozen=True):
    """As LogOp."""

    op: str
    path: str
    value: LooseValue | None = None


class LooseFrame(Struct, frozen=True):
    """A log frame that did not fit LogFrame."""

    patch: list[LooseOp] = msgspec.field(name="JsonPatch", default_factory=list)
    finished: bool = False


class StateOp(Struct, frozen=True):
    """One JSON Patch operation of a state stream; its path tells how to decode the value."""

    op: str
    path: str
    value: Raw = Raw(b"null")


class StateFrame(Struct, frozen=True):
    """One text frame of a state stream."""

    patch: list[StateOp] = msgspec.field(name="JsonPatch", default_factory=list)
    ready: bool = msgspec.field(name="Ready", default=False)


class WorkspaceRow(Struct, frozen=True):
    """A workspace; the status flags are there on streams only."""

    id: str
    task_id: str | None = None
    name: str | None = None
    branch: str | None = None
    container_ref: str | None = None
    updated_at: str | None = None
    is_running: bool = False
    is_errored: bool = False


class SessionRow(Struct, frozen=True):
    """A session."""

    id: str
    workspace_id: str
    executor: str | None = None


class NamedRow(Struct, frozen=True):
    """A repository or a project."""

    id: str
    name: str | None = None
    display_name: str | None = None


class TaskRow(Struct, frozen=True):
    """A task, of which workspaces are attempts."""

    title: str = ""
    project_id: str | None = None


class ExecutionRow(Struct, frozen=True):
    """An execution process; its action is decoded apart, since old ones may hold anything."""

    id: str
    session_id: str
    status: str
    run_reason: str = ""
    executor_action: Raw = Raw(b"null")
    exit_code: int | None = None
    dropped: bool = False
    started_at: str = ""
    completed_at: str | None = None


class ExecutorConfig(Struct, frozen=True):
    """Which agent runs."""

    executor: str = ""


class ActionStep(Struct, frozen=True):
    """One step of an execution's chain, by `type`."""

    type: str = ""
    prompt: str | None = None
    context: Any = None
    executor_config: ExecutorConfig | None = None
    executor_profile_id: ExecutorConfig | None = None


class ExecutorAction(Struct, frozen=True):
    """What an execution runs, and what follows it."""

    typ: ActionStep = ActionStep()
    next_action: ExecutorAction | None = None


class Info(Struct, frozen=True):
    """The part of /api/info that tells the version."""

    version: str | None = None


class Envelope(Struct, Generic[T], frozen=True):
    """What every JSON answer is wrapped in."""

    success: bool
    data: T | None = None
    message: str | None = None
