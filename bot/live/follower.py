"""Follows one execution: reads its log into a transcript, or waits while nobody wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.entries.events import Finished, Interrupted, LogEvent, Put, Settled
from bot.entries.model import Entry, Script, ScriptKind, Tool, ToolStatus
from bot.entries.shedding import without_details
from bot.entries.story import Execution, ExecutionKind, ExecutionStatus
from bot.entries.transcript import Transcript, over
from bot.live.clock import Clock
from bot.live.ports import Backend

log = structlog.get_logger(__name__)

_STATUSES = {
    ExecutionStatus.RUNNING: ToolStatus.RUNNING,
    ExecutionStatus.COMPLETED: ToolStatus.SUCCEEDED,
    ExecutionStatus.FAILED: ToolStatus.FAILED,
    ExecutionStatus.KILLED: ToolStatus.CANCELLED,
}


class Follower:
    """One execution's transcript, however many chats show it.

    `run` reads while the log is wanted; else the socket is closed. What was read stays, within
    bounds. `changed` is told whether a person could see a change, and whether the log is complete.
    """

    def __init__(
        self, execution: Execution, backend: Backend, changed: Callable[[bool, bool], None]
    ) -> None:
        self.execution = execution
        self.transcript = Transcript(execution.id)
        self.finished = False
        self.behind = False
        self.touched = False
        self._backend = backend
        self._changed = changed
        self._details = False
        self._wanted = asyncio.Event()
        self._unwanted = asyncio.Event()
        self._unwanted.set()

    def want(self, wanted: bool, *, details: bool = False) -> None:
        """Say whether any chat needs this log, and whether one shows the output of all there is.

        Details that nobody wanted were let go: for them the log is read again.
        """
        (self._wanted if wanted else self._unwanted).set()
        (self._unwanted if wanted else self._wanted).clear()
        if details and not self._details and self.touched:
            self._unwanted.set()
        self._details = details

    @property
    def reading(self) -> bool:
        """Whether the log is being read, and not yet to its end."""
        return self._wanted.is_set() and not self.finished

    def update(self, execution: Execution) -> None:
        """Take the newest row."""
        self.execution = execution

    def entries(self) -> tuple[Entry, ...]:
        """What a person may see of this execution, in order."""
        entries = self.transcript.snapshot().entries
        if entries or self.execution.kind is ExecutionKind.AGENT:
            return entries
        return (_unread_script(self.execution),)

    async def run(self) -> None:
        """Read the log to its end, whenever it is wanted; returns when it is complete."""
        while not self.finished:
            await self._wanted.wait()
            if not self._wanted.is_set():
                continue  # it was wanted for a moment only
            self._unwanted.clear()
            reading = asyncio.ensure_future(self._backend.read_log(self.execution, self._emit))
            stopping = asyncio.ensure_future(self._unwanted.wait())
            try:
                await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                if not reading.done():
                    reading.cancel()
                await asyncio.wait({reading, stopping})
            if reading.cancelled():
                continue
            reading.result()
            self._finish()

    async def read_whole(self, clock: Clock, limit_s: float) -> tuple[Entry, ...]:
        """Read the log anew, whatever was let go of it, for at most `limit_s` seconds.

        Where that tells nothing it is what is remembered.
        """
        whole = Transcript(self.execution.id, limit_chars=float("inf"))
        settled = asyncio.Event()

        def emit(event: LogEvent) -> None:
            whole.fold(event)
            if isinstance(event, Settled | Finished):
                settled.set()

        reading = asyncio.ensure_future(self._backend.read_log(self.execution, emit))
        reading.add_done_callback(lambda _: settled.set())
        try:
            await clock.wait(settled, limit_s)
        finally:
            reading.cancel()
            await asyncio.wait({reading})
        if not reading.cancelled() and (error := reading.exception()) is not None:
            log.warning("log.not_read", execution=self.execution.id, error=type(error).__name__)
        return whole.snapshot().entries or self.entries()

    def let_go(self) -> None:
        """Forget what was read: nobody shows it any more."""
        self.transcript = Transcript(self.execution.id)

    def _emit(self, event: LogEvent) -> None:
        self.touched = True
        self.finished = self.finished or isinstance(event, Finished)
        if isinstance(event, Put) and not self._details:
            event = Put(event.position, without_details(event.content))
        visible = self.transcript.fold(event)
        if isinstance(event, Interrupted | Settled | Finished):
            again = self.transcript.reading_again and not self.finished
            self.behind = isinstance(event, Interrupted) or again
        if visible or self.finished:
            self._changed(visible, self.finished)

    def _finish(self) -> None:
        if not self.finished:
            self._emit(Finished())


def _unread_script(execution: Execution) -> Entry:
    """A script whose log nobody has read yet, told from its row."""
    script = Script(execution.script or ScriptKind.SETUP, ToolStatus.RUNNING)
    return Entry(f"{execution.id}/0", judged(script, execution), complete=not execution.running)


def judged(script: Script, execution: Execution) -> Script:
    """Return a script with the end that its row tells."""
    duration_s = (
        (execution.completed_at - execution.started_at).total_seconds()
        if execution.completed_at is not None
        else None
    )
    return replace(
        script,
        status=_STATUSES[execution.status],
        exit_code=execution.exit_code,
        duration_s=duration_s,
    )


def settle(entry: Entry, execution: Execution) -> Entry:
    """Settle an entry of an execution that is over, also where its log has not told its end.

    What still "runs" or waits never will, and no text grows any more; what is "created" stays as
    it is.
    """
    content = entry.content
    if isinstance(content, Script) and content.status is ToolStatus.RUNNING:
        content = judged(content, execution)
    if isinstance(content, Tool | Script):
        content = over(content)
    return replace(entry, content=content, complete=True)
