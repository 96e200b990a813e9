"""Every target on inputs made at random, the same ones each time, and on those that once failed."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.draws import REPEATS, Draws
from tests.fuzz.worker import TARGETS

_EXAMPLES = {
    "decoding": 150,
    "rendering": 100,
    "paginating": 120,
    "markdown": 150,
    "commands": 80,
    "taps": 100,
}
_MOST = 300
# What fails is told as it came: to make it smaller would run the target for minutes.
_quick = settings(
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", TARGETS)
def test_target_holds(name: str) -> None:
    """No hostile input breaks a law of the target or raises anything but what it declares."""
    target: Callable[[bytes], None] = importlib.import_module(f"tests.fuzz.{name}").target

    @settings(_quick, max_examples=_EXAMPLES.get(name, _MOST))
    @given(st.binary(min_size=4, max_size=400))
    def run(data: bytes) -> None:
        target(data)

    run()


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("data", [b"", b"\0" * 200, b"\xff" * 200, bytes(range(256))])
def test_target_holds_at_the_edges(name: str, data: bytes) -> None:
    """Inputs without structure are inputs, too."""
    importlib.import_module(f"tests.fuzz.{name}").target(data)


def test_draws_end() -> None:
    """Whatever is asked of used-up bytes is the first choice, and loops end."""
    draws = Draws(b"\x05\x01")

    assert (draws.below(10), draws.chance(), draws.left) == (5, True, False)
    assert (draws.pick(REPEATS), draws.raw(9), list(draws.times(7))) == (1, b"", [])
