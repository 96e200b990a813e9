"""Turns, lanes and a clock that are as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.entries.story import Story
from bot.i18n import Sentence
from bot.linking.model import ChatRecord
from bot.live.ports import Health, LinkedChat
from bot.live.turns import ActiveTurn
from tests.fakes.recording import NOW


@dataclass
class FakeFollowers:
    """Turns as the test says; what was asked of it stands in `did`."""

    turns: list[ActiveTurn] = field(default_factory=list)
    messages: dict[tuple[int, int], int] = field(default_factory=dict)
    muted_workspaces: list[tuple[str, str]] = field(default_factory=list)
    did: list[tuple[object, ...]] = field(default_factory=list)
    stop_problem: Sentence | None = None
    stories: dict[int, Story] = field(default_factory=dict)
    healths: list[Health] = field(default_factory=lambda: [Health("", True, "0.1.44")])
    known_repositories: list[tuple[str, str]] = field(default_factory=list)

    def active(self, chat: int) -> tuple[ActiveTurn, ...]:
        """List."""
        turns = [turn for turn in self.turns if turn.chat == chat and turn.running]
        return tuple(sorted(turns, key=lambda turn: turn.started_at, reverse=True))

    def latest(self, chat: int) -> ActiveTurn | None:
        """Name the newest."""
        turns = [turn for turn in self.turns if turn.chat == chat]
        return max(turns, key=lambda turn: turn.started_at, default=None)

    def turn(self, view_id: int) -> ActiveTurn | None:
        """Find by view."""
        return next((turn for turn in self.turns if turn.view_id == view_id), None)

    def turn_of_message(self, chat: int, message_id: int) -> ActiveTurn | None:
        """Find by message."""
        view_id = self.messages.get((chat, message_id))
        return None if view_id is None else self.turn(view_id)

    def muted(self, chat: int) -> tuple[tuple[str, str], ...]:
        """List."""
        return tuple(self.muted_workspaces)

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute."""
        self.did.append(("mute", chat, workspace_id))
        self._set(chat, workspace_id, muted=True)

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute."""
        self.did.append(("unmute", chat, workspace_id))
        self.muted_workspaces = [m for m in self.muted_workspaces if m[0] != workspace_id]
        self._set(chat, workspace_id, muted=False)

    def _set(self, chat: int, workspace_id: str, *, muted: bool) -> None:
        self.turns = [
            replace(turn, muted=muted)
            if (turn.chat, turn.workspace_id) == (chat, workspace_id)
            else turn
            for turn in self.turns
        ]

    async def stop(self, view_id: int) -> Sentence | None:
        """Stop."""
        self.did.append(("stop", view_id))
        return self.stop_problem

    async def story(self, view_id: int) -> Story | None:
        """Tell."""
        return self.stories.get(view_id)

    def chat_linked(self, chat: LinkedChat) -> None:
        """Take a chat."""
        self.did.append(("linked", chat.id, chat.locale))

    def chat_changed(self, chat: LinkedChat) -> None:
        """Take what changed."""
        self.did.append(("changed", chat.id, chat.chat_id, chat.topic))

    async def chat_unlinked(self, chat: int) -> None:
        """Drop a chat."""
        self.did.append(("unlinked", chat))

    def backends(self) -> tuple[Health, ...]:
        """Tell."""
        return tuple(self.healths)

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """List."""
        return tuple(self.known_repositories)


@dataclass(frozen=True)
class Rest:
    """A lane's state."""

    resting_until: datetime | None = None


@dataclass
class FakeLanes:
    """Lanes that rest as the test says."""

    rest: Rest = field(default_factory=Rest)

    def state(self, chat_id: int) -> Rest:
        """Tell."""
        return self.rest


@dataclass
class Seconds:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def turn_in(chat: ChatRecord, view_id: int = 7, **changes: Any) -> ActiveTurn:
    """Make a running turn of a chat."""
    base = ActiveTurn(
        view_id=view_id,
        chat=chat.id,
        turn_id=f"turn-{view_id}",
        workspace_id=f"workspace-{view_id}",
        session_id=f"session-{view_id}",
        title=f"Fix login bug {view_id}",
        agent="claude-code",
        branch="vk/1a2b-fix-login",
        started_at=NOW - timedelta(minutes=view_id),
        running=True,
        muted=False,
        messages_sent=3,
        newest_message_id=300 + view_id,
    )
    return replace(base, **changes)
