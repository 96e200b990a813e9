"""The updates that wait for the bot."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.telegram.params import JsonObject

_BY_REQUEST_ONLY = frozenset(("chat_member", "message_reaction", "message_reaction_count"))


class Updates:
    """A queue that is emptied by confirmation: an update stays until a higher offset is asked for.

    Types the bot did not ask for are dropped when they happen, as Telegram does.
    """

    def __init__(self) -> None:
        self._waiting: list[JsonObject] = []
        self._next_id = 1
        self._allowed: frozenset[str] = frozenset()

    def allow(self, types: Sequence[str]) -> None:
        """Keep only these types from now on; none means all but those by request only."""
        self._allowed = frozenset(types)

    def add(self, kind: str, payload: JsonObject) -> bool:
        """Queue an update; return whether the bot wants its kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _BY_REQUEST_ONLY
        if wanted:
            self._waiting.append({"update_id": self._next_id, kind: payload})
            self._next_id += 1
        return wanted

    def confirm(self, offset: int) -> None:
        """Forget updates below `offset`; a negative one keeps only the last -offset."""
        if offset < 0:
            self._waiting = self._waiting[offset:]
        else:
            kept = [each for each in self._waiting if int(str(each["update_id"])) >= offset]
            self._waiting = kept

    def clear(self) -> None:
        """Forget all that wait."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)

    def waiting(self, limit: int = 100) -> list[JsonObject]:
        """Return the oldest unconfirmed updates."""
        return self._waiting[:limit]
