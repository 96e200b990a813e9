"""Which turns each session has had, as rows told them; old sessions are forgotten."""

from __future__ import annotations

from dataclasses import replace

from bot.entries.story import Execution
from bot.live.turn import Turn, assign

SESSIONS_KEPT = 200
"""How many sessions are remembered beside those in which a turn is not over."""

TURNS_KEPT = 5
"""How many turns of a session are remembered that are over."""


class Sessions:
    """The turns of sessions; a row that was told belongs to the same turn for as long as it runs.

    What is forgotten was over, and no backend tells of it again.
    """

    def __init__(self) -> None:
        self._turns: dict[str, tuple[Turn, ...]] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._turns

    def __len__(self) -> int:
        return len(self._turns)

    def take(self, execution: Execution) -> Turn | None:
        """Fold one row in; returns its turn, None for what belongs to no turn.

        What was thrown away before anybody saw it belongs to none.
        """
        before = self._turns.get(execution.session_id, ())
        if execution.dropped and _home(before, execution.id) is None:
            return None
        assigned = assign(before, execution)
        self._keep(execution.session_id, assigned.turns)
        return assigned.turn

    def learn(self, session_id: str, turns: tuple[Turn, ...]) -> None:
        """Take what a backend told of a session's past."""
        self._keep(session_id, turns)

    def close(self, turn: Turn) -> None:
        """A turn is over: it takes nothing in any more, and may be forgotten."""
        before = self._turns.get(turn.session_id, ())
        turns = tuple(replace(t, over=True) if t.id == turn.id else t for t in before)
        ended = [t for t in turns if t.over]
        gone = {t.id for t in ended[: max(0, len(ended) - TURNS_KEPT)]}
        self._keep(turn.session_id, tuple(t for t in turns if t.id not in gone))
        self._forget()

    def find(self, execution_id: str) -> tuple[Turn, Execution] | None:
        """Find a row, and the turn it belongs to."""
        for turns in self._turns.values():
            turn = _home(turns, execution_id)
            row = turn.find(execution_id) if turn is not None else None
            if turn is not None and row is not None:
                return turn, row
        return None

    def _keep(self, session_id: str, turns: tuple[Turn, ...]) -> None:
        """Remember a session's turns, as the one that changed last."""
        self._turns.pop(session_id, None)
        if turns:
            self._turns[session_id] = turns

    def _forget(self) -> None:
        """Forget the sessions that changed longest ago, of those that are over."""
        over = [id_ for id_, turns in self._turns.items() if all(turn.over for turn in turns)]
        for session_id in over[: max(0, len(over) - SESSIONS_KEPT)]:
            del self._turns[session_id]


def _home(turns: tuple[Turn, ...], execution_id: str) -> Turn | None:
    return next((turn for turn in turns if turn.find(execution_id) is not None), None)
