"""A plain client that steers: it begins, decides, queues, goes on and stops, in either era."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.kanban import KanbanServer, Play

from .client import PATIENCE_S, Row
from .stepped import SteppedTime

AGENT = "CLAUDE_CODE"
FINISHED = '{"finished":true}'
OF_CLAUDE = {"executor": AGENT}

BEGIN_TAKES_S = 0.2
STOP_TAKES_S = 0.25

_GLANCE_S = 0.01


@dataclass
class Steerer:
    """Calls to one server that wait for their answers while time passes.

    It begins in the repository `repo`.
    """

    kanban: KanbanServer
    http: aiohttp.ClientSession
    time: SteppedTime
    repo: str = "shop"

    @property
    def older(self) -> bool:
        """Whether the server is of era A."""
        return self.kanban.world.era == "a"

    @property
    def play(self) -> Play:
        """What began last."""
        return self.kanban.plays[-1]

    @property
    def execution_id(self) -> str:
        """The execution that began last."""
        return str(self.play.rows()[-1]["id"])

    async def begin(self, prompt: str, **config: str) -> Any:
        """Start a workspace; in era A as a task whose title is its description, too."""
        repository = self.kanban.world.repository(self.repo)
        repos = [{"repo_id": repository["id"], "target_branch": "main"}]
        if self.older:
            project_id = next(iter(self.kanban.world.projects))
            task: Row = {"project_id": project_id, "title": prompt, "description": prompt}
            task |= {"status": None, "parent_workspace_id": None, "image_ids": None}
            body: Row = {"task": task, "repos": repos} | self._executor(config)
            return await self.start(body, "/api/tasks/create-and-start")
        body = {"name": None, "repos": repos, "prompt": prompt} | self._executor(config)
        return await self.start(body)

    async def start(self, body: Row, path: str = "/api/workspaces/start") -> Any:
        """Start whatever a body says."""
        return await self.call("POST", path, body, takes_s=BEGIN_TAKES_S)

    async def follow_up(self, prompt: str) -> Any:
        """Go on in the session that began last."""
        nothing = dict.fromkeys(("retry_process_id", "force_when_dirty", "perform_git_reset"))
        body: Row = {"prompt": prompt} | nothing | self._executor({})
        path = f"/api/sessions/{self.play.session_id}/follow-up"
        return await self.call("POST", path, body, takes_s=BEGIN_TAKES_S)

    async def queue(self, message: str) -> Any:
        """Keep a message for the end of what runs."""
        body = {"message": message} | self._executor({})
        return await self.call("POST", self._queue_path, body)

    async def queued(self) -> str | None:
        """Ask what is queued."""
        status = (await self.call("GET", self._queue_path))["data"]
        return str(status["message"]["data"]["message"]) if status["status"] == "queued" else None

    async def unqueue(self) -> Any:
        """Cancel what is queued."""
        return await self.call("DELETE", self._queue_path)

    async def stop(self) -> Any:
        """Stop what began last."""
        path = f"/api/execution-processes/{self.execution_id}/stop"
        return await self.call("POST", path, takes_s=STOP_TAKES_S)

    async def asked(self) -> str:
        """Let time pass until something waits for a decision, and say what."""
        await self.until(lambda: bool(self.kanban.world.approvals))
        log = self.kanban.execution(self.execution_id).log
        await self.until(lambda: any(b"pending_approval" in frame for frame in log.history))
        (approval_id,) = self.kanban.world.approvals
        return approval_id

    async def decide(self, approval_id: str, **verdict: Any) -> Any:
        """Decide what waits."""
        body = {"execution_process_id": self.execution_id, "status": verdict}
        return await self.call("POST", f"/api/approvals/{approval_id}/respond", body)

    async def until(self, said: Callable[[], bool]) -> None:
        """Let time pass until `said` is true."""
        await self.time.until(said)

    async def until_over(self) -> None:
        """Let time pass until what began last is over."""
        await self.until(self.play.done.done)

    async def call(self, method: str, path: str, body: Any = None, *, takes_s: float = 0.0) -> Any:
        """Make a call, let its time pass once it has arrived, and decode the answer.

        An answer that is no JSON is its text, or None where it has none.
        """
        calling = asyncio.create_task(self._call(method, path, body))
        arrived = len(self.kanban.requests) + 1
        async with asyncio.timeout(PATIENCE_S):
            while len(self.kanban.requests) < arrived and not calling.done():
                await asyncio.wait([calling], timeout=_GLANCE_S)
            await self.time.advance(takes_s)
            return await calling

    async def end(self) -> None:
        """Let what began last end by itself."""
        ending = asyncio.create_task(self.kanban.end(self.execution_id))
        await self.time.advance(STOP_TAKES_S)
        await ending

    async def _call(self, method: str, path: str, body: Any) -> Any:
        url = self.kanban.url + path
        async with self.http.request(method, url, json=body) as answer:
            text = await answer.text()
            if answer.content_type == "application/json":
                return json.loads(text)
            return text or None

    async def log(self) -> list[Row]:
        """Read the log that began last as it is served now: what each change says of its entry."""
        return [op["value"]["content"] for op in await self._operations()]

    async def entries(self) -> list[Row]:
        """Read that log, and say what each entry has become, in the order of their numbers."""
        latest = {op["path"]: op["value"]["content"] for op in await self._operations()}
        return [latest[path] for path in sorted(latest, key=lambda path: int(path.split("/")[2]))]

    async def _operations(self) -> list[Row]:
        frames: list[str] = []
        path = f"/api/execution-processes/{self.execution_id}/normalized-logs/ws"
        said = len(self.kanban.execution(self.execution_id).log.history)
        async with asyncio.timeout(PATIENCE_S), self.http.ws_connect(self.kanban.url + path) as ws:
            while self.kanban.execution(self.execution_id).log.ended or len(frames) < said:
                frames.append(await ws.receive_str())
                if frames[-1] == FINISHED:
                    break
        return [op for frame in frames for op in json.loads(frame).get("JsonPatch", [])]

    @property
    def _queue_path(self) -> str:
        return f"/api/sessions/{self.play.session_id}/queue"

    def _executor(self, config: dict[str, str]) -> Row:
        key = "executor_profile_id" if self.older else "executor_config"
        return {key: OF_CLAUDE | config}
