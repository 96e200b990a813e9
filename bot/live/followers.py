"""Every turn that is followed and every view that shows one: who starts, who ends, who may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

import structlog

from bot.entries.story import Execution, Story, Workspace
from bot.i18n import Sentence
from bot.live.absence import Absences
from bot.live.follower import Follower
from bot.live.ports import Backend, BackendError, Health, LinkedChat
from bot.live.recall import Past, Recall, thrown_away
from bot.live.remembered import known, restored
from bot.live.sessions import Sessions
from bot.live.slots import Claim
from bot.live.stops import Stops
from bot.live.stores import AbsenceStore, MuteStore, NewView, PastStore, StoredView
from bot.live.tasks import Tasks
from bot.live.turn import Turn
from bot.live.turn_follower import TurnFollower
from bot.live.turns import Turns
from bot.live.view import View
from bot.live.wiring import Wiring

log = structlog.get_logger(__name__)

RECENT = timedelta(seconds=5)
"""What began longer ago when it was first seen began before anybody looked."""

SLOTS_KEPT_S = 10.0
"""How long after the start a slot waits for a view of an earlier run that had one."""


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
        past: PastStore,
        absences: AbsenceStore,
    ) -> None:
        super().__init__()
        self._backends = backends
        self._wiring = wiring
        self._mutes = mutes
        self._tasks = tasks
        self._past = past
        self._chats: dict[int, LinkedChat] = {}
        self._sessions = Sessions()
        self._recall = Recall(backends, wiring.clock, tasks, past, self._learn)
        self._stops = Stops(backends, wiring.clock, tasks)
        self._absences = Absences(self, wiring, past, absences, tasks)
        self._writers: dict[int, asyncio.Task[None]] = {}
        self._opening: set[tuple[int, str]] = set()

    async def start(self, chats: Iterable[LinkedChat]) -> None:
        """Take the linked chats, the mutes and what is unfinished, then watch every backend."""
        self._chats = {chat.id: chat for chat in chats}
        self._muted = set(await self._mutes.muted())
        unfinished = await self._past.open()
        self._expect(unfinished)
        self._recall.expect(unfinished)
        await self._absences.load()
        for name, backend in self._backends.items():
            watch = partial(backend.watch, self, await self._past.newest_begin(name))
            self._tasks.spawn(f"watch {name}", watch, forever=True)

    def _expect(self, unfinished: Iterable[StoredView]) -> None:
        """Keep their slots for views that had a message, for as long as they should take."""
        for view in unfinished:
            if view.messages and (view.chat, view.workspace_id) not in self._muted:
                claim = Claim(view.id, view.session_id, view.started_at, has=True)
                self._expected[view.id] = (view.chat, claim)
        if self._expected:
            self._tasks.spawn("slots kept", self._expect_no_more)

    async def _expect_no_more(self) -> None:
        await self._wiring.clock.sleep(SLOTS_KEPT_S)
        self._expected.clear()
        for chat in self._chats:
            self._reseat(chat)

    # --- what the backends tell (Listener) --------------------------------------------------------

    def workspace_changed(self, workspace: Workspace) -> None:
        """Keep the header data and hand it to the workspace's turns."""
        self._know(workspace)
        for turn in self._running.values():
            if turn.turn.workspace_id == workspace.id:
                turn.see(workspace)
                for view in turn.views.values():
                    self._judge(view, turn)
                turn.want_logs()
                self._open_views(turn)

    def execution_changed(self, execution: Execution) -> None:
        """Fold a row into its session's turns; start, feed or stop what follows from it.

        The rows of a session with a past wait until that is known.
        """
        if self._recall.keeps(execution):
            return
        if self._missed_its_begin(execution):
            self._recall.begin(execution)
        else:
            self._take(execution)

    def _missed_its_begin(self, execution: Execution) -> bool:
        old = execution.started_at < self._wiring.clock.wall() - RECENT
        return old and execution.session_id not in self._sessions

    def execution_removed(self, execution_id: str) -> None:
        """A row is gone: its turn was reset."""
        self._recall.removed(execution_id)
        found = self._sessions.find(execution_id)
        if found is not None and found[0].id in self._running:
            self._take(thrown_away(found[1], self._wiring.clock.wall()))

    def connection_changed(self, backend: str, up: bool, problem: Sentence | None) -> None:
        """A backend came or went: views say so when it stays away, and go on when it is back."""
        for turn in self._running.values():
            if turn.turn.backend == backend:
                turn.see_backend(away=not up)
        if up:
            log.info("backend.connected", backend=backend)
            self._absences.end(backend)
            self._recall.connected(backend)
            return
        log.warning("backend.lost", backend=backend, problem=str(problem))
        self._absences.begin(backend)

    def tell_lost(self, backend: str, *, lost: bool) -> None:
        """Say in the views of a backend that the connection to it is lost, or no longer."""
        for turn in self._running.values():
            if turn.turn.backend == backend:
                turn.lose_connection(lost)

    def idle_chats(self, backend: str) -> tuple[LinkedChat, ...]:
        """The linked chats, unless something runs on that backend."""
        if any(turn.turn.backend == backend for turn in self._running.values()):
            return ()
        return tuple(self._chats.values())

    def linked(self, chat: int) -> LinkedChat | None:
        """The linked chat as it is now; None when it was unlinked."""
        return self._chats.get(chat)

    # --- a turn's life ----------------------------------------------------------------------------

    def _take(self, execution: Execution) -> None:
        known = self._sessions.find(execution.id)
        turn = self._sessions.take(execution)
        if turn is None:
            return
        follower = self._running.get(turn.id)
        if follower is None:
            if known is not None or len(turn.executions) > 1:
                return
            follower = self._begin(turn)
        self._feed(follower, turn, execution)

    def _feed(self, follower: TurnFollower, turn: Turn, execution: Execution) -> None:
        if execution.id not in follower.followers:
            self._follow(follower, execution)
        follower.take(turn, execution)
        self._end_waits(execution, follower)

    def _learn(self, past: Past) -> None:
        """A session's past is known: go on with what is not complete, and with what runs."""
        self._sessions.learn(past.session_id, past.turns)
        for turn in past.turns:
            if not past.matters(turn):
                self._sessions.close(turn)
                continue
            views = past.unfinished.get(turn.id, ())
            only = None if turn.running or not views else frozenset(view.chat for view in views)
            follower = self._begin(turn, audience=only)
            for execution in turn.executions:
                self._feed(follower, turn, execution)

    def _begin(self, turn: Turn, *, audience: frozenset[int] | None = None) -> TurnFollower:
        workspace = self._workspaces.get(turn.workspace_id)
        follower = TurnFollower(turn, workspace, self._wiring.clock, audience=audience)
        follower.see_backend(away=turn.backend in self._absences)
        self._running[turn.id] = follower
        self._tasks.spawn(
            f"turn {turn.id}",
            partial(self._live, follower),
            done=partial(self._bury, follower),
        )
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
                if other.turn.session_id == execution.session_id and other.began_before(home):
                    other.agent_followed = True
                    other.stir()
        self._stops.go_on(home, execution)

    async def _live(self, turn: TurnFollower) -> None:
        await turn.until_over()
        await turn.read_once()
        turn.end()
        for chat in tuple(turn.views):
            self._reseat(chat)
        await turn.count_changes(self._backends[turn.turn.backend])
        for reading in turn.reading.values():
            reading.cancel()
        async with asyncio.TaskGroup() as ends:  # a chat that is paused holds up no other
            for view in tuple(turn.views.values()):
                ends.create_task(self._end(view, turn))

    async def _end(self, view: View, turn: TurnFollower) -> None:
        await view.complete.wait()
        outcome = turn.outcome.kind.value if turn.outcome else ""
        await self._wiring.store.end(view.id, outcome, turn.header.title)

    def _bury(self, turn: TurnFollower) -> None:
        """A turn is over and shown; or following it failed too often."""
        for reading in turn.reading.values():
            reading.cancel()
        self._running.pop(turn.turn.id, None)
        turn.let_go()
        self._ended.append(turn)
        self._sessions.close(turn.turn)

    # --- views ------------------------------------------------------------------------------------

    def _open_views(self, turn: TurnFollower) -> None:
        for chat in self._chats.values():
            key = (chat.id, turn.turn.id)
            invited = turn.audience is not None and chat.id in turn.audience
            if turn.audience is not None and not invited:
                continue
            if chat.id in turn.views or key in self._opening:
                continue
            if not invited and not turn.is_for(chat):
                continue
            self._opening.add(key)
            turn.opening += 1
            self._tasks.spawn(
                f"view {key}",
                partial(self._open_view, chat, turn),
                done=partial(self._opened, key, turn),
            )

    def _judge(self, view: View, turn: TurnFollower) -> None:
        """Let a view be shown, or not, by what is known of its workspace; one unknown is."""
        view.excluded = turn.workspace is not None and not turn.is_for(view.chat)

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
            if current is None or stored.ended or not turn.running:
                return
            muted = (chat.id, turn.turn.workspace_id) in self._muted
            view = View(
                stored.id, current, turn, self._wiring, muted=muted, unsettled=stored.unsettled
            )
            if stored.messages or stored.unsettled:
                view.chain = restored(stored)
                turn.remember(known(stored))
                view.seated = bool(stored.messages)
            self._judge(view, turn)
            self._expected.pop(view.id, None)
            turn.views[chat.id] = view
            self._reseat(chat.id)
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
        self._reseat(view.chat.id)

    def _reseat(self, chat: int) -> None:
        linked = self._chats.get(chat)
        if linked is not None:
            self._seat(chat, linked.settings.max_live_views)

    # --- what people ask --------------------------------------------------------------------------

    def chat_linked(self, chat: LinkedChat) -> None:
        """Show what runs to a chat that is linked, or linked again."""
        self.chat_changed(chat)

    def chat_changed(self, chat: LinkedChat) -> None:
        """Let new settings act on running views at once."""
        before = self._chats.get(chat.id)
        if before is not None and before.chat_id != chat.chat_id:
            self._absences.moved(chat.id)
        self._chats[chat.id] = chat
        for turn in self._running.values():
            view = turn.views.get(chat.id)
            if view is not None:
                view.chat = chat
                self._judge(view, turn)
                view.hurry()
            turn.want_logs()
            self._open_views(turn)
        self._reseat(chat.id)

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
        self._reseat(chat)

    async def stop(self, view_id: int) -> Sentence | None:
        """Stop every running execution of a turn; returns why that did not work."""
        return await self._stops.stop(self._of_view(view_id))

    async def story(self, view_id: int) -> Story | None:
        """Tell a turn as it stands, whole: its logs are read anew."""
        turn = self._of_view(view_id)
        return await turn.whole_story() if turn is not None else None

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
