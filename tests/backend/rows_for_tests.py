"""Rows and executions, for tests."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bot.backend import schema
from bot.entries.model import ScriptKind
from bot.entries.story import Execution, ExecutionKind, ExecutionStatus

STARTED = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
ACTION = b'{"typ":{"type":"CodingAgentInitialRequest","prompt":"do X"}}'


def row(status: str = "running", **changes: object) -> schema.ExecutionRow:
    """An agent's row."""
    plain = schema.ExecutionRow(
        id="e1",
        session_id="s1",
        status=status,
        run_reason="codingagent",
        executor_action=msgspec.Raw(ACTION),
        started_at="2026-11-22T14:02:00Z",
        completed_at=None if status == "running" else "2026-11-22T14:02:07.5Z",
    )
    return msgspec.structs.replace(plain, **changes)


def execution(status: ExecutionStatus = ExecutionStatus.RUNNING) -> Execution:
    """An agent's execution."""
    return Execution("e1", "s1", "w1", ExecutionKind.AGENT, status, STARTED)


def script() -> Execution:
    """A setup script's execution."""
    return Execution(
        "e1",
        "s1",
        "w1",
        ExecutionKind.SETUP,
        ExecutionStatus.RUNNING,
        STARTED,
        script=ScriptKind.SETUP,
    )
