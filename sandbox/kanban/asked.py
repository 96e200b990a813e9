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
_LIVE_TASK = ("status", "has_in_progress_attempt", "last_attempt_failed", "updated_at")
_AGENT_SESSION = "0a11ce00-0000-4000-8000-00000000a9e7"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a recording is played, and what of it is another.

    With a `session_id` it goes on in a session that exists, as a follow-up. If it `awaits_answers`
    it stands still where it waited for a person, until a client responds.
    """

    repository: str
    faults: Faults
    prompt: str | None = None
    title: str | None = None
    session_id: str | None = None
    awaits_answers: bool = False

    def workspace(self, header: Header, timeline: Timeline, world: World) -> Workspace:
        """Find the workspace to go on in, or make one that has no row yet."""
        if self.session_id is None:
            return Workspace(
                row={},
                repository=world.repository(self.repository),
                prompt=self.prompt or header.prompt,
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
        project = world.project(repository)["id"]
        if self.session_id is None:
            return Place(repository, project, self.prompt)
        known = {header.workspace: workspace.row["id"], header.session: self.session_id}
        if workspace.row["task_id"] is not None:
            known |= dict.fromkeys(timeline.ids(Kind.TASK), workspace.row["task_id"])
        directory = workspace.row["branch"].removeprefix("vk/")
        return Place(repository, project, self.prompt, known, directory)

    def workspace_row(self, recorded: Row, before: Row) -> Row:
        """Keep the row of a workspace that goes on, but for its state; name one that is new."""
        if self.session_id is not None:
            return before | {key: recorded[key] for key in _LIVE_WORKSPACE}
        if self.prompt is None or recorded["name"] is None:
            return recorded
        return recorded | {"name": self.prompt[:_NAME_CHARS]}

    def task_row(self, recorded: Row, before: Row | None) -> Row:
        """Keep the row of a task that goes on, but for its state; title one that is new."""
        if self.session_id is not None and before is not None:
            return before | {key: recorded[key] for key in _LIVE_TASK}
        return recorded | ({} if self.title is None else {"title": self.title})

    def execution_row(self, recorded: Row) -> Row:
        """Make a follow-up of the request that began the recorded session."""
        action = recorded["executor_action"]
        if self.session_id is None or action["typ"]["type"] != "CodingAgentInitialRequest":
            return recorded
        new: Row = {"type": "CodingAgentFollowUpRequest", "session_id": _AGENT_SESSION}
        new["reset_to_message_id"] = None
        return recorded | {"executor_action": action | {"typ": action["typ"] | new}}
