"""The roster as people may see it: names that come from a backend, without secrets."""

from __future__ import annotations

from dataclasses import replace

from bot.handlers.ports import Redact, Roster
from bot.live.turns import ActiveTurn
from bot.rendering.plain import one_line, shorten

NAME_CHARS = 100
"""Ten turns with names so long fit one message."""


class MaskedRoster:
    """Another roster whose titles, agents and branches are masked, short, and on one line."""

    def __init__(self, roster: Roster, redact: Redact) -> None:
        self._roster = roster
        self._redact = redact

    def active(self, chat: int) -> tuple[ActiveTurn, ...]:
        """List the running turns of a chat, newest first, whether it shows them or not."""
        return tuple(self._masked(turn) for turn in self._roster.active(chat))

    def latest(self, chat: int) -> ActiveTurn | None:
        """Name the chat's newest turn of this process, running or over."""
        return self._perhaps(self._roster.latest(chat))

    def turn(self, view_id: int) -> ActiveTurn | None:
        """Find a turn of this process, also one that is over."""
        return self._perhaps(self._roster.turn(view_id))

    def turn_of_message(self, chat: int, message_id: int) -> ActiveTurn | None:
        """Find the turn that a message of the chat is about."""
        return self._perhaps(self._roster.turn_of_message(chat, message_id))

    def muted(self, chat: int) -> tuple[tuple[str, str], ...]:
        """List what the chat has muted, as (workspace, title)."""
        return tuple((id_, self._name(title)) for id_, title in self._roster.muted(chat))

    def _perhaps(self, turn: ActiveTurn | None) -> ActiveTurn | None:
        return None if turn is None else self._masked(turn)

    def _masked(self, turn: ActiveTurn) -> ActiveTurn:
        return replace(
            turn,
            title=self._name(turn.title),
            agent=self._name(turn.agent) if turn.agent else None,
            branch=self._name(turn.branch) if turn.branch else None,
        )

    def _name(self, name: str) -> str:
        return shorten(one_line(self._redact(name, True)), NAME_CHARS)
