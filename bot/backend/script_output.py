"""Fold the chunks of a script's raw output into the end of it, in bounded memory."""

from __future__ import annotations

from bot.backend.excerpts import tail
from bot.entries.model import Excerpt, Script, ScriptKind, ToolStatus
from bot.entries.story import Execution, ExecutionStatus

KEPT_CHARS = 65_536
"""Most characters kept; twice as many may be there between two cuts."""

_STATUS = {
    ExecutionStatus.RUNNING: ToolStatus.RUNNING,
    ExecutionStatus.COMPLETED: ToolStatus.SUCCEEDED,
    ExecutionStatus.FAILED: ToolStatus.FAILED,
    ExecutionStatus.KILLED: ToolStatus.CANCELLED,
}


class ScriptOutput:
    """The output so far; chunks are no lines, so nothing is done with them but to join them."""

    def __init__(self) -> None:
        self._text = ""
        self._dropped_lines = 0

    def append(self, chunk: str) -> None:
        """Add what came."""
        self._text += chunk
        if len(self._text) > 2 * KEPT_CHARS:
            dropped = self._text[:-KEPT_CHARS]
            self._dropped_lines += dropped.count("\n")
            self._text = self._text[-KEPT_CHARS:]

    def excerpt(self) -> Excerpt | None:
        """Return its last lines."""
        return tail(self._text, dropped_lines=self._dropped_lines)


def script_of(execution: Execution, output: Excerpt | None) -> Script:
    """Tell a script's whole execution as one content."""
    ended = execution.completed_at
    return Script(
        execution.script or ScriptKind.SETUP,
        _STATUS[execution.status],
        execution.exit_code,
        max(0.0, (ended - execution.started_at).total_seconds()) if ended else None,
        output,
    )
