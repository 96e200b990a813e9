"""A tap that acts only when the same person repeats it soon."""

from __future__ import annotations

from collections.abc import Callable, Hashable

WINDOW_S = 5.0


class SecondTap:
    """Remembers first taps; holds at most those of the last `window_s` seconds."""

    def __init__(self, clock: Callable[[], float], window_s: float = WINDOW_S) -> None:
        self._clock = clock
        self._window_s = window_s
        self._first: dict[Hashable, float] = {}

    def confirms(self, key: Hashable) -> bool:
        """Say whether this tap repeats one in the window; the pair is used up then."""
        now = self._clock()
        self._first = {k: at for k, at in self._first.items() if now - at <= self._window_s}
        if self._first.pop(key, None) is not None:
            return True
        self._first[key] = now
        return False
