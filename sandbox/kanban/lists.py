"""What a client may choose from, and at a glance how its workspaces are."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .answers import a_uuid, missing, success
from .shapes import Archived, body_of
from .world import Execution, Row, Workspace, World

_PULL_REQUEST = ("pr_status", "pr_number", "pr_url")


class ListRoutes:
    """List repositories, branches and summaries."""

    def __init__(self, world: World) -> None:
        self._world = world

    def all(self) -> list[web.RouteDef]:
        """List the routes, those of both generations."""
        newer = [web.get("/api/repos/recent", self.recent)] if self._world.era == "c" else []
        return [
            *newer,
            web.get("/api/repos/{id}/branches", self.branches),
            web.get("/api/projects/{id}/repositories", self.of_project),
            web.post("/api/workspaces/summaries", self.summaries),
            web.post("/api/task-attempts/summary", self.summaries),
        ]

    async def recent(self, _: web.Request) -> web.Response:
        """List the repositories, those first in which something was begun last."""
        used = [w.repository["id"] for w in reversed(self._world.workspaces.values())]
        order = dict.fromkeys([*used, *self._world.repositories])
        return success([self._world.repositories[key] for key in order])

    async def branches(self, request: web.Request) -> web.Response:
        """List a repository's branches, local and remote."""
        known = a_uuid(request.match_info["id"], "id") in self._world.repositories
        return success(self._world.offers.branch_rows()) if known else missing()

    async def of_project(self, request: web.Request) -> web.Response:
        """List the repositories of a project: the one that bears its name."""
        project = self._world.projects.get(a_uuid(request.match_info["id"], "id"))
        if project is None:
            return missing()
        return success([self._world.repository(project["name"])])

    async def summaries(self, request: web.Request) -> web.Response:
        """Say of each workspace how it is: its newest execution, what waits, what it changed."""
        archived = (await body_of(request, Archived)).archived
        rows = [
            self._summary(workspace)
            for workspace in self._world.workspaces.values()
            if workspace.row["archived"] is archived
        ]
        return success({"summaries": rows})

    def _summary(self, workspace: Workspace) -> Row:
        executions = list(self._world.of_workspace(workspace.row["id"]))
        counted = [e for e in executions if e.truth["run_reason"] != "devserver"]
        newest = counted[-1] if counted else None
        asked = {row["execution_process_id"] for row in self._world.approvals.values()}
        changed = workspace.changed.values()
        return {
            "workspace_id": workspace.row["id"],
            "latest_session_id": newest and newest.session_id,
            "has_pending_approval": newest is not None and newest.id in asked,
            "files_changed": len(workspace.changed),
            "lines_added": sum(added for added, _ in changed),
            "lines_removed": sum(removed for _, removed in changed),
            **_ended(newest),
            "has_running_dev_server": any(e.running for e in executions if e not in counted),
            "has_unseen_turns": False,
            **dict.fromkeys(_PULL_REQUEST if self._world.era == "c" else _PULL_REQUEST[:1]),
        }


def _ended(newest: Execution | None) -> dict[str, Any]:
    row = newest.truth if newest is not None else {}
    return {
        "latest_process_completed_at": row.get("completed_at"),
        "latest_process_status": row.get("status"),
    }
