"""Which turns are followed, and what one chat may know of them: questions, no changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.entries.story import Workspace
from bot.live.slots import Claim, seated
from bot.live.turn_follower import TurnFollower
from bot.live.view import View

REMEMBERED_TURNS = 20
"""How many ended turns stay in memory, for /log and for taps on their buttons."""

WORKSPACES_KEPT = 500
"""How many workspaces are known by name beside those in which a turn runs or that are muted."""


@dataclass(frozen=True, slots=True)
class ActiveTurn:
    """A turn as one chat sees it."""

    view_id: int
    chat: int
    turn_id: str
    workspace_id: str
    session_id: str
    title: str
    agent: str | None
    branch: str | None
    started_at: datetime
    running: bool
    muted: bool
    messages_sent: int
    newest_message_id: int | None
    waiting: bool = False
    """It waits for one of the chat's slots."""


class Turns:
    """Running turns by id, the last ones that ended, workspaces, and what is muted.

    For views of an earlier run that are not back yet their slots are kept (`_expected`, by view,
    with the chat).
    """

    def __init__(self) -> None:
        self._running: dict[str, TurnFollower] = {}
        self._ended: deque[TurnFollower] = deque(maxlen=REMEMBERED_TURNS)
        self._workspaces: dict[str, Workspace] = {}
        self._muted: set[tuple[int, str]] = set()
        self._expected: dict[int, tuple[int, Claim]] = {}

    def active(self, chat: int) -> tuple[ActiveTurn, ...]:
        """List the running turns of a chat, newest first, whether it shows them or not."""
        turns = [
            _active(turn, turn.views[chat])
            for turn in self._running.values()
            if chat in turn.views and turn.running and not turn.views[chat].excluded
        ]
        return tuple(sorted(turns, key=lambda turn: turn.started_at, reverse=True))

    def latest(self, chat: int) -> ActiveTurn | None:
        """Name the chat's newest turn of this process, running or over."""
        turns = [_active(turn, turn.views[chat]) for turn in self._all() if chat in turn.views]
        return max(turns, key=lambda turn: turn.started_at, default=None)

    def turn(self, view_id: int) -> ActiveTurn | None:
        """Find a turn of this process, also one that is over."""
        for turn in self._all():
            for view in turn.views.values():
                if view.id == view_id:
                    return _active(turn, view)
        return None

    def turn_of_message(self, chat: int, message_id: int) -> ActiveTurn | None:
        """Find the turn that a message of the chat is about."""
        for turn in self._all():
            view = turn.views.get(chat)
            if view is not None and message_id in view.message_ids:
                return _active(turn, view)
        return None

    def muted(self, chat: int) -> tuple[tuple[str, str], ...]:
        """List what the chat has muted, as (workspace, title)."""
        return tuple(
            (id_, (self._workspaces[id_].name if id_ in self._workspaces else None) or id_)
            for chat_, id_ in sorted(self._muted)
            if chat_ == chat
        )

    def _seat(self, chat: int, limit: int) -> None:
        """Give the chat's slots to those views that should have them now."""
        here = [
            (turn, turn.views[chat])
            for turn in self._running.values()
            if chat in turn.views and not turn.views[chat].complete.is_set()
        ]
        expected = [claim for chat_, claim in self._expected.values() if chat_ == chat]
        chosen = seated([*expected, *(_claim(turn, view) for turn, view in here)], limit)
        for turn, view in here:
            if view.take_slot(view.id in chosen):
                turn.want_logs()
                view.hurry()

    def _know(self, workspace: Workspace) -> None:
        """Take a workspace's newest data; of too many that nobody needs the oldest go."""
        self._workspaces.pop(workspace.id, None)
        self._workspaces[workspace.id] = workspace
        needed = {turn.turn.workspace_id for turn in self._running.values()}
        needed.update(workspace_id for _, workspace_id in self._muted)
        idle = [id_ for id_ in self._workspaces if id_ not in needed and id_ != workspace.id]
        for workspace_id in idle[: max(0, len(idle) - WORKSPACES_KEPT)]:
            del self._workspaces[workspace_id]

    def _all(self) -> Iterator[TurnFollower]:
        yield from self._running.values()
        yield from self._ended

    def _of_view(self, view_id: int) -> TurnFollower | None:
        for turn in self._all():
            if any(view.id == view_id for view in turn.views.values()):
                return turn
        return None


def _claim(turn: TurnFollower, view: View) -> Claim:
    return Claim(
        view.id,
        turn.turn.session_id,
        turn.turn.executions[0].started_at,
        wants=view.wants_slot,
        has=view.seated,
        over=not turn.running or (turn.agent_followed and not turn.turn.running),
    )


def _active(turn: TurnFollower, view: View) -> ActiveTurn:
    header = turn.header
    return ActiveTurn(
        view_id=view.id,
        chat=view.chat.id,
        turn_id=turn.turn.id,
        workspace_id=turn.turn.workspace_id,
        session_id=turn.turn.session_id,
        title=header.title,
        agent=header.agent,
        branch=header.branch,
        started_at=turn.story().started_at,
        running=turn.running,
        muted=view.muted,
        messages_sent=len(view.message_ids),
        newest_message_id=view.chain.reply_to,
        waiting=view.waiting,
    )
