from __future__ import annotations

from bot.handlers.once import MOST_KEYS, OncePerMinute
from bot.handlers.second_tap import SecondTap
from tests.fakes.handlers import Seconds


def test_once_per_minute_forgets() -> None:
    """What was said longer than a period ago is forgotten, so that memory is bounded."""
    clock = Seconds()
    once = OncePerMinute(clock)
    for key in range(MOST_KEYS):
        assert once.allows(key)
    assert not once.allows("one too many")
    clock.now += 60
    assert once.allows("after a minute")
    assert len(once._said) == 1


def test_once_per_minute_is_per_key() -> None:
    """Keys do not silence each other."""
    once = OncePerMinute(Seconds())
    assert once.allows("a")
    assert once.allows("b")
    assert not once.allows("a")


def test_second_taps_forget() -> None:
    """First taps out of the window are forgotten."""
    clock = Seconds()
    taps = SecondTap(clock)
    for key in range(100):
        assert not taps.confirms(key)
    clock.now += 6
    assert not taps.confirms("last")
    assert len(taps._first) == 1
