"""The HTTP routes of the pretend server: what a client may ask, and the two ways to stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .answers import INTERNAL_ERROR, a_uuid, failure, missing, success
from .era import DIALECTS
from .rows import plain
from .world import Workspace, World

_UNSTOPPED = frozenset({"devserver", "archivescript"})
_NEWER = ("messages/first", "git/status", "execution/stop")
_OLDER = ("first-message", "branch-status", "stop")
_ESRCH = "ContainerError: Failed to kill process: ESRCH: No such process"


class HttpRoutes:
    """Answer questions about a world, and stop executions."""

    def __init__(
        self, world: World, clock: Callable[[], float], stop: Callable[[str], Awaitable[None]]
    ) -> None:
        self._world, self._clock, self._stop = world, clock, stop

    def all(self) -> list[web.RouteDef]:
        """List the routes, those of both generations."""
        return [
            web.get("/api/repos", self.repositories),
            web.get("/api/repos/{id}", self.repository),
            web.get("/api/projects", self.projects),
            web.get("/api/projects/{id}", self.project),
            web.get("/api/tasks", self.tasks),
            web.get("/api/tasks/{id}", self.task),
            *self._of_workspaces("/api/workspaces", *_NEWER),
            *self._of_workspaces("/api/task-attempts", *_OLDER),
            web.get("/api/sessions", self.sessions),
            web.get("/api/sessions/{id}", self.session),
            web.get("/api/sessions/{id}/queue", self.queue),
            web.get("/api/execution-processes/{id}", self.execution),
            web.post("/api/execution-processes/{id}/stop", self.stop_execution),
        ]

    def _of_workspaces(self, base: str, first: str, git: str, stop: str) -> list[web.RouteDef]:
        return [
            web.get(base, self.workspaces),
            web.get(f"{base}/{{id}}", self.workspace),
            web.get(f"{base}/{{id}}/repos", self.workspace_repositories),
            web.get(f"{base}/{{id}}/{first}", self.first_message),
            web.get(f"{base}/{{id}}/{git}", self.git_status),
            web.post(f"{base}/{{id}}/{stop}", self.stop_workspace),
        ]

    async def projects(self, _: web.Request) -> web.Response:
        """List the local projects."""
        return success(list(self._world.projects.values()))

    async def project(self, request: web.Request) -> web.Response:
        """Get one project."""
        row = self._world.projects.get(a_uuid(request.match_info["id"], "id"))
        return missing() if row is None else success(row)

    async def tasks(self, request: web.Request) -> web.Response:
        """List the tasks of a project, with the flags of their attempts."""
        project_id = a_uuid(request.query.get("project_id"), "project_id")
        rows = self._world.tasks.values()
        return success([row for row in rows if row["project_id"] == project_id])

    async def task(self, request: web.Request) -> web.Response:
        """Get one task, without those flags."""
        row = self._world.tasks.get(a_uuid(request.match_info["id"], "id"))
        if row is None:
            return missing()
        return success({key: value for key, value in plain(row).items() if key != "executor"})

    async def repositories(self, _: web.Request) -> web.Response:
        """List the registered repositories."""
        return success(list(self._world.repositories.values()))

    async def repository(self, request: web.Request) -> web.Response:
        """Get one repository."""
        row = self._world.repositories.get(a_uuid(request.match_info["id"], "id"))
        return missing() if row is None else success(row)

    async def workspaces(self, request: web.Request) -> web.Response:
        """List all workspaces, or those of a task, without the flags that the stream has."""
        rows = [plain(workspace.row) for workspace in self._world.workspaces.values()]
        if (task_id := request.query.get("task_id")) is None:
            return success(rows)
        task_id = a_uuid(task_id, "task_id")
        return success([row for row in rows if row["task_id"] == task_id])

    async def workspace(self, request: web.Request) -> web.Response:
        """Get one workspace."""
        return success(plain(self._find(request).row))

    async def workspace_repositories(self, request: web.Request) -> web.Response:
        """List a workspace's repositories, each with its target branch."""
        workspace = self._find(request)
        return success([workspace.repository | {"target_branch": workspace.target_branch}])

    async def first_message(self, request: web.Request) -> web.Response:
        """Get the prompt that began a workspace."""
        return success(self._find(request).prompt)

    async def git_status(self, request: web.Request) -> web.Response:
        """Get the state of a workspace's branch; looking touches its row."""
        workspace = self._find(request)
        self._world.touch_workspace(workspace.row["id"], self._clock())
        running = self._world.flags(workspace.row["id"])["is_running"]
        return success([_git_status(workspace, running=running)])

    async def stop_workspace(self, request: web.Request) -> web.Response:
        """Stop all that runs in a workspace, except its dev server."""
        workspace_id = self._find(request).row["id"]
        for execution in list(self._world.of_workspace(workspace_id)):
            if execution.running and execution.truth["run_reason"] not in _UNSTOPPED:
                await self._stop(execution.id)
        return success(None)

    async def sessions(self, request: web.Request) -> web.Response:
        """List the sessions of a workspace."""
        workspace_id = a_uuid(request.query.get("workspace_id"), "workspace_id")
        rows = self._world.sessions.values()
        return success([row for row in rows if row["workspace_id"] == workspace_id])

    async def session(self, request: web.Request) -> web.Response:
        """Get one session."""
        row = self._world.sessions.get(a_uuid(request.match_info["id"], "id"))
        return missing() if row is None else success(row)

    async def queue(self, request: web.Request) -> web.Response:
        """Get what is queued in a session."""
        session_id = a_uuid(request.match_info["id"], "id")
        known = session_id in self._world.sessions
        return success(self._world.queue(session_id)) if known else missing()

    async def execution(self, request: web.Request) -> web.Response:
        """Get the true row of one execution."""
        execution = self._world.executions.get(a_uuid(request.match_info["id"], "id"))
        return missing() if execution is None else success(execution.truth)

    async def stop_execution(self, request: web.Request) -> web.Response:
        """Stop an execution; one that has ended cannot be."""
        execution = self._world.executions.get(a_uuid(request.match_info["id"], "id"))
        if execution is None:
            return missing()
        if not execution.running:
            return failure(500, INTERNAL_ERROR)
        await self._stop(execution.id)
        complains = self._world.workspaces[execution.workspace_id].faults.stop_500
        if complains is None:
            complains = DIALECTS[self._world.era].stop_complains
        return failure(500, _ESRCH) if complains else success(None)

    def _find(self, request: web.Request) -> Workspace:
        workspace = self._world.workspaces.get(a_uuid(request.match_info["id"], "id"))
        if workspace is None:
            raise web.HTTPNotFound(text="")
        return workspace


def _git_status(workspace: Workspace, *, running: bool) -> dict[str, Any]:
    own = {"repo_id": workspace.repository["id"], "repo_name": workspace.repository["name"]}
    own["target_branch_name"] = workspace.target_branch
    if workspace.git_status is not None and not running:
        return workspace.git_status | own
    return own | {
        "commits_behind": 0,
        "commits_ahead": 0,
        "has_uncommitted_changes": False,
        "head_oid": "0" * 40,
        "uncommitted_count": 0,
        "untracked_count": 0,
        "remote_commits_behind": None,
        "remote_commits_ahead": None,
        "merges": [],
        "is_rebase_in_progress": False,
        "conflict_op": None,
        "conflicted_files": [],
        "is_target_remote": False,
    }
