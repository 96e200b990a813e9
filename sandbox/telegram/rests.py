"""The rests that floods impose on chats, and their lengthening by calls that come too early."""

from __future__ import annotations

import math

MAX_REST_S = 1_000.0
PENALTY_FACTOR = 2
PENALTY_S = 3


class Rests:
    """Until when each chat rests, as the bot was told by `retry_after`."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def begin(self, chat_id: int, now: float, seconds: float) -> None:
        """Let a chat rest; a longer rest that goes on stays."""
        self._until[chat_id] = max(self._until.get(chat_id, now), now + seconds)

    def left_s(self, chat_id: int, now: float) -> float:
        """Return how long a chat still rests, 0 when it does not."""
        return max(0.0, self._until.get(chat_id, now) - now)

    def lengthen(self, chat_id: int, now: float) -> int:
        """Make the rest of a chat longer, as a call inside it does; return the seconds to wait."""
        left_s = math.ceil(self.left_s(chat_id, now))
        longer_s = max(left_s, min(MAX_REST_S, PENALTY_FACTOR * left_s + PENALTY_S))
        self.begin(chat_id, now, longer_s)
        return int(longer_s)
