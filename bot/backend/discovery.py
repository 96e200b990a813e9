"""Find out what starts, changes and ends on a backend: one stream of workspaces, watches below it.

Every change of an execution pokes its workspace (docs/vibe-kanban.md, 12), so a workspace's patch
means "look at its sessions".
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec
import structlog

from bot.backend import schema
from bot.backend.backoff import Backoff
from bot.backend.decode import BrokenFrame, decode_state_frame
from bot.backend.errors import BROKEN_OFF, BackendError, NotReachable
from bot.backend.generation import Generation
from bot.backend.held_rows import HeldRows
from bot.backend.rows import execution_of, timestamp
from bot.backend.session_rows import session_rows
from bot.backend.workspace_watch import Source, StateSocket, Watching, WorkspaceWatch
from bot.entries.story import Execution
from bot.i18n import Sentence
from bot.live.clock import Clock
from bot.live.ports import Health, Listener
from bot.live.tasks import Tasks

FRESH_MARGIN = timedelta(seconds=2)
"""How much older than the first connection an execution may be that is not history."""

MISSED_AT_MOST = timedelta(hours=1)
"""How long ago an execution may have begun that nobody saw, to be shown when it is over."""

_MOMENT = timedelta(microseconds=1)

WORKSPACES_KEPT = 10_000
"""How many workspaces are remembered, to see what changed while the connection was lost."""

_log = structlog.get_logger(__name__)
_ROWS = msgspec.json.Decoder(dict[str, schema.WorkspaceRow])
_ROW = msgspec.json.Decoder(schema.WorkspaceRow)
_ROOT = "/workspaces"


class DiscoverySource(Source, Protocol):
    """What discovery asks of a backend."""

    async def generation(self) -> Generation:
        """Find out what answers."""

    def workspaces_stream(self) -> AbstractAsyncContextManager[StateSocket]:
        """Open the stream of every workspace."""


@dataclass(slots=True)
class _Remembered:
    """The workspaces that were told of last; `whole` once one connection has told every one."""

    rows: dict[str, schema.WorkspaceRow] = field(default_factory=dict)
    whole: bool = False


@dataclass(slots=True)
class _Told:
    """What the listener was told of the connection last."""

    up: bool = False
    problem: Sentence | None = None
    anything: bool = False


class Discovery:
    """Tells a listener what happens on one backend, through every loss of the connection.

    What is known survives a connection: workspaces, to see which changed meanwhile, and rows.
    """

    def __init__(
        self, source: DiscoverySource, clock: Clock, chance: Callable[[], float], name: str = ""
    ) -> None:
        self._source = source
        self._clock = clock
        self._chance = chance
        self._name = name
        self._told = _Told()
        self._version: str | None = None
        self._since: datetime | None = None
        self._held: HeldRows | None = None
        self._connected: _Workspaces | None = None
        self._remembered = _Remembered()

    def health(self) -> Health:
        """Tell what is known of the connection now."""
        return Health(self._name, self._told.up, self._version, self._told.problem)

    def worktree(self, workspace_id: str) -> str | None:
        """Return a workspace's directory, where it is known."""
        row = self._remembered.rows.get(workspace_id)
        return row.container_ref if row else None

    async def history(self, session_id: str, workspace_id: str) -> tuple[Execution, ...]:
        """Ask for every row of a session, and from now on for the end of those that run.

        Raises BackendError.
        """
        rows = await session_rows(self._source, session_id)
        executions = tuple(execution_of(row, workspace_id, self._name) for row in rows)
        if self._held is not None:
            for execution in executions:
                if execution.running:
                    self._held.streamed(execution)
        if self._connected is not None:
            self._connected.look(workspace_id)
        return executions

    async def run(self, listener: Listener, since: datetime | None = None) -> None:
        """Connect, tell, connect again, forever; also of what began after `since` and is over."""
        self._since = since
        backoff = Backoff(self._chance)
        while True:
            problem: BackendError = NotReachable(BROKEN_OFF)
            try:
                await self._stay_connected(listener, backoff)
            except* BackendError as failures:
                problem = first_of(failures)
            self._tell(listener, up=False, problem=problem.told)
            await self._clock.sleep(backoff.delay_s())

    async def _stay_connected(self, listener: Listener, backoff: Backoff) -> None:
        """Follow the stream of workspaces until it ends."""
        generation = await self._source.generation()
        self._version = generation.version
        if self._held is None:
            self._held = HeldRows(
                fresh_since(generation.server_time or self._clock.wall(), self._since)
            )
        watching = Watching(
            self._source, listener, self._held, self._clock, self._chance, self._name
        )
        async with self._source.workspaces_stream() as socket, Tasks(self._clock) as tasks:
            workspaces = _Workspaces(watching, self._remembered, tasks)
            self._connected = workspaces
            try:
                while (text := await socket.receive()) is not None:
                    backoff.reset()
                    self._tell(listener, up=True, problem=None)
                    workspaces.take(text)
            finally:
                self._connected = None
                tasks.cancel_all()

    def _tell(self, listener: Listener, *, up: bool, problem: Sentence | None) -> None:
        """Tell the listener of the connection when something about it has changed."""
        told = _Told(up, problem, anything=True)
        if told != self._told:
            self._told = told
            listener.connection_changed(self._name, up, problem)


class _Workspaces:
    """The workspaces of one connection, and a watch for each in which something happens."""

    def __init__(self, watching: Watching, remembered: _Remembered, tasks: Tasks) -> None:
        self._watching = watching
        self._remembered = remembered
        self._rows = remembered.rows
        self._tasks = tasks
        self._warned = False
        self._watches: dict[str, WorkspaceWatch] = {}

    def take(self, text: str) -> None:
        """Take a frame in; what cannot be read costs one line in the log."""
        try:
            for op in decode_state_frame(text).patch:
                self._take_operation(op)
        except (BrokenFrame, msgspec.DecodeError, RecursionError):
            if not self._warned:
                self._warned = True
                _log.warning("workspaces.frame_broken", chars=len(text))

    def look(self, workspace_id: str) -> None:
        """Look into a workspace now, though nothing was told of it."""
        self._look(workspace_id, self._rows.get(workspace_id))

    def _take_operation(self, op: schema.StateOp) -> None:
        if op.path == _ROOT:
            self._take_snapshot(_ROWS.decode(op.value))
            return
        if not op.path.startswith(_ROOT + "/"):
            return
        workspace_id = op.path.removeprefix(_ROOT + "/")
        if op.op == "remove":
            if self._rows.pop(workspace_id, None) is not None:
                self._look(workspace_id, None)
            return
        row = _ROW.decode(op.value)
        self._keep(workspace_id, row)
        self._look(workspace_id, row)

    def _keep(self, workspace_id: str, row: schema.WorkspaceRow) -> None:
        """Remember a row, and forget the one that was silent longest where there are too many."""
        self._rows.pop(workspace_id, None)
        self._rows[workspace_id] = row
        if len(self._rows) > WORKSPACES_KEPT:
            del self._rows[next(iter(self._rows))]

    def _take_snapshot(self, rows: dict[str, schema.WorkspaceRow]) -> None:
        """Look where something runs, or has changed since the last connection."""
        before, known = dict(self._rows), self._remembered.whole
        self._rows.clear()
        for workspace_id, row in sorted(rows.items(), key=lambda item: item[1].is_running):
            self._keep(workspace_id, row)
        held = {row.workspace_id for row in self._watching.rows.running()}
        for workspace_id, row in rows.items():
            changed = row != before.get(workspace_id) if known else self._is_fresh(row)
            if row.is_running or changed or workspace_id in held:
                self._look(workspace_id, row)
        for workspace_id in held - rows.keys():
            self._look(workspace_id, None)
        self._remembered.whole = True

    def _is_fresh(self, row: schema.WorkspaceRow) -> bool:
        """Whether something may have begun that is no history (docs/vibe-kanban.md, 44)."""
        touched_at = timestamp(row.updated_at)
        return touched_at is not None and touched_at >= self._watching.rows.since

    def _look(self, workspace_id: str, row: schema.WorkspaceRow | None) -> None:
        watch = self._watches.get(workspace_id)
        if watch is None:
            watch = self._watches[workspace_id] = WorkspaceWatch(workspace_id, self._watching)
            self._tasks.spawn(f"watch workspace {workspace_id}", partial(self._watch, watch))
        watch.poke(row)

    async def _watch(self, watch: WorkspaceWatch) -> None:
        await watch.run()
        del self._watches[watch.workspace_id]
        if watch.poked:
            self._look(watch.workspace_id, self._rows.get(watch.workspace_id))


def fresh_since(now: datetime, shown: datetime | None) -> datetime:
    """Decide from when on an execution is no history: since the newest one that was shown.

    Where nothing was shown, or only long ago, what is over stays history.
    """
    if shown is None:
        return now - FRESH_MARGIN
    return min(now - FRESH_MARGIN, max(shown + _MOMENT, now - MISSED_AT_MOST))


def first_of(failures: BaseExceptionGroup[BackendError]) -> BackendError:
    """Return one failure of a group, however deep it lies."""
    inner = failures.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
