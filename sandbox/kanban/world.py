"""What the pretend server knows: repositories, workspaces, sessions, executions, approvals.

Rows are plain JSON objects. Of an execution there are two: what the streams say, and the truth
that HTTP tells; they differ where a real server's streams are stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from . import instants
from .streams import Feed, Log, patch
from .timeline import TERMINAL

Row = dict[str, Any]

_FIRST_REPOSITORY = ("shop", "769a928f-9dab-4ad1-ab94-8d5908eac996")
_UNCOUNTED = frozenset({"devserver", "archivescript"})
_EMPTY_QUEUE: Row = {"status": "empty"}
_REPOSITORY_BORN = "2026-11-22T14:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong in a play.

    `cut_logs_at` drops its log sockets without a word: shares of the play's length below 1, or
    else seconds. `early_finished` answers the first connections to each running log with
    `finished`. With `stale_session_rows` the session stream never says that an execution ended,
    with `stale_workspace_rows` the workspace stream never says so.
    """

    cut_logs_at: tuple[float, ...] = ()
    early_finished: int = 0
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
    git_status: Row | None = None
    faults: Faults = NO_FAULTS


@dataclass(slots=True)
class World:
    """Everything the server knows, and the feeds that tell of changes."""

    repositories: dict[str, Row] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    sessions: dict[str, Row] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    approvals: dict[str, Row] = field(default_factory=dict)
    queues: dict[str, Row] = field(default_factory=dict)
    workspace_feed: Feed = field(default_factory=Feed)
    approval_feed: Feed = field(default_factory=Feed)
    session_feeds: defaultdict[str, Feed] = field(default_factory=lambda: defaultdict(Feed))

    def __post_init__(self) -> None:
        self.repository(_FIRST_REPOSITORY[0])

    def repository(self, name: str) -> Row:
        """Get a repository by its name, registering it at its first mention."""
        known = dict([_FIRST_REPOSITORY])
        key = known.get(name) or str(uuid5(NAMESPACE_URL, f"repository:{name}"))
        return self.repositories.setdefault(key, _repository_row(key, name))

    def put_workspace(self, op: str, workspace: Workspace, row: Row) -> None:
        """Say a workspace's new row on the stream."""
        if workspace.faults.stale_workspace_rows and workspace.row.get("is_running"):
            row = row | {"is_running": True, "is_errored": False}
        workspace.row = row
        self.workspaces[row["id"]] = workspace
        self.workspace_feed.publish(patch(op, f"/workspaces/{row['id']}", row))

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
        self._ensure_session(execution)
        self.executions[execution.id] = execution
        path = f"/execution_processes/{execution.id}"
        self.session_feeds[execution.session_id].publish(patch(op, path, row))

    def end_execution(self, execution: Execution, status: str, now_s: float) -> None:
        """End an execution for a reason of the server's own, with no exit code."""
        end = {"status": status, "exit_code": None, "completed_at": instants.write(now_s)}
        self.put_execution("replace", execution, execution.truth | end)
        workspace = self.workspaces[execution.workspace_id]
        self.put_workspace("replace", workspace, workspace.row | self.flags(workspace.row["id"]))

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

    def close_approval(self, approval_id: str) -> None:
        """Take a question back, or say that it was decided."""
        if self.approvals.pop(approval_id, None) is not None:
            self.approval_feed.publish(patch("remove", f"/pending/{approval_id}"))

    def queue(self, session_id: str) -> Row:
        """Say what is queued in a session."""
        return self.queues.get(session_id, _EMPTY_QUEUE)

    def recover(self, now_s: float) -> None:
        """Do what a server does at its start, before it listens: what ran, has failed."""
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
        action, born = execution.truth["executor_action"], execution.truth["created_at"]
        self.sessions[execution.session_id] = {
            "id": execution.session_id,
            "workspace_id": execution.workspace_id,
            "name": None,
            "executor": _executor(action),
            "agent_working_dir": action["typ"].get("working_dir"),
            "created_at": born,
            "updated_at": born,
        }


def _executor(action: Row | None) -> str | None:
    while action:
        if config := action["typ"].get("executor_config"):
            return str(config["executor"])
        action = action.get("next_action")
    return None


def _repository_row(key: str, name: str) -> Row:
    return {
        "id": key,
        "path": f"/home/dev/{name}",
        "name": name,
        "display_name": name,
        "setup_script": None,
        "cleanup_script": None,
        "archive_script": None,
        "copy_files": None,
        "parallel_setup_script": False,
        "dev_server_script": None,
        "default_target_branch": "main",
        "default_working_dir": None,
        "created_at": _REPOSITORY_BORN,
        "updated_at": _REPOSITORY_BORN,
    }
