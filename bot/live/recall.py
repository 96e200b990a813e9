"""What happened in a session while nobody looked, asked for before anything in it is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from bot.entries.story import Execution, ExecutionKind, ExecutionStatus
from bot.live.clock import Clock
from bot.live.ports import Backend, BackendError
from bot.live.stores import PastStore, StoredView
from bot.live.tasks import Tasks
from bot.live.turn import Turn, history

log = structlog.get_logger(__name__)

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Pauses between attempts to learn a session's past; the last is repeated."""

MOST_ATTEMPTS = 5
"""After so many attempts a session that goes on is shown from here on, without its past."""


@dataclass(frozen=True, slots=True)
class Past:
    """A session as its backend tells it now, and who waits for what.

    `unfinished` names by turn the views of an earlier run that are not complete. `announced` are
    executions that were told of meanwhile.
    """

    session_id: str
    turns: tuple[Turn, ...]
    unfinished: Mapping[str, Sequence[StoredView]]
    announced: frozenset[str] = frozenset()

    def matters(self, turn: Turn) -> bool:
        """Whether a turn is to be followed: the others were over before.

        One that began after a turn that is not complete was never shown to anybody.
        """
        began = [view.started_at for views in self.unfinished.values() for view in views]
        return (
            turn.running
            or turn.id in self.unfinished
            or any(execution.id in self.announced for execution in turn.executions)
            or (bool(began) and turn.executions[0].started_at > min(began))
        )


@dataclass(slots=True)
class _Session:
    """A session whose past is not known yet, and what was announced of it meanwhile."""

    id: str
    workspace_id: str
    backend: str
    views: list[StoredView] = field(default_factory=list)
    rows: dict[str, Execution] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    asked: bool = False


class Recall:
    """Sessions whose past has to be learned; `learned` is told of each, once.

    Until then what is announced of them is kept here. A backend that is away is asked when it
    comes, however long that takes.
    """

    def __init__(
        self,
        backends: Mapping[str, Backend],
        clock: Clock,
        tasks: Tasks,
        past: PastStore,
        learned: Callable[[Past], None],
    ) -> None:
        self._backends = backends
        self._clock = clock
        self._tasks = tasks
        self._past = past
        self._learned = learned
        self._sessions: dict[str, _Session] = {}

    def expect(self, views: Iterable[StoredView]) -> None:
        """Take the views of an earlier run that are not complete."""
        for view in views:
            if view.backend not in self._backends:
                log.info("view.of_no_backend", view=view.id, backend=view.backend)
                continue
            session = _Session(view.session_id, view.workspace_id, view.backend)
            self._sessions.setdefault(view.session_id, session).views.append(view)

    def connected(self, backend: str) -> None:
        """Ask a backend that has come for everything that is expected of it."""
        for session in self._sessions.values():
            if session.backend == backend:
                self._ask(session)

    def begin(self, execution: Execution) -> None:
        """Learn the past of a session in which something began before anybody looked."""
        session = _Session(execution.session_id, execution.workspace_id, execution.backend)
        session.rows[execution.id] = execution
        self._sessions[session.id] = session
        self._ask(session)

    def keeps(self, execution: Execution) -> bool:
        """Keep a row for later; False when its session's past is known."""
        session = self._sessions.get(execution.session_id)
        if session is not None:
            session.rows[execution.id] = execution
        return session is not None

    def removed(self, execution_id: str) -> None:
        """Note that a row is gone, whichever session it was of."""
        for session in self._sessions.values():
            session.removed.add(execution_id)

    def _ask(self, session: _Session) -> None:
        if not session.asked:
            session.asked = True
            work = partial(self._learn, session)
            self._tasks.spawn(f"recall {session.id}", work, forever=True)

    async def _learn(self, session: _Session) -> None:
        rows = await self._rows(session)
        names = await self._past.turns_of(session.id)
        if self._sessions.pop(session.id, None) is None:
            return
        now = self._clock.wall()
        for row in session.rows.values():
            known = rows.get(row.id)
            if known is None or known.running:
                rows[row.id] = row
        told = [thrown_away(r, now) if r.id in session.removed else r for r in rows.values()]
        unfinished: dict[str, list[StoredView]] = {}
        for view in session.views:
            unfinished.setdefault(view.turn_id, []).append(view)
        turns = history(told, names | unfinished.keys())
        self._learned(Past(session.id, turns, unfinished, frozenset(session.rows)))

    async def _rows(self, session: _Session) -> dict[str, Execution]:
        """Ask until there is an answer; the rows of the views that wait are among them."""
        attempts = 0
        while True:
            try:
                return await self._ask_once(session)
            except BackendError as failure:
                log.info("session.not_recalled", session=session.id, why=str(failure))
            attempts += 1
            if attempts >= MOST_ATTEMPTS and session.rows:
                return {}
            await self._clock.sleep(PAUSES_S[min(attempts, len(PAUSES_S)) - 1])

    async def _ask_once(self, session: _Session) -> dict[str, Execution]:
        backend = self._backends[session.backend]
        told = await backend.history(session.id, session.workspace_id)
        rows = {execution.id: execution for execution in told}
        for view in session.views:
            if view.turn_id not in rows:
                row = await backend.execution(view.turn_id, view.workspace_id) or _vanished(view)
                rows[row.id] = thrown_away(row, self._clock.wall())
        return rows


def thrown_away(execution: Execution, now: datetime) -> Execution:
    """What becomes of a row that is no longer there: dropped, and killed where it ran."""
    if not execution.running:
        return replace(execution, dropped=True)
    return replace(execution, dropped=True, status=ExecutionStatus.KILLED, completed_at=now)


def _vanished(view: StoredView) -> Execution:
    """All that is known of a turn whose rows are gone."""
    return Execution(
        view.turn_id,
        view.session_id,
        view.workspace_id,
        ExecutionKind.AGENT,
        ExecutionStatus.RUNNING,
        view.started_at,
        prompt=view.title,
        backend=view.backend,
    )
