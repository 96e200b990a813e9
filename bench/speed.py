"""How fast this machine is now, so that processor time means the same everywhere."""

from __future__ import annotations

import time

ADDITIONS = 100_000
REFERENCE_S = 0.002
"""What so many additions took where the limits were set."""

_TRIES = 20


def slowness() -> float:
    """Return how many times as long additions take here, by the best of several tries."""
    return min(_add() for _ in range(_TRIES)) / REFERENCE_S


def _add() -> float:
    begun, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return time.process_time() - begun
