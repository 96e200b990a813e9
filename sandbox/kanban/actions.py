"""What a client may ask the pretend server to do: begin, go on, queue, decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from . import instants
from .answers import a_uuid, failure, success
from .era import DIALECTS
from .play import Play
from .world import Row, World

_KINDS = frozenset({"approved", "denied", "answered"})

Begin = Callable[..., Play]


class ActionRoutes:
    """Do what a client asks for, by playing a recording where an agent would begin to work."""

    def __init__(self, world: World, clock: Callable[[], float], begin: Begin) -> None:
        self._world, self._clock, self._begin = world, clock, begin
        self._executor_key = DIALECTS[world.era].executor_key

    def all(self) -> list[web.RouteDef]:
        """List the routes, those of both generations."""
        return [
            web.post("/api/workspaces/start", self.start),
            web.post("/api/tasks/create-and-start", self.create_and_start),
            web.post("/api/sessions/{id}/follow-up", self.follow_up),
            web.post("/api/sessions/{id}/queue", self.queue),
            web.delete("/api/sessions/{id}/queue", self.unqueue),
            web.post("/api/approvals/{id}/respond", self.respond),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """Begin a workspace, and answer when its first execution exists."""
        body = await self._body(request, "prompt", "repos", self._executor_key)
        repository = self._repository(body)
        if not str(body["prompt"]).strip() or repository is None:
            return failure(400, "Bad request")
        play = self._begin(repo=repository, prompt=body["prompt"])
        await play.born
        workspace = self._world.workspaces[play.workspace_id].row
        (row, *_) = play.rows()
        return success({"workspace": workspace, "execution_process": row})

    async def create_and_start(self, request: web.Request) -> web.Response:
        """Create a task with its first attempt; the prompt is its title and description."""
        body = await self._body(request, "task", "repos", self._executor_key)
        task, repository = body["task"], self._repository(body)
        if repository is None:
            return failure(500, "WorkspaceError: No repositories configured")
        prompt = "\n\n".join(filter(None, [task["title"], task.get("description")]))
        play = self._begin(repo=repository, prompt=prompt, title=task["title"])
        await play.born
        return success(self._world.tasks[self._world.workspaces[play.workspace_id].row["task_id"]])

    async def follow_up(self, request: web.Request) -> web.Response:
        """Go on in a session, whether or not something runs there."""
        session = self._session(request)
        body = await self._body(request, "prompt", self._executor_key)
        asked = body[self._executor_key]["executor"]
        if session["executor"] not in {None, asked}:
            status = 409 if self._world.era == "c" else 500
            return failure(status, f"Executor mismatch: {session['executor']} and {asked}")
        play = self._begin(session_id=session["id"], prompt=body["prompt"])
        await play.born
        return success(play.rows()[0])

    async def queue(self, request: web.Request) -> web.Response:
        """Keep a message for later; the place of a session has room for one."""
        session = self._session(request)
        data = await self._body(request, "message", self._executor_key)
        message = {"session_id": session["id"], "data": data}
        message["queued_at"] = instants.write(self._clock())
        self._world.queues[session["id"]] = {"status": "queued", "message": message}
        return success(self._world.queue(session["id"]))

    async def unqueue(self, request: web.Request) -> web.Response:
        """Forget what is queued."""
        session = self._session(request)
        self._world.queues.pop(session["id"], None)
        return success(self._world.queue(session["id"]))

    async def respond(self, request: web.Request) -> web.Response:
        """Decide an approval; what cannot be decided so is 500 without a word."""
        body = await self._body(request, "execution_process_id", "status")
        approval_id, decision = request.match_info["id"], body["status"]
        approval = self._world.approvals.get(approval_id)
        if approval is None or decision.get("status") not in _KINDS:
            return web.Response(status=500)
        if (decision["status"] == "answered") is not approval["is_question"]:
            return web.Response(status=500)
        self._world.close_approval(approval_id)
        return success(decision)

    def _session(self, request: web.Request) -> Row:
        row = self._world.sessions.get(a_uuid(request.match_info["id"], "id"))
        if row is None:
            raise web.HTTPNotFound(text="")
        return row

    def _repository(self, body: Row) -> str | None:
        first: Row = next(iter(body["repos"]), {})
        known = self._world.repositories.get(first.get("repo_id", ""))
        return None if known is None else str(known["name"])

    async def _body(self, request: web.Request, *required: str) -> Row:
        """Read a JSON object; what is none is refused in plain text."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="Expected request with JSON content type")
        try:
            body: Any = msgspec.json.decode(await request.read())
        except msgspec.DecodeError:
            raise web.HTTPBadRequest(text="Failed to parse the request body as JSON") from None
        if not isinstance(body, dict) or not body.keys() >= set(required):
            raise web.HTTPUnprocessableEntity(text="Failed to deserialize the JSON body")
        return body
