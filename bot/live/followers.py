"""Every turn that is followed and every view that shows one: who starts, who ends, who may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import structlog

from bot.entries.alignment import Known
from bot.entries.story import Execution, ExecutionStatus, Story, Workspace
from bot.i18n import Sentence, sentence
from bot.live.chain import Chain, Link
from bot.live.follower import Follower
from bot.live.ports import (
    Backend,
    BackendError,
    Health,
    LinkedChat,
    MuteStore,
    NewView,
    StoredView,
)
from bot.live.tasks import Tasks
from bot.live.turn import Turn, assign
from bot.live.turn_follower import STOP_ALSO_S, TurnFollower
from bot.live.turns import Turns
from bot.live.view import View, Wiring
from bot.rendering.transcript import Cover

log = structlog.get_logger(__name__)

CONNECTION_LOST_S = 30.0
"""How long a backend is away before the views say so."""


class Followers(Turns):
    """Listens to the backends and keeps a view per linked chat and turn.

    Listener calls are plain and never wait; everything that waits is a task of `tasks`.
    """

    def __init__(
        self,
        backends: Mapping[str, Backend],
        wiring: Wiring,
        mutes: MuteStore,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._backends = backends
        self._wiring = wiring
        self._mutes = mutes
        self._tasks = tasks
        self._chats: dict[int, LinkedChat] = {}
        self._sessions: dict[str, tuple[Turn, ...]] = {}
        self._writers: dict[int, asyncio.Task[None]] = {}
        self._opening: set[tuple[int, str]] = set()
        self._away: dict[str, asyncio.Event] = {}

    async def start(self, chats: Iterable[LinkedChat]) -> None:
        """Take the linked chats and the mutes, then watch every backend."""
        self._chats = {chat.id: chat for chat in chats}
        self._muted = set(await self._mutes.muted())
        for backend in self._backends.values():
            self._tasks.spawn(f"watch {backend.name}", partial(backend.watch, self), forever=True)

    # --- what the backends tell (Listener) --------------------------------------------------------

    def workspace_changed(self, workspace: Workspace) -> None:
        """Keep the header data and hand it to the workspace's turns."""
        self._workspaces[workspace.id] = workspace
        for turn in self._running.values():
            if turn.turn.workspace_id == workspace.id:
                turn.see(workspace)
                self._open_views(turn)

    def execution_changed(self, execution: Execution) -> None:
        """Fold a row into its session's turns; start, feed or stop what follows from it."""
        before = self._sessions.get(execution.session_id, ())
        assigned = assign(before, execution)
        self._sessions[execution.session_id] = assigned.turns
        if assigned.turn is None:
            return
        follower = self._running.get(assigned.turn.id)
        if follower is None:
            if len(assigned.turns) == len(before):
                return
            follower = self._begin(assigned.turn)
        if execution.id not in follower.followers:
            self._follow(follower, execution)
        follower.take(assigned.turn, execution)
        self._end_waits(execution, follower)

    def execution_removed(self, execution_id: str) -> None:
        """A row is gone: its turn was reset."""
        for turns in tuple(self._sessions.values()):
            for turn in turns:
                row = turn.find(execution_id)
                if row is not None and turn.id in self._running:
                    self.execution_changed(self._dropped(row))

    def _dropped(self, row: Execution) -> Execution:
        if not row.running:
            return replace(row, dropped=True)
        now = self._wiring.clock.wall()
        return replace(row, dropped=True, status=ExecutionStatus.KILLED, completed_at=now)

    def connection_changed(self, backend: str, up: bool, problem: Sentence | None) -> None:
        """Say in the views that the connection is lost, when it stays so."""
        event = self._away.pop(backend, None)
        if up:
            log.info("backend.connected", backend=backend)
            if event is not None:
                event.set()
            self._tell_connection(backend, lost=False)
            return
        log.warning("backend.lost", backend=backend, problem=str(problem))
        back = event or asyncio.Event()
        self._away[backend] = back
        if event is None:
            self._tasks.spawn(f"away {backend}", lambda: self._stay_away(backend, back))

    async def _stay_away(self, backend: str, back: asyncio.Event) -> None:
        if not await self._wiring.clock.wait(back, CONNECTION_LOST_S):
            self._tell_connection(backend, lost=True)

    def _tell_connection(self, backend: str, *, lost: bool) -> None:
        for turn in self._running.values():
            if turn.turn.backend == backend:
                turn.lose_connection(lost)

    # --- a turn's life ----------------------------------------------------------------------------

    def _begin(self, turn: Turn) -> TurnFollower:
        follower = TurnFollower(turn, self._workspaces.get(turn.workspace_id), self._wiring.clock)
        self._running[turn.id] = follower
        self._tasks.spawn(f"turn {turn.id}", lambda: self._live(follower))
        self._open_views(follower)
        return follower

    def _follow(self, turn: TurnFollower, execution: Execution) -> None:
        follower = Follower(execution, self._backends[execution.backend], turn.log_changed)
        turn.follow(follower)
        turn.reading[execution.id] = self._tasks.spawn(f"log {execution.id}", follower.run)
        turn.want_logs()

    def _end_waits(self, execution: Execution, home: TurnFollower) -> None:
        """Another agent in the session ends the wait of those before it; a stop goes on."""
        if execution.id == (home.turn.agent.id if home.turn.agent else None):
            for other in self._running.values():
                if other is not home and other.turn.session_id == execution.session_id:
                    other.agent_followed = True
                    other.stir()
        if execution.running and self._wiring.clock.now() < home.stop_until:
            self._tasks.spawn(f"stop {execution.id}", lambda: self._stop_quietly(execution))

    async def _live(self, turn: TurnFollower) -> None:
        await turn.until_over()
        await turn.read_once()
        turn.end()
        for reading in turn.reading.values():
            reading.cancel()
        for view in tuple(turn.views.values()):
            await view.complete.wait()
            await self._wiring.store.end(
                view.id, turn.outcome.kind.value if turn.outcome else "", turn.header.title
            )
        self._running.pop(turn.turn.id, None)
        self._ended.append(turn)

    # --- views ------------------------------------------------------------------------------------

    def _open_views(self, turn: TurnFollower) -> None:
        for chat in self._chats.values():
            key = (chat.id, turn.turn.id)
            if chat.id in turn.views or key in self._opening or not self._may_see(chat, turn):
                continue
            self._opening.add(key)
            turn.opening += 1
            self._tasks.spawn(
                f"view {key}",
                partial(self._open_view, chat, turn),
                done=partial(self._opened, key, turn),
            )

    def _may_see(self, chat: LinkedChat, turn: TurnFollower) -> bool:
        """Whether the turn is of the chat's repositories (none chosen: of any)."""
        chosen = chat.settings.repositories
        if not chosen:
            return True
        return turn.workspace is not None and not turn.workspace.choices.isdisjoint(chosen)

    async def _open_view(self, chat: LinkedChat, turn: TurnFollower) -> None:
        try:
            if chat.id in turn.views:
                return
            stored = await self._wiring.store.begin(
                NewView(
                    chat.id,
                    turn.turn.id,
                    turn.turn.workspace_id,
                    turn.turn.session_id,
                    turn.turn.backend,
                    turn.header.title,
                    turn.story().started_at,
                )
            )
            current = self._chats.get(chat.id)
            if current is None or not turn.running:
                return
            muted = (chat.id, turn.turn.workspace_id) in self._muted
            view = View(stored.id, current, turn, self._wiring, muted=muted)
            view.chain = restored(stored)
            turn.remember(known(stored))
            turn.views[chat.id] = view
            view.poke()
            self._writers[view.id] = self._tasks.spawn(
                f"writer {view.id}", view.run, done=partial(self._written, view)
            )
        except LookupError as forgotten:
            log.info("view.forgotten", chat=chat.id, why=str(forgotten))

    def _opened(self, key: tuple[int, str], turn: TurnFollower) -> None:
        self._opening.discard(key)
        turn.opened()

    def _written(self, view: View) -> None:
        view.complete.set()
        self._writers.pop(view.id, None)

    # --- what people ask --------------------------------------------------------------------------

    def chat_linked(self, chat: LinkedChat) -> None:
        """Show what runs to a chat that is linked, or linked again."""
        self.chat_changed(chat)

    def chat_changed(self, chat: LinkedChat) -> None:
        """Let new settings act on running views at once."""
        self._chats[chat.id] = chat
        for turn in self._running.values():
            view = turn.views.get(chat.id)
            if view is not None:
                view.chat = chat
                view.excluded = not self._may_see(chat, turn)
                view.hurry()
            turn.want_logs()
            self._open_views(turn)

    async def chat_unlinked(self, chat: int) -> None:
        """Close the chat's views and never write there again."""
        self._chats.pop(chat, None)
        self._muted = {pair for pair in self._muted if pair[0] != chat}
        for turn in self._all():
            view = turn.views.pop(chat, None)
            if view is not None:
                writer = self._writers.pop(view.id, None)
                if writer is not None:
                    writer.cancel()
                view.complete.set()
            turn.want_logs()

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute a workspace, follow-ups included, until Unmute."""
        self._muted.add((chat, workspace_id))
        self._set_muted(chat, workspace_id, muted=True)
        await self._mutes.mute(chat, workspace_id)

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute a workspace; running views catch up."""
        self._muted.discard((chat, workspace_id))
        self._set_muted(chat, workspace_id, muted=False)
        await self._mutes.unmute(chat, workspace_id)

    def _set_muted(self, chat: int, workspace_id: str, *, muted: bool) -> None:
        for turn in self._running.values():
            view = turn.views.get(chat)
            if view is not None and turn.turn.workspace_id == workspace_id:
                view.muted = muted
                turn.want_logs()
                view.hurry()

    async def stop(self, view_id: int) -> Sentence | None:
        """Stop every running execution of a turn; returns why that did not work."""
        turn = self._of_view(view_id)
        if turn is None or not turn.turn.running:
            return sentence("This turn is over.")
        turn.stop_until = self._wiring.clock.now() + STOP_ALSO_S
        refusal: Sentence | None = None
        for execution in turn.turn.executions:
            if execution.running:
                try:
                    await self._backends[execution.backend].stop(execution.id)
                except BackendError as failure:
                    refusal = failure.told
        return refusal

    async def _stop_quietly(self, execution: Execution) -> None:
        try:
            await self._backends[execution.backend].stop(execution.id)
        except BackendError as failure:
            log.warning("stop.failed", execution=execution.id, why=str(failure))

    async def story(self, view_id: int) -> Story | None:
        """Tell a turn as it stands, whole; its log is read once if nobody followed it."""
        turn = self._of_view(view_id)
        if turn is None:
            return None
        await turn.read_now()
        return turn.story()

    def backends(self) -> tuple[Health, ...]:
        """Tell how the backends are, without asking them."""
        return tuple(backend.health() for backend in self._backends.values())

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """List the repositories of every backend that can be asked now, as (id, name)."""
        found: list[tuple[str, str]] = []
        for backend in self._backends.values():
            try:
                found += await backend.repositories()
            except BackendError as failure:
                log.info("repositories.unknown", backend=backend.name, why=str(failure))
        return tuple(found)


def restored(stored: StoredView) -> Chain:
    """The chain as it was stored: what the open link says is not known and will be compared."""
    links = tuple(
        Link(m.number, m.message_id, m.sent_at, sealed=m.sealed)
        for m in sorted(stored.messages, key=lambda m: m.number)
        if m.kind == "page"
    )
    notice = next((m.message_id for m in stored.messages if m.kind == "notice"), None)
    shown: Mapping[str, Cover] = MappingProxyType({cover.key: cover for cover in stored.shown})
    return Chain(links=links, shown=shown, notice_id=notice)


def known(stored: StoredView) -> list[Known]:
    """What a transcript needs to give entries the keys under which they were shown."""
    return [Known(cover.key, cover.kind, cover.digest, cover.length) for cover in stored.shown]
