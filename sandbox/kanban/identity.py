"""A play's own identity: fresh ids in place of the recorded ones, and the present time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from . import instants
from .recording import Header
from .timeline import Kind, Step
from .warp import Warp

_TIMES = frozenset(
    {"created_at", "updated_at", "started_at", "completed_at", "timeout_at", "queued_at"}
)


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
    repository: str

    @classmethod
    def fresh(
        cls, header: Header, steps: Iterable[Step], warp: Warp, *, start_s: float, repository: str
    ) -> Identity:
        """Draw new ids for everything in a recording that has one; its play starts at `start_s`."""
        steps = tuple(steps)
        recorded = [header.workspace, header.session, *(e.id for e in header.executions)]
        renamed = {old: str(uuid4()) for old in [*recorded, *_approvals(steps)]}
        old, new = header.workspace[:4], renamed[header.workspace][:4]
        pairs = renamed | {f"{old}-workspace": f"{new}-workspace"}
        return cls(
            workspace=renamed[header.workspace],
            session=renamed[header.session],
            executions={e.id: renamed[e.id] for e in header.executions},
            replacements=tuple((a.encode(), b.encode()) for a, b in pairs.items()),
            warp=warp,
            zero_s=_zero(steps),
            start_s=start_s,
            repository=repository,
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

    def _present(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._field(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._present(item) for item in value]
        return value

    def _field(self, key: str, value: Any) -> Any:
        if key == "working_dir" and value:
            return self.repository
        if key in _TIMES and isinstance(value, str):
            at_s = self.start_s + self.warp(instants.parse(value) - self.zero_s)
            return instants.write(at_s, instants.digits(value))
        return self._present(value)


def _approvals(steps: Iterable[Step]) -> set[str]:
    paths = (msgspec.json.decode(s.body)["path"] for s in steps if s.kind is Kind.APPROVAL)
    return {path.rpartition("/")[2] for path in paths}


def _zero(steps: Iterable[Step]) -> float:
    """Find the instant at which the recording's time was zero."""
    first = next(step for step in steps if step.kind is Kind.WORKSPACE)
    created: str = msgspec.json.decode(first.body)["value"]["created_at"]
    return instants.parse(created) - first.at_s
