"""Tells work that grows with the input from work that explodes, by the ratio of two sizes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

SIZES = 4
"""The larger input has so many times the size of the smaller one: two doublings."""

MOST = 2.6**2
"""Two doublings may take so much more work; quadratic work takes 16 times as much."""

NOTHING_S = 0.004
"""What takes less on the larger input is too short to be measured, and to matter."""

_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Growth:
    """The least time seen for the smaller and for the larger input."""

    small_s: float
    large_s: float

    @property
    def sound(self) -> bool:
        """Whether the work grew no more than it may."""
        return self.large_s < NOTHING_S or self.large_s <= MOST * self.small_s


def growth(small: Callable[[], object], large: Callable[[], object]) -> Growth:
    """Measure both in turns, until it is sound or that many rounds say it is not.

    Noise only adds to a time, so the least one is the nearest; a round more can never make sound
    work look worse for long.
    """
    found = Growth(_spent(small), _spent(large))
    for _ in range(_ROUNDS):
        if found.sound:
            break
        found = Growth(min(found.small_s, _spent(small)), min(found.large_s, _spent(large)))
    return found


def _spent(work: Callable[[], object]) -> float:
    """Measure without the garbage collector, whose work depends on what else is in memory."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        if collecting:
            gc.enable()
