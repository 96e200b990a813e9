"""Turn the server's rows into domain executions and workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bot.backend import schema
from bot.backend.excerpts import cap
from bot.entries.model import ScriptKind
from bot.entries.story import Execution, ExecutionKind, ExecutionStatus, Workspace

LONGEST_CHAIN = 50
"""Most steps of an action's chain that are walked."""

_ACTION = msgspec.json.Decoder(schema.ExecutorAction)
_STATUS = {status.value: status for status in ExecutionStatus}
_SCRIPTS = {
    "SetupScript": (ExecutionKind.SETUP, ScriptKind.SETUP),
    "CleanupScript": (ExecutionKind.CLEANUP, ScriptKind.CLEANUP),
    "ToolInstallScript": (ExecutionKind.SETUP, ScriptKind.TOOL_INSTALL),
}
_REASONS = {
    "setupscript": (ExecutionKind.SETUP, ScriptKind.SETUP),
    "cleanupscript": (ExecutionKind.CLEANUP, ScriptKind.CLEANUP),
    "codingagent": (ExecutionKind.AGENT, None),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workspace's row does not hold: repositories as (id, name), and what its task says."""

    repositories: tuple[tuple[str, str], ...] = ()
    title: str | None = None
    project_id: str | None = None


def execution_of(row: schema.ExecutionRow, workspace_id: str, backend: str = "") -> Execution:
    """Convert an execution's row; prompt and agent of a script come from the agent to follow."""
    steps = list(_steps(row.executor_action))
    kind, script = _kind(steps[0] if steps else None, row.run_reason)
    agent = next((step for step in steps if step.type != "ScriptRequest"), None)
    return Execution(
        id=row.id,
        session_id=row.session_id,
        workspace_id=workspace_id,
        kind=kind,
        status=_STATUS.get(row.status, ExecutionStatus.FAILED),
        started_at=timestamp(row.started_at) or datetime.fromtimestamp(0, UTC),
        completed_at=timestamp(row.completed_at),
        exit_code=row.exit_code,
        dropped=row.dropped,
        prompt=cap(agent.prompt)[0] if agent and agent.prompt else None,
        agent=_agent(agent),
        script=script,
        backend=backend,
    )


def workspace_of(row: schema.WorkspaceRow, around: Surroundings, backend: str = "") -> Workspace:
    """Convert a workspace's row; a task's title goes before the name that the server made."""
    return Workspace(
        id=row.id,
        name=around.title or row.name,
        branch=row.branch,
        repositories=around.repositories,
        container_path=row.container_ref,
        backend=backend,
        project_id=around.project_id,
    )


def names_of(rows: list[schema.NamedRow]) -> tuple[tuple[str, str], ...]:
    """Name repositories, or projects, as people know them."""
    return tuple((row.id, row.display_name or row.name or row.id) for row in rows)


def timestamp(text: str | None) -> datetime | None:
    """Parse RFC 3339 with 0, 3 or 9 fractional digits; None for anything else."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _steps(action: msgspec.Raw) -> Iterator[schema.ActionStep]:
    """Walk the chain; an action that cannot be parsed (docs/vibe-kanban.md, 8) has no steps."""
    try:
        step: schema.ExecutorAction | None = _ACTION.decode(action)
    except (msgspec.DecodeError, RecursionError):
        return
    for _ in range(LONGEST_CHAIN):
        if step is None:
            return
        yield step.typ
        step = step.next_action


def _kind(
    step: schema.ActionStep | None, run_reason: str
) -> tuple[ExecutionKind, ScriptKind | None]:
    """Decide by what runs: the run reason misleads among scripts (docs/vibe-kanban.md, 9)."""
    if step is None or not step.type:
        return _REASONS.get(run_reason, (ExecutionKind.ASIDE, None))
    if step.type != "ScriptRequest":
        return ExecutionKind.AGENT, None
    return _SCRIPTS.get(str(step.context), (ExecutionKind.ASIDE, None))


def _agent(step: schema.ActionStep | None) -> str | None:
    config = step and (step.executor_config or step.executor_profile_id)
    return config.executor.lower().replace("_", "-") or None if config else None
