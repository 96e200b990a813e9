"""What the pretend server knows: projects, tasks, repositories, workspaces, sessions, executions.

Rows are plain JSON objects. Of an execution there are two: what the streams say, and the truth
that HTTP tells; they differ where a real server's streams are stale.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from . import instants
from .catalog import Offers
from .era import DIALECTS, Era
from .rows import project_row, repository_row, session_row
from .steps import TERMINAL
from .streams import Feed, Log, event, patch

Row = dict[str, Any]

_FIRST_REPOSITORY = ("shop", "769a928f-9dab-4ad1-ab94-8d5908eac996")
_FIRST_PROJECT = ("shop", "06d725da-77e7-471d-bdab-375a12a4143a")
_UNCOUNTED = frozenset({"devserver", "archivescript"})
_EMPTY_QUEUE: Row = {"status": "empty"}


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong in a play.

    `cut_logs_at` drops its log sockets without a word: shares of the play's length below 1, or
    else seconds. `early_finished` answers the first connections to each running log with
    `finished`, `log_404` answers them with 404. With `stale_session_rows` the session stream never
    says that an execution ended, with `stale_workspace_rows` the workspace stream never says so.

    Who opens a running log loses the `log_gap` frames that come next. `finished_after_s` is how
    long after the row's end the log says `finished`: below 0 it says so first, and never says what
    would follow; infinity is never. `reordered_replay` gives the entries of a second reading other
    positions. `stop_500` answers a stop with 500 although it worked; era A does so by itself.
    """

    cut_logs_at: tuple[float, ...] = ()
    early_finished: int = 0
    log_404: int = 0
    log_gap: int = 0
    finished_after_s: float | None = None
    reordered_replay: bool = False
    stop_500: bool | None = None
    stale_session_rows: bool = False
    stale_workspace_rows: bool = False


NO_FAULTS = Faults()


@dataclass(slots=True)
class Execution:
    """One execution process: `shown` is what streams say of it, `truth` what HTTP says."""

    workspace_id: str
    shown: Row
    truth: Row
    log: Log
    early_left: int = 0
    missing_left: int = 0

    @property
    def id(self) -> str:
        """The id."""
        return str(self.truth["id"])

    @property
    def session_id(self) -> str:
        """The id of the session it belongs to."""
        return str(self.truth["session_id"])

    @property
    def running(self) -> bool:
        """Whether it has not ended, in truth."""
        return self.truth["status"] not in TERMINAL

    @property
    def log_kind(self) -> str:
        """Which of the two log sockets speaks: `raw` for scripts, `normalized` for agents."""
        script = self.truth["executor_action"]["typ"]["type"] == "ScriptRequest"
        return "raw" if script else "normalized"


@dataclass(slots=True)
class Workspace:
    """A workspace, its row with the two flags, and what else can be asked about it."""

    row: Row
    repository: Row
    prompt: str
    target_branch: str = "main"
    git_status: Row | None = None
    faults: Faults = NO_FAULTS
    changed: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What its worktree changed against its base: lines added and deleted, by file."""

    first: Row = field(default_factory=dict)
    """Its row as it was created, before it had a worktree."""


@dataclass(slots=True)
class World:
    """Everything the server knows, and the feeds that tell of changes.

    `verdicts` are what clients decided, by approval; `decided` wakes who stands still for one.
    """

    era: Era = "c"
    ring: int = DIALECTS["c"].ring
    offers: Offers = field(default_factory=Offers)
    approval_timeout_s: float = DIALECTS["c"].approval_timeout_s
    projects: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    repositories: dict[str, Row] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    sessions: dict[str, Row] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    approvals: dict[str, Row] = field(default_factory=dict)
    verdicts: dict[str, Row] = field(default_factory=dict)
    queues: dict[str, Row] = field(default_factory=dict)
    decided: defaultdict[str, asyncio.Event] = field(
        default_factory=lambda: defaultdict(asyncio.Event)
    )
    events: Log = field(init=False)
    project_feed: Feed = field(init=False)
    workspace_feed: Feed = field(init=False)
    approval_feed: Feed = field(init=False)
    task_feeds: defaultdict[str, Feed] = field(init=False)
    session_feeds: defaultdict[str, Feed] = field(init=False)

    def __post_init__(self) -> None:
        self.project_feed = self._feed()
        self.workspace_feed = self._feed()
        self.approval_feed = self._feed()
        self.task_feeds = defaultdict(self._feed)
        self.session_feeds = defaultdict(self._feed)
        self.events = Log(ring=self.ring)
        for name in self.offers.repositories:
            self.repository(name)
            key = _project_key(name)
            self.projects[key] = project_row(key, name)

    def repository(self, name: str) -> Row:
        """Get a repository by its name, registering it at its first mention."""
        known = dict([_FIRST_REPOSITORY])
        key = known.get(name) or str(uuid5(NAMESPACE_URL, f"repository:{name}"))
        return self.repositories.setdefault(key, repository_row(key, name))

    def project(self, name: str) -> Row:
        """Get a project by its name, creating it at its first mention."""
        key = _project_key(name)
        if key not in self.projects:
            self.projects[key] = project_row(key, name)
            if self.era == "a":
                self._tell(self.project_feed, "add", f"/projects/{key}", self.projects[key])
        return self.projects[key]

    def put_task(self, row: Row) -> None:
        """Say a task's new row on the stream of its project."""
        op = "replace" if row["id"] in self.tasks else "add"
        self.tasks[row["id"]] = row
        self._tell(self.task_feeds[row["project_id"]], op, f"/tasks/{row['id']}", row)

    def put_workspace(self, op: str, workspace: Workspace, row: Row) -> None:
        """Say a workspace's new row on the stream."""
        if workspace.faults.stale_workspace_rows and workspace.row.get("is_running"):
            row = row | {"is_running": True, "is_errored": False}
        workspace.row, workspace.first = row, workspace.first or row
        self.workspaces[row["id"]] = workspace
        self._tell(self.workspace_feed, op, f"/workspaces/{row['id']}", row)

    def touch_workspace(self, workspace_id: str, now_s: float) -> None:
        """Say the row once more with a new `updated_at`: a change without a meaning."""
        workspace = self.workspaces[workspace_id]
        row = workspace.row | {"updated_at": instants.write(now_s, 3)}
        self.put_workspace("replace", workspace, row)

    def put_execution(self, op: str, execution: Execution, row: Row) -> None:
        """Say an execution's new row on its session's stream.

        A terminal truth stays, whatever the stream goes on to say.
        """
        if execution.running:
            execution.truth = row
        faults = self.workspaces[execution.workspace_id].faults
        if faults.stale_session_rows and row["status"] in TERMINAL:
            row = execution.shown
        execution.shown = row
        self.admit(execution)
        path = f"/execution_processes/{execution.id}"
        self._tell(self.session_feeds[execution.session_id], op, path, row)

    def admit(self, execution: Execution) -> None:
        """Know an execution from now on, and its session, without a word on any stream."""
        self._ensure_session(execution)
        self.executions[execution.id] = execution

    def end_execution(
        self, execution: Execution, status: str, now_s: float, exit_code: int | None = None
    ) -> None:
        """End an execution otherwise than recorded; for the server's own reasons without a code."""
        end = {"status": status, "exit_code": exit_code, "completed_at": instants.write(now_s)}
        self.put_execution("replace", execution, execution.truth | end)
        workspace = self.workspaces[execution.workspace_id]
        self.put_workspace("replace", workspace, workspace.row | self.flags(workspace.row["id"]))
        self._end_task(workspace)

    def flags(self, workspace_id: str) -> Row:
        """Compute `is_running` and `is_errored` of a workspace from its executions."""
        counted = [
            execution
            for execution in self.of_workspace(workspace_id)
            if execution.truth["run_reason"] not in _UNCOUNTED
        ]
        running = any(execution.running for execution in counted)
        errored = bool(counted) and counted[-1].truth["status"] in {"failed", "killed"}
        return {"is_running": running, "is_errored": errored}

    def _end_task(self, workspace: Workspace) -> None:
        task = self.tasks.get(workspace.row["task_id"])
        if task is not None and not workspace.row["is_running"]:
            over = {"has_in_progress_attempt": False, "last_attempt_failed": True}
            self.put_task(task | over | {"status": "inreview"})

    def of_workspace(self, workspace_id: str) -> Iterator[Execution]:
        """Iterate over a workspace's executions, oldest first."""
        executions = self.executions.values()
        return (e for e in executions if e.workspace_id == workspace_id)

    def of_session(self, session_id: str) -> Iterator[Execution]:
        """Iterate over a session's executions, oldest first."""
        return (e for e in self.executions.values() if e.session_id == session_id)

    def open_approval(self, approval_id: str, row: Row) -> None:
        """Ask for a decision, on the stream."""
        self.approvals[approval_id] = row
        self.approval_feed.publish(patch("replace", f"/pending/{approval_id}", row))

    def decide(self, approval_id: str, verdict: Row) -> None:
        """Decide an approval that waits; its play goes on as the verdict says."""
        self.verdicts[approval_id] = verdict
        self.close_approval(approval_id)

    def close_approval(self, approval_id: str) -> None:
        """Take a question back, or say that it was decided."""
        if self.approvals.pop(approval_id, None) is not None:
            self.approval_feed.publish(patch("remove", f"/pending/{approval_id}"))
        self.decided[approval_id].set()

    def queue(self, session_id: str) -> Row:
        """Say what is queued in a session."""
        return self.queues.get(session_id, _EMPTY_QUEUE)

    def recover(self, now_s: float) -> None:
        """Do what a server does at its start, before it listens: what ran, has failed."""
        self.events = Log(ring=self.ring)
        self.queues.clear()
        self.approvals.clear()
        for execution in self.executions.values():
            if execution.running:
                self.end_execution(execution, "failed", now_s)
            execution.shown = execution.truth
            execution.log.end()
        for workspace in self.workspaces.values():
            workspace.row = workspace.row | self.flags(workspace.row["id"])

    def _ensure_session(self, execution: Execution) -> None:
        if execution.session_id in self.sessions:
            return
        row = session_row(execution.truth, execution.workspace_id, self.era)
        self.sessions[execution.session_id] = row

    def _tell(self, feed: Feed, op: str, path: str, row: Row) -> None:
        frame = patch(op, path, row)
        feed.publish(frame)
        self.events.append(event(frame))

    def _feed(self) -> Feed:
        return Feed(self.ring)


def _project_key(name: str) -> str:
    known = dict([_FIRST_PROJECT])
    return known.get(name) or str(uuid5(NAMESPACE_URL, f"project:{name}"))
