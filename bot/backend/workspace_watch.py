"""Watch one workspace while something happens in it: its sessions, their executions, their ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec
import structlog

from bot.backend import schema
from bot.backend.backoff import Backoff
from bot.backend.decode import BrokenFrame, decode_state_frame
from bot.backend.errors import BackendError, NotFound
from bot.backend.held_rows import HeldRows, Verdict
from bot.backend.rows import Surroundings, execution_of, workspace_of
from bot.entries.story import Execution, Workspace
from bot.live.clock import Clock
from bot.live.ports import Listener
from bot.live.tasks import Tasks

ASK_AGAIN_S = 10.0
"""How often the row of something that runs is asked for, whatever the streams say."""

ASK_SOON_S = (0.0, 0.3, 1.0, 3.0)
"""When rows are asked for after their workspace said that it stands still."""

RETRY_S = 1.0
WAIT_FOR_HEADER = 3
"""How often what stands above a turn is asked for in vain before the turn goes on without it."""

LINGER_S = 5.0
"""A workspace in which nothing runs or happens for so long is watched no more."""

_log = structlog.get_logger(__name__)
_ROWS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROW = msgspec.json.Decoder(schema.ExecutionRow)
_ROOT = "/execution_processes"


class StateSocket(Protocol):
    """The receiving side of a state stream."""

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next frame, or None at the end."""


class Source(Protocol):
    """What watching asks of a backend."""

    async def execution(self, execution_id: str) -> schema.ExecutionRow:
        """Ask for a row."""

    async def sessions(self, workspace_id: str) -> list[schema.SessionRow]:
        """List a workspace's sessions."""

    async def surroundings(self, workspace: schema.WorkspaceRow) -> Surroundings:
        """Ask for what stands around a workspace."""

    def session_stream(self, session_id: str) -> AbstractAsyncContextManager[StateSocket]:
        """Open a session's stream."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What every watch of one connection shares."""

    source: Source
    listener: Listener
    rows: HeldRows
    clock: Clock
    chance: Callable[[], float]
    backend: str


class WorkspaceWatch:
    """Everything about one workspace, as children of one task: `run`.

    Header data is announced before the executions that stand under it, where the backend has it:
    it is decoration, and what it lacks is asked for until it comes.
    """

    def __init__(self, workspace_id: str, watching: Watching) -> None:
        self.workspace_id = workspace_id
        self.poked = True
        """Whether anything happened since the watch last thought of ending."""
        self._with = watching
        self._row: schema.WorkspaceRow | None = None
        self._around: Surroundings | None = None
        self._around_failures = 0
        self._announced: Workspace | None = None
        self._looked = False
        self._poked = asyncio.Event()
        self._asked = asyncio.Event()
        self._to_ask: dict[str, None] = {}
        self._sessions: set[str] = set()
        self._stopped = asyncio.Event()

    def poke(self, row: schema.WorkspaceRow | None) -> None:
        """Look at the sessions again; the row is new, or None when the workspace is gone."""
        was_running = self._row is not None and self._row.is_running
        self._row = row or self._row
        self.poked = True
        self._poked.set()
        if row is None or (not row.is_running and (was_running or self._runs())):
            self._stopped.set()
        if self._looked:
            self._announce_workspace()

    async def run(self) -> None:
        """Watch until nothing has run or happened for a while."""
        self._sessions.clear()
        async with Tasks(self._with.clock) as tasks:
            tasks.spawn("look at sessions", lambda: self._look_when_poked(tasks))
            tasks.spawn("ask for rows", self._ask_for_rows)
            tasks.spawn("ask soon", self._ask_when_stopped)
            tasks.spawn("ask again", self._ask_again)
            self.ask(*(row.id for row in self._runs()))
            while self.poked or self._runs() or (self._row and self._row.is_running):
                self.poked = False
                await self._with.clock.sleep(LINGER_S)
            tasks.cancel_all()

    def ask(self, *execution_ids: str) -> None:
        """Ask for rows by HTTP, soon and once each."""
        self._to_ask.update(dict.fromkeys(execution_ids))
        if self._to_ask:
            self._asked.set()

    def _runs(self) -> tuple[Execution, ...]:
        return self._with.rows.running(self.workspace_id)

    # --- sessions ---------------------------------------------------------------------------------

    async def _look_when_poked(self, tasks: Tasks) -> None:
        while True:
            await self._poked.wait()
            self._poked.clear()
            try:
                await self._look(tasks)
            except BackendError as error:
                _log.debug("workspace.look_failed", workspace=self.workspace_id, why=str(error))
                await self._with.clock.sleep(RETRY_S)
                self._poked.set()

    async def _look(self, tasks: Tasks) -> None:
        """Open the stream of every session that has none yet. Raises BackendError to come again."""
        missing = await self._learn_surroundings()
        if missing is not None and self._around_failures < WAIT_FOR_HEADER:
            raise missing
        try:
            sessions = await self._with.source.sessions(self.workspace_id)
        except NotFound:
            sessions = []
        self._looked = True
        self._announce_workspace()
        for session in sessions:
            if session.id not in self._sessions:
                self._sessions.add(session.id)
                tasks.spawn(f"follow session {session.id}", partial(self._follow, session.id))
        if missing is not None:
            raise missing

    async def _learn_surroundings(self) -> BackendError | None:
        """Ask once in a watch, and return why there was no answer.

        What may change is asked again when something happens next.
        """
        if self._around is not None or self._row is None:
            return None
        try:
            self._around = await self._with.source.surroundings(self._row)
        except NotFound:
            self._around = Surroundings()
        except BackendError as error:
            self._around_failures += 1
            return error
        return None

    def _announce_workspace(self) -> None:
        if self._row is None:
            return
        around = self._around or Surroundings()
        workspace = workspace_of(self._row, around, self._with.backend)
        if workspace != self._announced:
            self._announced = workspace
            self._with.listener.workspace_changed(workspace)

    # --- streams ----------------------------------------------------------------------------------

    async def _follow(self, session_id: str) -> None:
        """Keep a session's stream open; whenever it ends, ask for what it may have left out."""
        backoff = Backoff(self._with.chance)
        warned = False
        while True:
            try:
                async with self._with.source.session_stream(session_id) as socket:
                    while (text := await socket.receive()) is not None:
                        backoff.reset()
                        if not self._take(text) and not warned:
                            warned = True
                            _log.warning("session.frame_broken", session=session_id)
            except BackendError as error:
                _log.debug("session.lost", session=session_id, why=str(error))
            self.ask(*(row.id for row in self._runs() if row.session_id == session_id))
            await self._with.clock.sleep(backoff.delay_s())

    def _take(self, text: str) -> bool:
        """Take a frame of a session's stream in; return whether all of it could be read."""
        try:
            patch = decode_state_frame(text).patch
        except BrokenFrame:
            return False
        unread = [op for op in patch if not self._take_operation(op)]
        return not unread

    def _take_operation(self, op: schema.StateOp) -> bool:
        if op.path == _ROOT:
            return self._take_rows(op.value)
        if not op.path.startswith(_ROOT + "/"):
            return True
        if op.op == "remove":
            self._removed(op.path.removeprefix(_ROOT + "/"))
            return True
        return self._take_row(op.value)

    def _take_rows(self, value: msgspec.Raw) -> bool:
        try:
            rows = _ROWS.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return False
        unread = [row for row in rows.values() if not self._take_row(row)]
        return not unread

    def _take_row(self, value: msgspec.Raw) -> bool:
        try:
            row = _ROW.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return False
        execution = execution_of(row, self.workspace_id, self._with.backend)
        self._act(execution, self._with.rows.streamed(execution))
        return True

    def _removed(self, execution_id: str) -> None:
        """Look after a removed row: streams tell of every row of the server, dropped ones too."""
        if self._with.rows.knows(execution_id):
            self.ask(execution_id)

    def _act(self, execution: Execution, verdict: Verdict) -> None:
        if verdict is Verdict.ANNOUNCE:
            self._with.listener.execution_changed(execution)
        elif verdict is Verdict.ASK:
            self.ask(execution.id)

    # --- rows -------------------------------------------------------------------------------------

    async def _ask_for_rows(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            asked, self._to_ask = self._to_ask, {}
            unanswered = [one for one in asked if not await self._ask_one(one)]
            if unanswered:
                await self._with.clock.sleep(RETRY_S)
                self.ask(*unanswered)

    async def _ask_one(self, execution_id: str) -> bool:
        """Ask for one row and announce what it says; return whether there was an answer."""
        try:
            row = await self._with.source.execution(execution_id)
        except NotFound:
            if self._with.rows.removed(execution_id):
                self._with.listener.execution_removed(execution_id)
        except BackendError:
            return False
        else:
            execution = execution_of(row, self.workspace_id, self._with.backend)
            self._act(execution, self._with.rows.answered(execution))
        return True

    async def _ask_when_stopped(self) -> None:
        """Ask soon and a few times when the workspace says that nothing runs."""
        while True:
            await self._stopped.wait()
            self._stopped.clear()
            for pause_s in ASK_SOON_S:
                await self._with.clock.sleep(pause_s)
                self.ask(*(row.id for row in self._runs()))

    async def _ask_again(self) -> None:
        """Ask now and then: no stream can be relied on."""
        while True:
            await self._with.clock.sleep(ASK_AGAIN_S)
            self.ask(*(row.id for row in self._runs()))
