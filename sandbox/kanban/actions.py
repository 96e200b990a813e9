"""What a client may ask the pretend server to do: begin, go on, queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec
from aiohttp import web

from . import instants
from .answers import INTERNAL_ERROR, a_uuid, failure, success
from .era import DIALECTS
from .play import Play
from .rows import plain, task_row
from .shapes import Attempt, FollowUp, Queued, Start, Target, Task, TaskStart, body_of, executor_of
from .world import Row, World

_NO_PROMPT = "A workspace prompt is required. Provide a non-empty `prompt`."
_NO_REPOSITORY = "At least one repository is required"
_WELL = 200

Begin = Callable[..., Play]


class ActionRoutes:
    """Do what a client asks for, by playing a recording where an agent would begin to work."""

    def __init__(self, world: World, clock: Callable[[], float], begin: Begin) -> None:
        self._world, self._clock, self._begin = world, clock, begin

    def all(self) -> list[web.RouteDef]:
        """List the routes, those of both generations."""
        return [
            web.post("/api/workspaces/start", self.start),
            web.post("/api/tasks", self.create_task),
            web.post("/api/task-attempts", self.start_task),
            web.post("/api/tasks/create-and-start", self.create_and_start),
            web.post("/api/sessions/{id}/follow-up", self.follow_up),
            web.post("/api/sessions/{id}/queue", self.queue),
            web.delete("/api/sessions/{id}/queue", self.unqueue),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """Begin a workspace, and answer when its first execution exists, or has failed to."""
        body, executor = await body_of(request, Start), await self._executor(request)
        if not body.prompt.strip():
            return failure(400, _NO_PROMPT)
        if (refusal := self._refusal(body.repos)) is not None:
            return refusal
        play = self._begin(
            **self._place(body.repos), prompt=body.prompt, name=body.name, executor=executor
        )
        if await play.answered != _WELL:
            return failure(500, INTERNAL_ERROR)
        new = {"container_ref": None, "setup_completed_at": None, "name": body.name}
        workspace = plain(self._world.workspaces[play.workspace_id].first) | new
        return success({"workspace": workspace, "execution_process": play.rows()[0]})

    async def create_task(self, request: web.Request) -> web.Response:
        """Create a task that nobody has begun."""
        row = self._created(await body_of(request, Task))
        if row is None:
            return failure(500, INTERNAL_ERROR)
        return success({key: value for key, value in plain(row).items() if key != "executor"})

    async def start_task(self, request: web.Request) -> web.Response:
        """Begin a task that exists."""
        body, executor = await body_of(request, Attempt), await self._executor(request)
        task = self._world.tasks.get(str(body.task_id))
        if task is None:
            return failure(500, INTERNAL_ERROR)
        if (refusal := self._refusal(body.repos)) is not None:
            return refusal
        prompt = "\n\n".join(filter(None, [task["title"], task["description"]]))
        play = self._begin(**self._place(body.repos), prompt=prompt, task=task, executor=executor)
        await play.answered
        return success(plain(self._world.workspaces[play.workspace_id].row))

    async def create_and_start(self, request: web.Request) -> web.Response:
        """Create a task with its first attempt; the prompt is its title and description."""
        body, executor = await body_of(request, TaskStart), await self._executor(request)
        if (refusal := self._refusal(body.repos)) is not None:
            return refusal
        task = self._created(body.task)
        if task is None:
            return failure(500, INTERNAL_ERROR)
        prompt, place = body.task.prompt, self._place(body.repos)
        play = self._begin(**place, prompt=prompt, task=task, executor=executor)
        await play.answered
        return success(self._world.tasks[task["id"]])

    async def follow_up(self, request: web.Request) -> web.Response:
        """Go on in a session, whether or not something runs there."""
        session = self._session(request)
        body, executor = await body_of(request, FollowUp), await self._executor(request)
        if session["executor"] not in {None, executor["executor"]}:
            status = 409 if self._world.era == "c" else 500
            told = f"{session['executor']} and {executor['executor']}"
            return failure(status, f"Executor mismatch: {told}")
        play = self._begin(session_id=session["id"], prompt=body.prompt, executor=executor)
        if await play.answered != _WELL:
            return failure(500, INTERNAL_ERROR)
        return success(play.rows()[0])

    async def queue(self, request: web.Request) -> web.Response:
        """Keep a message for later; the place of a session has room for one."""
        session = self._session(request)
        body, executor = await body_of(request, Queued), await self._executor(request)
        data = {"message": body.message, DIALECTS[self._world.era].executor_key: executor}
        message = {"session_id": session["id"], "data": data}
        message["queued_at"] = instants.write(self._clock())
        self._world.queues[session["id"]] = {"status": "queued", "message": message}
        return success(self._world.queue(session["id"]))

    async def unqueue(self, request: web.Request) -> web.Response:
        """Forget what is queued."""
        session = self._session(request)
        self._world.queues.pop(session["id"], None)
        return success(self._world.queue(session["id"]))

    def _session(self, request: web.Request) -> Row:
        row = self._world.sessions.get(a_uuid(request.match_info["id"], "id"))
        if row is None:
            raise web.HTTPNotFound(text="")
        return row

    def _refusal(self, targets: Sequence[Target]) -> web.Response | None:
        """Refuse a beginning without a repository, or on a branch that is not there."""
        status = 400 if self._world.era == "c" else 500
        if not targets:
            return failure(status, _NO_REPOSITORY)
        for target in targets:
            if str(target.repo_id) not in self._world.repositories:
                return failure(status, "Repository not found")
            if target.target_branch not in self._world.offers.local_branches():
                return failure(status, f"Branch '{target.target_branch}' not found")
        return None

    def _place(self, targets: Sequence[Target]) -> Row:
        """Say where to begin: in the first repository, against its branch."""
        repository = self._world.repositories[str(targets[0].repo_id)]
        return {"repo": repository["name"], "target_branch": targets[0].target_branch}

    def _created(self, task: Task) -> Row | None:
        """Create a task; None if there is no such project."""
        if str(task.project_id) not in self._world.projects:
            return None
        now = instants.write(self._clock(), 3)
        row = task_row(str(uuid4()), msgspec.to_builtins(task), now)
        self._world.put_task(row)
        return row

    async def _executor(self, request: web.Request) -> Row:
        executor: Row = msgspec.to_builtins(await executor_of(request, self._world.era))
        return executor
