"""A play's own identity: fresh ids in place of the recorded ones, and the present time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import msgspec

from . import instants
from .recording import Header
from .steps import Kind, Step
from .timeline import Timeline
from .warp import Warp

_TIMES = frozenset(
    {"created_at", "updated_at", "started_at", "completed_at", "timeout_at", "queued_at"}
)
_ASKED_AT = b'"requested_at"'
_DIRECTORIES = frozenset({"working_dir", "agent_working_dir"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a play happens, and what was asked for there.

    `known` are recorded ids that stand for something that exists already, and `directory` is then
    its worktree's. Without a `prompt` it is the recorded one.
    """

    repository: str
    project: str
    prompt: str | None = None
    known: dict[str, str] = field(default_factory=dict)
    directory: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What of a recording is another in each play: ids, the worktree's directory, times, place."""

    workspace: str
    session: str
    executions: dict[str, str]
    replacements: tuple[tuple[bytes, bytes], ...]
    warp: Warp
    zero_s: float
    start_s: float
    place: Place

    @classmethod
    def fresh(
        cls, header: Header, timeline: Timeline, warp: Warp, *, start_s: float, place: Place
    ) -> Identity:
        """Draw new ids for everything in a recording that has one; its play starts at `start_s`."""
        steps = timeline.steps
        recorded = [header.workspace, header.session, *(e.id for e in header.executions)]
        recorded += [*timeline.ids(Kind.APPROVAL), *timeline.ids(Kind.TASK)]
        renamed = {old: place.known.get(old) or str(uuid4()) for old in recorded}
        pairs = dict(renamed)
        for project_id in _projects(steps):
            pairs[project_id] = place.project
        old = _directory(steps)
        new = place.directory or renamed[header.workspace][:4] + old[4:]
        for before in ("/", "-"):
            pairs[before + old] = before + new
        return cls(
            workspace=renamed[header.workspace],
            session=renamed[header.session],
            executions={e.id: renamed[e.id] for e in header.executions},
            replacements=tuple((a.encode(), b.encode()) for a, b in pairs.items()),
            warp=warp,
            zero_s=timeline.zero_s,
            start_s=start_s,
            place=place,
        )

    def rename(self, body: bytes | msgspec.Raw) -> bytes:
        """Put the play's ids and directory in place of the recorded ones."""
        renamed = bytes(body)
        for old, new in self.replacements:
            renamed = renamed.replace(old, new)
        return renamed

    def document(self, body: bytes | msgspec.Raw) -> Any:
        """Decode a step's body, with ids, times and repository of the play."""
        return self._present(msgspec.json.decode(self.rename(body)))

    def frame(self, body: bytes | msgspec.Raw, patience_s: float) -> bytes:
        """Rename a frame of a log; who is asked in it, is asked now, and has so long to answer."""
        renamed = self.rename(body)
        if _ASKED_AT not in renamed:
            return renamed
        document = msgspec.json.decode(renamed)
        for operation in document["JsonPatch"]:
            status = operation["value"]["content"]["entry_type"]["status"]
            asked_s = self._moment(status["requested_at"])
            status |= {
                "requested_at": instants.write(asked_s),
                "timeout_at": instants.write(asked_s + patience_s),
            }
        return msgspec.json.encode(document)

    def _moment(self, recorded: str) -> float:
        return self.start_s + self.warp(instants.parse(recorded) - self.zero_s)

    def _present(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._field(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._present(item) for item in value]
        return value

    def _field(self, key: str, value: Any) -> Any:
        if key in _DIRECTORIES and value:
            return self.place.repository
        if key == "prompt" and self.place.prompt is not None:
            return self.place.prompt
        if key in _TIMES and isinstance(value, str):
            return instants.write(self._moment(value), instants.digits(value))
        return self._present(value)


def _projects(steps: Iterable[Step]) -> set[str]:
    changes = (msgspec.json.decode(step.body) for step in steps if step.kind is Kind.TASK)
    return {change["value"]["project_id"] for change in changes if "value" in change}


def _directory(steps: Iterable[Step]) -> str:
    """Name the worktree's directory: four digits of the workspace's id, and what follows them."""
    first = next(step for step in steps if step.kind is Kind.WORKSPACE)
    branch: str = msgspec.json.decode(first.body)["value"]["branch"]
    return branch.removeprefix("vk/")
