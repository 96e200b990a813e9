"""Read one execution's log to its true end, through cuts, early ends and repeats.

The read loop is eager: a server drops lines for whoever reads slowly, so `emit` is a plain call.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import structlog

from bot.backend import schema
from bot.backend.backoff import Backoff
from bot.backend.decode import LogDecoder
from bot.backend.errors import BackendError, NotFound
from bot.backend.rows import execution_of
from bot.backend.script_output import ScriptOutput, script_of
from bot.entries.events import (
    Cleared,
    Finished,
    Interrupted,
    LogEvent,
    Put,
    Removed,
    Reopened,
    Settled,
)
from bot.entries.model import INVISIBLE, Content
from bot.entries.story import Execution, ExecutionKind
from bot.live.clock import Clock

SILENCE_S = 0.3
"""A burst that repeats the past may be over after so long a silence."""

LONG_BURST_S = 1.0
SHORT_SILENCE_S = 0.05
PAST_PER_S = 300
"""One that has lasted so long may be over after so short a silence, unless it told more than so
much a second, as a server does that repeats itself: an agent that talks without a pause would
otherwise be taken for its own past."""

PAUSES_COUNT_AFTER_S = 3.0
"""After so long a pause is the end of the burst, even if something that was shown is missing."""

BURST_AT_MOST_S = 5.0
"""A burst that never pauses is taken for new after so long."""

FAST_BURST_AT_MOST_S = 60.0
"""The same for one that tells more than PAST_PER_S."""

EARLY_RETRIES = 20
EARLY_RETRY_S = 0.5
"""When a log that ends before it begins is opened again (docs/vibe-kanban.md, 18)."""

IDLE_S = 15.0
"""After so long a silence the row is asked whether there is anything to wait for."""

CONFIRM_AFTER_S = 0.5
CONFIRM_SILENCE_S = 2.0
"""When, and to which pause, a log is read once more after its end (docs/vibe-kanban.md, 20)."""

MOST_FRAMES = 1_000_000
"""Where a log that is read once more is given up."""

_log = structlog.get_logger(__name__)

Emit = Callable[[LogEvent], None]


class LogSocket(Protocol):
    """The receiving side of a log socket."""

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next frame or None at the end; TimeoutError leaves the socket usable."""


class LogSource(Protocol):
    """Where logs and rows come from."""

    def log(self, execution_id: str, *, raw: bool) -> AbstractAsyncContextManager[LogSocket]:
        """Open a log from its beginning."""

    async def execution(self, execution_id: str) -> schema.ExecutionRow:
        """Ask for a row."""


@dataclass(slots=True)
class _Log:
    """What is known of the log over all of its connections."""

    execution: Execution
    emit: Emit
    raw: bool
    decoder: LogDecoder
    after_cut: Backoff
    after_end: Backoff
    early_retries: int = EARLY_RETRIES
    longest: int = 0
    """Most operations any connection has told."""
    shown: int = 0
    """How many entries the last connection showed."""
    output: ScriptOutput = field(default_factory=ScriptOutput)


class _Connection:
    """One reading of the log from its beginning; passes its events on."""

    def __init__(self, log: _Log, now: float) -> None:
        self.operations = 0
        self.settled = False
        self._paused = False
        self.visible: set[int] = set()
        self._log = log
        self._decoder = log.decoder
        self._decoder.reopened()
        self._burst_since = now
        log.output = ScriptOutput()
        log.emit(Reopened())
        if log.raw:
            self._emit(script_put(log))

    def take(self, text: str, now: float) -> bool:
        """Pass on what a frame says; return whether it was the last."""
        frame = self._decoder.decode(text)
        for event in frame.events:
            self._emit(event)
        if frame.output and self._log.raw:
            self._log.output.append(frame.output)
            self._emit(script_put(self._log))
        self.operations += len(frame.events) + bool(frame.output)
        if self.operations:
            self._log.after_cut.reset()
            repeated = 0 < self._log.longest <= self.operations
            if frame.finished or repeated or self._lasts_too_long(now - self._burst_since):
                self.settle()
        return frame.finished

    def _lasts_too_long(self, lasted_s: float) -> bool:
        """Whether a burst that never paused is taken for new: a slow one sooner than a fast one."""
        slow = self.operations < PAST_PER_S * lasted_s
        return lasted_s > (BURST_AT_MOST_S if slow else FAST_BURST_AT_MOST_S)

    def patience_s(self, now: float) -> float:
        """How long a silence says something."""
        if self.settled:
            return IDLE_S
        lasted_s = now - self._burst_since
        if self._paused:
            return SILENCE_S
        talks = lasted_s > LONG_BURST_S and 0 < self.operations < PAST_PER_S * lasted_s
        return SHORT_SILENCE_S if talks else SILENCE_S

    def pause(self, now: float) -> None:
        """Say that there is a silence: perhaps what follows is new, late in a burst surely."""
        if now - self._burst_since > PAUSES_COUNT_AFTER_S:
            self.settle()
        elif self.operations and not self.settled:
            self._paused = True
            self._log.emit(Settled(surely=False))

    def settle(self) -> None:
        """Say that what follows is new; a connection that told nothing has nothing to say."""
        if self.operations and not self.settled:
            self.settled = True
            self._log.emit(Settled())

    def _emit(self, event: LogEvent) -> None:
        note_visible(self.visible, event)
        if isinstance(event, Cleared):
            self.settled = False
        self._log.emit(event)


class LogReader:
    """Reads logs; each call of `read` is one execution, cancelled to close its socket at once."""

    def __init__(self, source: LogSource, clock: Clock, chance: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._chance = chance

    async def read(
        self, execution: Execution, emit: Emit, worktree: str | None = None
    ) -> Execution:
        """Emit the log's events, `Finished` last and once; returns the row it ended with.

        Each connection begins with `Reopened`; `Settled` follows when what it repeats is over, and
        `Interrupted` when it breaks.
        """
        raw = execution.kind is not ExecutionKind.AGENT
        log = _Log(
            execution,
            emit,
            raw,
            LogDecoder(execution.id, worktree),
            Backoff(self._chance),
            Backoff(self._chance),
        )
        while True:
            finished = await self._connect(log)
            if finished and await self._ended(log):
                break
            if not finished:
                emit(Interrupted())
            await self._clock.sleep(_pause_s(log, finished=finished))
        await self._confirm(log)
        if raw:
            emit(script_put(log))
        emit(Finished())
        return log.execution

    async def _connect(self, log: _Log) -> bool:
        """Read one connection to its end; return whether the log says that it is complete.

        A log that is not there counts as one that ended before it began (docs/vibe-kanban.md, 18).
        """
        log.shown = 0
        try:
            async with self._source.log(log.execution.id, raw=log.raw) as socket:
                connection = _Connection(log, self._clock.now())
                try:
                    return await self._read_on(log, connection, socket)
                finally:
                    log.longest = max(log.longest, connection.operations)
                    log.shown = len(connection.visible) if connection.operations else 0
        except NotFound:
            return True
        except BackendError as error:
            _log.debug("log.unavailable", execution=log.execution.id, why=str(error))
            return False

    async def _read_on(self, log: _Log, connection: _Connection, socket: LogSocket) -> bool:
        while True:
            try:
                text = await socket.receive(connection.patience_s(self._clock.now()))
            except TimeoutError:
                idle = connection.settled
                connection.pause(self._clock.now())
                if idle and await self._ended(log):
                    return True
                continue
            if text is None:
                return False
            if connection.take(text, self._clock.now()):
                return True

    async def _ended(self, log: _Log) -> bool:
        """Ask the row, which alone knows (docs/vibe-kanban.md, 13); one that is gone has ended."""
        try:
            row = await self._source.execution(log.execution.id)
        except NotFound:
            return True
        except BackendError:
            return False
        log.execution = execution_of(row, log.execution.workspace_id, log.execution.backend)
        return not log.execution.running

    async def _confirm(self, log: _Log) -> None:
        """Read the log once more where the live one may lack its end (docs/vibe-kanban.md, 20).

        What is read replaces what was, unless it is less: a log file may lag behind.
        """
        if log.raw and log.shown and log.output.excerpt():
            return
        await self._clock.sleep(CONFIRM_AFTER_S)
        contents: dict[int, Content] = {}
        again = replace(log, emit=partial(fold_contents, contents))
        if not await self._read_quickly(again):
            return
        visible = sum(not isinstance(content, INVISIBLE) for content in contents.values())
        if not visible or visible < log.shown:
            return
        log.output = again.output
        log.emit(Reopened())
        for position, content in sorted(contents.items(), key=lambda item: item[0]):
            log.emit(Put(position, content))
        log.emit(Settled())

    async def _read_quickly(self, log: _Log) -> bool:
        """Read a log that has ended; return whether it came whole and without a long pause."""
        try:
            async with self._source.log(log.execution.id, raw=log.raw) as socket:
                connection = _Connection(log, self._clock.now())
                for _ in range(MOST_FRAMES):
                    text = await socket.receive(CONFIRM_SILENCE_S)
                    if text is None or connection.take(text, self._clock.now()):
                        return text is not None
        except (BackendError, TimeoutError):
            return False
        return False


def script_put(log: _Log) -> Put:
    """Tell a script as it stands."""
    return Put(0, script_of(log.execution, log.output.excerpt()))


def note_visible(visible: set[int], event: LogEvent) -> None:
    """Keep count of which positions show something."""
    match event:
        case Put(position=position, content=content) if not isinstance(content, INVISIBLE):
            visible.add(position)
        case Put(position=position) | Removed(position=position):
            visible.discard(position)
        case Cleared():
            visible.clear()


def fold_contents(contents: dict[int, Content], event: LogEvent) -> None:
    """Keep the newest content of each position."""
    match event:
        case Put(position=position, content=content):
            contents[position] = content
        case Removed(position=position):
            contents.pop(position, None)
        case Cleared():
            contents.clear()


def _pause_s(log: _Log, *, finished: bool) -> float:
    """Decide how long to wait before the log is opened again."""
    if not finished:
        return log.after_cut.delay_s()
    if not log.shown and log.early_retries:
        log.early_retries -= 1
        return EARLY_RETRY_S
    return log.after_end.delay_s()
