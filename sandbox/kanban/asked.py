"""What a play was asked for, and how the recorded rows change with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .identity import Place
from .recording import Header
from .steps import Kind
from .timeline import Timeline
from .world import Faults, Workspace, World

Row = dict[str, Any]

_NAME_CHARS = 60
_LIVE_WORKSPACE = ("is_running", "is_errored", "updated_at")
_LIVE_TASK = (
    "status",
    "has_in_progress_attempt",
    "last_attempt_failed",
    "executor",
    "updated_at",
)
_ASKS = frozenset({"SUPERVISED", "PLAN", "APPROVALS"})
_EXECUTOR_KEYS = frozenset({"executor_config", "executor_profile_id"})
_AGENT_SESSION = "0a11ce00-0000-4000-8000-00000000a9e7"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a recording is played, and what of it is another.

    With a `session_id` it goes on in a session that exists, as a follow-up; with a `task`, it is an
    attempt at one that exists. If it is `steered`, what its person did is left to a client. Where
    its worktree `changes` is as recorded unless told. `executor` is what it is begun with.
    """

    repository: str
    faults: Faults
    prompt: str | None = None
    title: str | None = None
    name: str | None = None
    session_id: str | None = None
    steered: bool = False
    changes: bool | None = None
    executor: Row | None = None
    task: Row | None = None
    target_branch: str = "main"

    @property
    def asks_first(self) -> bool:
        """Whether the agent was begun so that it asks before it acts."""
        told = self.executor or {}
        return told.get("permission_policy") in _ASKS or told.get("variant") in _ASKS

    def workspace(self, header: Header, timeline: Timeline, world: World) -> Workspace:
        """Find the workspace to go on in, or make one that has no row yet."""
        if self.session_id is None:
            return Workspace(
                row={},
                repository=world.repository(self.repository),
                prompt=self.prompt or header.prompt,
                target_branch=self.target_branch,
                git_status=timeline.git_status,
                faults=self.faults,
            )
        workspace = world.workspaces[world.sessions[self.session_id]["workspace_id"]]
        workspace.faults = self.faults
        return workspace

    def place(
        self, header: Header, timeline: Timeline, workspace: Workspace, world: World
    ) -> Place:
        """Say where the play happens."""
        repository = workspace.repository["name"]
        if self.session_id is None:
            known: dict[str, str] = {}
            if self.task is not None:
                known = dict.fromkeys(timeline.ids(Kind.TASK), str(self.task["id"]))
            return Place(repository, self._project_id(world, repository), self.prompt, known)
        project = self._project_id(world, repository)
        known = {header.workspace: workspace.row["id"], header.session: self.session_id}
        if workspace.row["task_id"] is not None:
            known |= dict.fromkeys(timeline.ids(Kind.TASK), str(workspace.row["task_id"]))
        directory = workspace.row["branch"].removeprefix("vk/")
        return Place(repository, project, self.prompt, known, directory)

    def _project_id(self, world: World, repository: str) -> str:
        return str(self.task["project_id"] if self.task else world.project(repository)["id"])

    def workspace_row(self, recorded: Row, before: Row) -> Row:
        """Keep the row of a workspace that goes on, but for its state; name one that is new."""
        if self.session_id is not None:
            return before | {key: recorded[key] for key in _LIVE_WORKSPACE}
        name = self.name or (recorded["name"] and self.prompt and self.prompt[:_NAME_CHARS])
        return recorded | ({"name": name} if name else {})

    def task_row(self, recorded: Row, before: Row | None) -> Row:
        """Keep the row of a task that goes on, but for its state; title one that is new."""
        if before is not None and (self.session_id is not None or self.task is not None):
            return before | {key: recorded[key] for key in _LIVE_TASK}
        return recorded | ({} if self.title is None else {"title": self.title})

    def execution_row(self, recorded: Row) -> Row:
        """Make a follow-up of the request that began the recorded session."""
        return recorded | {"executor_action": self._action(recorded["executor_action"])}

    def _action(self, action: Row) -> Row:
        """Name the agent that was asked for, in this action and in those that follow it."""
        typ = dict(action["typ"])
        for key in _EXECUTOR_KEYS & typ.keys() if self.executor is not None else ():
            typ[key] = self.executor
        if self.session_id is not None and typ["type"] == "CodingAgentInitialRequest":
            typ |= {"type": "CodingAgentFollowUpRequest", "session_id": _AGENT_SESSION}
            typ["reset_to_message_id"] = None
        following = action.get("next_action")
        return action | {"typ": typ, "next_action": following and self._action(following)}
