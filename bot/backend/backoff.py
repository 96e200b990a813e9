"""Delays between attempts: each twice the last one, with jitter, within bounds."""

from __future__ import annotations

from collections.abc import Callable

FIRST_S = 1.0
LONGEST_S = 30.0


class Backoff:
    """The delays before the next attempts; `reset` once there was success.

    `chance` gives numbers from 0 to 1; a delay is between half of its value and all of it, so that
    many who lost one server do not come back at once.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._next_s = FIRST_S

    def reset(self) -> None:
        """Begin with short delays again."""
        self._next_s = FIRST_S

    def delay_s(self) -> float:
        """Return the next delay."""
        delay_s = self._next_s
        self._next_s = min(LONGEST_S, 2 * delay_s)
        return delay_s * (0.5 + 0.5 * self._chance())
