"""The times of a play: a recording's times, with long gaps shortened and the whole sped up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Warp:
    """A rising, piecewise linear map from recorded seconds to seconds since the play's start."""

    recorded: tuple[float, ...]
    played: tuple[float, ...]

    @classmethod
    def of(cls, times_s: Iterable[float], *, speed: float, max_gap_s: float | None) -> Warp:
        """Map these times; a gap above `max_gap_s` of recorded time counts as `max_gap_s`."""
        recorded = tuple(sorted({0.0, *times_s}))
        played = [0.0]
        for before, after in pairwise(recorded):
            gap = after - before
            played.append(played[-1] + (gap if max_gap_s is None else min(gap, max_gap_s)) / speed)
        return cls(recorded, tuple(played))

    @property
    def length_s(self) -> float:
        """How long the play takes."""
        return self.played[-1]

    def __call__(self, at_s: float) -> float:
        """Map one time; before the first and after the last, time runs as it was recorded."""
        if at_s <= self.recorded[0]:
            return self.played[0] + at_s - self.recorded[0]
        if at_s >= self.recorded[-1]:
            return self.played[-1] + at_s - self.recorded[-1]
        left = bisect_right(self.recorded, at_s) - 1
        share = (at_s - self.recorded[left]) / (self.recorded[left + 1] - self.recorded[left])
        return self.played[left] + share * (self.played[left + 1] - self.played[left])
