"""Executions as their rows tell them, and the story of a turn that is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.entries.model import Entry, ScriptKind

# --- executions -----------------------------------------------------------------------------------


class ExecutionKind(StrEnum):
    """What an execution is in the story of a turn."""

    AGENT = "agent"
    SETUP = "setup"
    CLEANUP = "cleanup"
    ASIDE = "aside"
    """Belongs to no turn: dev servers, archive scripts."""


class ExecutionStatus(StrEnum):
    """Where an execution stands by its row."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution as its row tells it; `prompt` and `agent` may come from the action to follow.

    `backend` names the server it runs on (empty when there is one). `script` is set for scripts.
    """

    id: str
    session_id: str
    workspace_id: str
    kind: ExecutionKind
    status: ExecutionStatus
    started_at: datetime
    completed_at: datetime | None = None
    exit_code: int | None = None
    dropped: bool = False
    prompt: str | None = None
    agent: str | None = None
    script: ScriptKind | None = None
    backend: str = ""

    @property
    def running(self) -> bool:
        """Whether its row says so."""
        return self.status is ExecutionStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the header needs of a workspace; `repositories` are `(id, name)`.

    `project_id` is set where a server groups its workspaces into projects.
    """

    id: str
    name: str | None
    branch: str | None
    repositories: tuple[tuple[str, str], ...] = ()
    container_path: str | None = None
    backend: str = ""
    project_id: str | None = None

    @property
    def choices(self) -> frozenset[str]:
        """The ids by which a chat chooses to see it: its project's, else its repositories'."""
        if self.project_id is not None:
            return frozenset((self.project_id,))
        return frozenset(id_ for id_, _ in self.repositories)


# --- one turn as rendering sees it ----------------------------------------------------------------


class OutcomeKind(StrEnum):
    """How a turn ended."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    RESET = "reset"
    COULD_NOT_START = "could_not_start"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended, with what is known of it.

    `cleanup_exit_code` is set when a cleanup script failed after the agent (a line of its own).
    """

    kind: OutcomeKind
    exit_code: int | None = None
    duration_s: float = 0.0
    cleanup_failed: bool = False
    cleanup_exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a turn."""

    title: str
    agent: str | None = None
    branch: str | None = None
    repositories: tuple[str, ...] = ()
    prompt: str | None = None
    backend: str = ""


@dataclass(frozen=True, slots=True)
class DiffTotal:
    """What a whole workspace changed against its base, as its backend counts."""

    files: int
    additions: int
    deletions: int


@dataclass(frozen=True, slots=True)
class Story:
    """One turn as it stands: header, every visible entry in order, and how it ended.

    `outcome` is None while it runs. `connection_lost` is a state of the last line,
    no entry. `closing`: nothing of it runs any more, how it ended is told in a moment. `started_at`
    is aware (UTC). `tokens` were used by its agents, as far as they tell. `counting`: what the
    workspace changed in all is being asked for, and what sums the turn up waits for that.
    """

    header: Header
    entries: tuple[Entry, ...]
    started_at: datetime
    outcome: Outcome | None = None
    connection_lost: bool = False
    closing: bool = False
    tokens: int = 0
    workspace_total: DiffTotal | None = None
    counting: bool = False

    @property
    def told(self) -> bool:
        """Whether it is over and nothing will be added, not even to what sums it up."""
        return self.outcome is not None and not self.counting
