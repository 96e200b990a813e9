"""Which executions are announced, and when a row has to be asked for; bookkeeping without I/O.

Streams may repeat themselves, lag and lie about the end (docs/vibe-kanban.md, 13): a row that
a stream calls terminal is asked for by HTTP first, and what has ended never runs again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.entries.story import Execution

ENDED_KEPT = 10_000
"""How many ended executions are remembered."""

_MOMENT = timedelta(microseconds=1)


class Verdict(Enum):
    """What to do with a row."""

    ANNOUNCE = auto()
    ASK = auto()
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class _Ended:
    """What is remembered of an ended execution."""

    started_at: datetime
    dropped: bool


class HeldRows:
    """The executions this process has announced.

    Fresh are running ones and those that began at or after `since`; others are history. What is
    forgotten becomes history: it is never announced again.
    """

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._running: dict[str, Execution] = {}
        self._ended: dict[str, _Ended] = {}

    @property
    def since(self) -> datetime:
        """What began before this moment is history."""
        return self._since

    def running(self, workspace_id: str | None = None) -> tuple[Execution, ...]:
        """List what runs as far as is known, of one workspace or of all."""
        rows = self._running.values()
        return tuple(row for row in rows if workspace_id in (None, row.workspace_id))

    def knows(self, execution_id: str) -> bool:
        """Tell whether an execution was ever announced."""
        return execution_id in self._running or execution_id in self._ended

    def streamed(self, execution: Execution) -> Verdict:
        """Take a row from a stream."""
        if execution.id in self._ended:
            return Verdict.IGNORE
        held = self._running.get(execution.id)
        if execution.running:
            self._running[execution.id] = execution
            return Verdict.IGNORE if execution == held else Verdict.ANNOUNCE
        fresh = held is not None or execution.started_at >= self._since
        return Verdict.ASK if fresh else Verdict.IGNORE

    def answered(self, execution: Execution) -> Verdict:
        """Take a row that was asked for: the truth."""
        if execution.running:
            return self.streamed(execution)
        self._running.pop(execution.id, None)
        before = self._ended.get(execution.id)
        self._ended[execution.id] = ended = _Ended(execution.started_at, execution.dropped)
        if len(self._ended) > ENDED_KEPT:
            self._forget_oldest()
        return Verdict.IGNORE if before == ended else Verdict.ANNOUNCE

    def removed(self, execution_id: str) -> bool:
        """Forget a row that is gone; return whether it was known."""
        known = self.knows(execution_id)
        self._running.pop(execution_id, None)
        self._ended.pop(execution_id, None)
        return known

    def _forget_oldest(self) -> None:
        forgotten = self._ended.pop(next(iter(self._ended)))
        self._since = max(self._since, forgotten.started_at + _MOMENT)
