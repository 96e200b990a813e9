"""What a backend tells about agents: entries and their contents, as frozen values.

Nothing here knows a wire format, a chat or a language. Keys and ids are opaque strings; texts are
untrusted and may hold anything but lone surrogates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT_CHARS = 65_536
"""Most characters kept of one text; what is longer loses its end and says so in `omitted_chars`."""

EXCERPT_LINES = 60
"""Most lines kept of an output, a diff or a written file: what verbosity `full` can show."""

EXCERPT_CHARS = 8_192
"""Most characters kept of an excerpt; a longer line is cut."""


class ToolStatus(StrEnum):
    """How far a tool call has come, whatever the backend calls it."""

    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DENIED = "denied"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """The backend never says how it ended (vibe-kanban's lasting "created")."""


FINAL_STATUSES = frozenset(
    {ToolStatus.FAILED, ToolStatus.DENIED, ToolStatus.TIMED_OUT, ToolStatus.SUCCEEDED}
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a longer text, by whole lines.

    `text` has at most EXCERPT_LINES lines; `omitted_lines` were left out: at the end (diffs, files)
    or, when `tail` is set, at the beginning (outputs, whose end matters).
    """

    text: str
    omitted_lines: int = 0
    tail: bool = False


# --- actions of a tool call -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file was read; `path` is relative to the worktree."""

    path: str


class ChangeKind(StrEnum):
    """What happened to a file."""

    EDIT = "edit"
    WRITE = "write"
    DELETE = "delete"
    RENAME = "rename"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One change of one file; `body` is the hunk lines (edit) or the content (write)."""

    kind: ChangeKind
    path: str
    new_path: str | None = None
    body: Excerpt | None = None
    additions: int | None = None
    deletions: int | None = None


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Changes to files, in order; never empty."""

    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class CommandRun:
    """A shell command; `exit_code` is known only sometimes, `output` is absent while it runs."""

    command: str
    output: Excerpt | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search in files or names."""

    query: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """A page fetched, or a search on the web (then `url` is the query)."""

    url: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Any other tool (MCP and unknown): its name and a short argument summary."""

    name: str
    arguments: str = ""
    result: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class SubAgent:
    """A task given to another agent; `result` is its report without machine lines."""

    description: str
    agent_type: str | None = None
    result: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan presented for approval, as Markdown."""

    text: str


class TodoState(StrEnum):
    """The state of a to-do."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of a to-do list."""

    text: str
    state: TodoState


@dataclass(frozen=True, slots=True)
class Todos:
    """The whole to-do list as it stands now."""

    items: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with options `(label, description)`."""

    text: str
    header: str
    options: tuple[tuple[str, str], ...]
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions put to the person."""

    questions: tuple[Question, ...]


Action = (
    FileRead
    | FileEdit
    | CommandRun
    | Search
    | Fetch
    | ToolUse
    | SubAgent
    | Plan
    | Todos
    | Questions
)


# --- contents of an entry -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thinking:
    """What the agent thinks, as Markdown."""

    text: str
    omitted_chars: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent says, as Markdown."""

    text: str
    omitted_chars: int = 0


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool call; `reason` is why it was denied or failed, where somebody said so."""

    action: Action
    status: ToolStatus
    reason: str | None = None
    approval_id: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error of the run."""

    text: str
    omitted_chars: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A small remark of the backend or the agent's program that is no error."""

    text: str
    omitted_chars: int = 0


@dataclass(frozen=True, slots=True)
class CommitReminder:
    """The server asked the agent to commit; what the agent says after it is not its answer."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the person said when denying a tool."""

    text: str
    denied_tool: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The person's answers to questions, as `(question, answers)`."""

    answers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class UserText:
    """Something the person said, where a backend repeats it in the log."""

    text: str
    omitted_chars: int = 0


@dataclass(frozen=True, slots=True)
class Other:
    """An entry of a kind nobody told us about: its name and its text."""

    kind: str
    text: str
    omitted_chars: int = 0


class ScriptKind(StrEnum):
    """Which script an execution runs."""

    SETUP = "setup"
    CLEANUP = "cleanup"
    TOOL_INSTALL = "tool_install"


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script as one line of the turn; `output` is its last lines."""

    kind: ScriptKind
    status: ToolStatus
    exit_code: int | None = None
    duration_s: float | None = None
    output: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """Known noise; it keeps its place in the log and is never shown."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """Header data that arrives as an entry: which model runs."""

    model: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Token usage so far; only the newest counts."""

    total_tokens: int
    context_window: int | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is left of a content whose text was let go: it can be counted and recognised, not shown.

    `length` is what could grow of it, `prefixes` are the lengths and digests of beginnings that
    were shown. `remains` is a tool without its text; `opening` is kept of the newest answers only.
    """

    kind: str
    digest: bytes
    length: int
    prefixes: tuple[tuple[int, bytes], ...] = ()
    remains: Tool | None = None
    opening: str = ""


Content = (
    Thinking
    | Answer
    | Tool
    | ErrorText
    | Notice
    | CommitReminder
    | Feedback
    | Answered
    | UserText
    | Other
    | Script
    | Hidden
    | ModelName
    | Usage
    | Dropped
)

TextContent = Thinking | Answer | ErrorText | Notice | UserText | Other
"""Contents whose `text` grows and may go on over several pages."""

INVISIBLE = (Hidden, ModelName, Usage)
"""Contents that never reach a page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a transcript.

    `key` is unique over all executions and stays the same for the same entry for as long as a
    person may see it. `complete` says that the text will not grow any more.
    """

    key: str
    content: Content
    complete: bool = False
