"""Follows one turn: its executions' logs, its story, and the views that show it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

import structlog

from bot.entries.alignment import Known
from bot.entries.model import Entry
from bot.entries.salient import kind_of
from bot.entries.story import DiffTotal, Execution, ExecutionKind, Header, Outcome, Story, Workspace
from bot.live.clock import Clock
from bot.live.follower import Follower, settle
from bot.live.heading import header
from bot.live.ports import Backend, BackendError, LinkedChat
from bot.live.turn import Logs, Turn, outcome, over_at
from bot.live.view import View

log = structlog.get_logger(__name__)

READ_ONCE_S = 30.0
"""How long a log nobody followed is read after the end, for the notice."""

READ_NOW_S = 10.0
"""How long one log is read for somebody who asks for it."""

STOP_ALSO_S = 1.0
"""What still appears so soon after a stop is stopped too."""

LATE_S = 2.0
"""A log that is opened so long after its beginning tells its past first, in one go."""

SPOKEN = frozenset({"answer", "thinking", "tool"})
"""Kinds of entries that prove that an agent got going."""


class TurnFollower:
    """One turn as it stands, and when it is over.

    `revision` grows with every visible change; `story()` is computed once per revision. Only the
    chats of `audience` get a view (None: every one). `restored`: some view goes on in messages of
    an earlier run, so that nothing may be said before the logs were read again.
    """

    def __init__(
        self,
        turn: Turn,
        workspace: Workspace | None,
        clock: Clock,
        *,
        audience: frozenset[int] | None = None,
    ) -> None:
        self.turn = turn
        self.audience = audience
        self.workspace = workspace
        self.followers: dict[str, Follower] = {}
        self.reading: dict[str, asyncio.Task[None]] = {}
        self.views: dict[int, View] = {}
        self.outcome: Outcome | None = None
        self.workspace_total: DiffTotal | None = None
        self.counting = False
        self.agent_followed = False
        self.connection_lost = False
        self.restored = False
        self.stop_until = float("-inf")
        self.revision = 1
        self.opening = 0
        self._known: list[Known] = []
        self._clock = clock
        self._terminal_at: dict[str, float] = {}
        self._away = False
        self._back_at = float("-inf")
        self._changed = asyncio.Event()
        self._told: tuple[int, Story] | None = None

    # --- what comes in ----------------------------------------------------------------------------

    def take(self, turn: Turn, execution: Execution) -> None:
        """Take the turn's newest rows."""
        before = self.header
        self.turn = turn
        if not execution.running:
            self._terminal_at.setdefault(execution.id, self._clock.now())
        follower = self.followers.get(execution.id)
        if follower is not None:
            follower.update(execution)
        self.stir()
        if self.header != before or execution.kind is not ExecutionKind.AGENT:
            self.show()

    def is_for(self, chat: LinkedChat) -> bool:
        """Whether the turn is of the chat's repositories (none chosen: of any)."""
        chosen = chat.settings.repositories
        if not chosen:
            return True
        return self.workspace is not None and not self.workspace.choices.isdisjoint(chosen)

    def see(self, workspace: Workspace) -> None:
        """Take new header data."""
        before = self.header
        self.workspace = workspace
        if self.header != before:
            self.show()

    def see_backend(self, *, away: bool) -> None:
        """The backend came or went: what it had not told yet is waited for."""
        if self._away and not away:
            self._back_at = self._clock.now()
        self._away = away
        self.stir()

    def lose_connection(self, lost: bool) -> None:
        """Say in the last line that the backend is away, or no longer."""
        if lost != self.connection_lost:
            self.connection_lost = lost
            self.show()

    def log_changed(self, visible: bool, finished: bool) -> None:  # a callback
        """A log went on, or is complete."""
        if visible:
            self.show()
        if finished:
            self.stir()

    def show(self) -> None:
        """The story changed: let the views know. Every frame does this, so nobody else wakes."""
        self.revision += 1
        for view in self.views.values():
            view.poke()

    def stir(self) -> None:
        """A row or a log's end came: look again whether the turn is over."""
        self._changed.set()

    def follow(self, follower: Follower) -> None:
        """Take an execution that belongs to the turn."""
        self.followers[follower.execution.id] = follower
        if not self.opening:
            self._seed(follower)

    def remember(self, known: Iterable[Known]) -> None:
        """Take what a view of an earlier run has shown."""
        self._known.extend(known)
        self.restored = True

    def opened(self) -> None:
        """A view is open; with the last of them the logs may be read."""
        self.opening -= 1
        if not self.opening:
            for follower in self.followers.values():
                self._seed(follower)
            self.want_logs()
            self.stir()

    def _seed(self, follower: Follower) -> None:
        """Let an unread log's entries have the keys under which they were shown."""
        follower.behind = follower.behind or (self.restored and not follower.touched)
        own = f"{follower.execution.id}/"
        shown = [known for known in self._known if known.key.startswith(own)]
        if shown and not follower.touched:
            follower.transcript.seed(shown)

    def want_logs(self) -> None:
        """Read the logs exactly while some view wants their content.

        Views that are being opened come first: what they have shown must be known before.
        """
        if self.opening:
            return
        wanted = any(view.wants_content for view in self.views.values())
        details = any(view.wants_details or view.wants_digest for view in self.views.values())
        for follower in self.followers.values():
            if wanted and self._comes_late(follower):
                follower.transcript.expect_past()
            follower.want(wanted, details=details)

    def _comes_late(self, follower: Follower) -> bool:
        """Whether a log that nobody has read yet has much to tell at once."""
        if follower.touched or follower.reading:
            return False
        age = self._clock.wall() - follower.execution.started_at
        return age.total_seconds() >= LATE_S

    # --- what it tells ----------------------------------------------------------------------------

    @property
    def header(self) -> Header:
        """What stands above the turn."""
        return header(self.turn, self.workspace)

    @property
    def running(self) -> bool:
        """Whether the turn has not ended yet."""
        return self.outcome is None

    def story(self) -> Story:
        """The turn as it stands."""
        if self._told is None or self._told[0] != self.revision:
            self._told = (self.revision, self._tell())
        return self._told[1]

    def _tell(self) -> Story:
        first = min(self.turn.executions, key=lambda e: e.started_at)
        return Story(
            self.header,
            self.entries(),
            started_at=first.started_at,
            outcome=self.outcome,
            connection_lost=self.connection_lost and self.outcome is None,
            closing=self.outcome is None and not self.turn.running,
            tokens=sum(follower.transcript.tokens or 0 for follower in self.followers.values()),
            workspace_total=self.workspace_total,
            counting=self.counting,
        )

    def entries(self) -> tuple[Entry, ...]:
        """Every execution's entries, in the order of the executions."""
        return tuple(
            settle(entry, follower.execution) if self.outcome is not None else entry
            for follower in self._in_order()
            for entry in follower.entries()
        )

    def _in_order(self) -> Iterator[Follower]:
        for execution in self.turn.executions:
            if execution.id in self.followers:
                yield self.followers[execution.id]

    def began_before(self, other: TurnFollower) -> bool:
        """Whether this turn began before another one."""
        return self.turn.executions[0].started_at < other.turn.executions[0].started_at

    # --- its end ----------------------------------------------------------------------------------

    async def until_over(self) -> None:
        """Wait until none of its executions runs, their logs are read and nothing follows."""
        while True:
            self._changed.clear()
            at = self._over_at()
            if at is not None and at <= self._clock.now():
                return
            await self._clock.wait(self._changed, None if at is None else at - self._clock.now())

    def _over_at(self) -> float | None:
        """When it is over, as far as is known; views that are being opened come first."""
        if self.opening:
            return None
        finished = frozenset(
            id_
            for id_, follower in self.followers.items()
            if follower.finished or not follower.reading
        )
        behind = frozenset(id_ for id_, f in self.followers.items() if f.behind) - finished
        if behind and self._away:
            return None
        learned = {
            id_: max(at, self._back_at) if id_ in behind else at
            for id_, at in self._terminal_at.items()
        }
        logs = Logs(finished, behind)
        return over_at(self.turn, learned, logs, agent_followed=self.agent_followed)

    async def read_once(self) -> None:
        """Read to their ends logs that nobody followed, where a notice needs their facts.

        The time while the backend is away does not count.
        """
        unread = [
            follower
            for follower in self.followers.values()
            if not (follower.finished or follower.reading)
        ]
        if not unread or not any(view.wants_log_at_end for view in self.views.values()):
            return
        details = any(view.wants_digest for view in self.views.values())
        for follower in unread:
            follower.want(True, details=details)
        deadline = self._clock.now() + READ_ONCE_S
        while not all(follower.finished for follower in unread):
            if self._away:
                deadline = self._clock.now() + READ_ONCE_S
            left = deadline - self._clock.now()
            if left <= 0:
                return
            self._changed.clear()
            if not all(follower.finished for follower in unread):
                await self._clock.wait(self._changed, None if self._away else left)

    async def count_changes(self, backend: Backend) -> None:
        """Ask what the workspace changed in all, if some chat is told; without, it is left out."""
        if not self.counting:
            return
        try:
            self.workspace_total = await backend.diff_total(self.turn.workspace_id)
        except BackendError as failure:
            log.info("changes.unknown", turn=self.turn.id, why=str(failure))
        finally:
            self.counting = False
            self._hurry_all()

    async def whole_story(self) -> Story:
        """Tell the turn with everything its logs hold, for somebody who asks for it."""
        entries: list[Entry] = []
        for follower in self._in_order():
            whole = await follower.read_whole(self._clock, READ_NOW_S)
            if self.outcome is not None:
                whole = tuple(settle(entry, follower.execution) for entry in whole)
            entries += whole
        return replace(self.story(), entries=tuple(entries))

    def let_go(self) -> None:
        """Forget the logs of a turn that is over and shown."""
        self._told = None
        for follower in self.followers.values():
            follower.let_go()
        for view in self.views.values():
            view.let_go()

    def end(self) -> None:
        """Say how it ended; from here on no entry is added. A digest waits for `count_changes`."""
        agent = self.turn.agent
        spoke = agent is not None and any(
            kind_of(entry.content) in SPOKEN
            for entry in (self.followers[agent.id].entries() if agent.id in self.followers else ())
        )
        self.outcome = outcome(self.turn, agent_spoke=spoke)
        self.counting = any(view.wants_digest for view in self.views.values())
        self._hurry_all()

    def _hurry_all(self) -> None:
        self.revision += 1
        for view in self.views.values():
            view.hurry()
