"""The bodies that clients send, as strictly as the server reads them."""

from __future__ import annotations

from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Struct

from .catalog import AGENTS
from .era import DIALECTS, Era

S = TypeVar("S")


class Executor(Struct, omit_defaults=True):
    """Which agent is to work, and how; the older generation knows the first two fields."""

    executor: str
    variant: str | None = None
    model_id: str | None = None
    agent_id: str | None = None
    reasoning_id: str | None = None
    permission_policy: Literal["AUTO", "SUPERVISED", "PLAN"] | None = None

    def __post_init__(self) -> None:
        """Take kebab and lower case, too."""
        self.executor = self.executor.upper().replace("-", "_")
        if self.executor not in AGENTS:
            raise ValueError("unknown variant")


class Target(Struct):
    """A repository, and the branch to work against."""

    repo_id: UUID
    target_branch: str


class Start(Struct):
    """A workspace to begin."""

    prompt: str
    repos: list[Target]
    name: str | None = None
    linked_issue: dict[str, Any] | None = None
    attachment_ids: list[UUID] | None = None


class Task(Struct):
    """A task to create."""

    project_id: UUID
    title: str
    description: str | None = None
    status: Literal["todo", "inprogress", "inreview", "done", "cancelled"] | None = None
    parent_workspace_id: UUID | None = None
    image_ids: list[UUID] | None = None

    @property
    def prompt(self) -> str:
        """What its agent is told."""
        return "\n\n".join(filter(None, [self.title, self.description]))


class TaskStart(Struct):
    """A task to create, and to begin."""

    task: Task
    repos: list[Target]


class Attempt(Struct):
    """A task to begin."""

    task_id: UUID
    repos: list[Target]


class FollowUp(Struct):
    """A prompt for a session."""

    prompt: str
    retry_process_id: UUID | None = None
    force_when_dirty: bool | None = None
    perform_git_reset: bool | None = None


class Queued(Struct):
    """A message to keep for later."""

    message: str


class Archived(Struct):
    """Which workspaces to tell of."""

    archived: bool


class Approved(Struct, tag_field="status", tag="approved"):
    """The tool may be used."""


class Denied(Struct, tag_field="status", tag="denied"):
    """The tool may not be used."""

    reason: str | None = None


class Pending(Struct, tag_field="status", tag="pending"):
    """Nothing is decided."""


class TimedOut(Struct, tag_field="status", tag="timed_out"):
    """Nobody decided in time."""


class Answer(Struct):
    """What was chosen, or written, for one question."""

    question: str
    answer: list[str]


class Answered(Struct, tag_field="status", tag="answered"):
    """The questions have their answers."""

    answers: list[Answer]


class Response(Struct):
    """A decision; the execution is demanded and not looked at."""

    execution_process_id: UUID
    status: Approved | Denied | TimedOut | Answered


class OlderResponse(Struct):
    """A decision in the older generation, which has no questions."""

    execution_process_id: UUID
    status: Approved | Denied | Pending | TimedOut


async def body_of(request: web.Request, shape: type[S]) -> S:
    """Read a body: without its content type it is 415, no JSON is 400, a wrong shape 422."""
    return _converted(await _json(request), shape)


async def executor_of(request: web.Request, era: Era) -> Executor:
    """Read which agent is asked for, under the name that the era has for it."""
    body = await _json(request)
    found = body.get(DIALECTS[era].executor_key) if isinstance(body, dict) else None
    return _converted(found, Executor)


async def _json(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Expected request with JSON content type")
    try:
        return msgspec.json.decode(await request.read())
    except msgspec.DecodeError:
        raise web.HTTPBadRequest(text="Failed to parse the request body as JSON") from None


def _converted(value: Any, shape: type[S]) -> S:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        text = f"Failed to deserialize the JSON body into the target type: {error}"
        raise web.HTTPUnprocessableEntity(text=text) from None
