"""Time in a play."""

from __future__ import annotations

import pytest

from sandbox.kanban import instants
from sandbox.kanban.warp import Warp


def test_speeds_up() -> None:
    """At four times the speed everything takes a quarter of the time."""
    warp = Warp.of([0, 1, 10], speed=4, max_gap_s=None)
    assert [warp(0), warp(1), warp(5.5), warp(10)] == [0, 0.25, 1.375, 2.5]
    assert warp.length_s == 2.5


def test_shortens_gaps_and_keeps_the_order() -> None:
    """A gap longer than allowed counts as the longest allowed; what lies inside keeps its place."""
    warp = Warp.of([0, 0.5, 60, 60.2], speed=1, max_gap_s=1)
    assert [warp(0.5), warp(60), warp(60.2)] == pytest.approx([0.5, 1.5, 1.7])
    assert 0.5 < warp(20) < warp(40) < 1.5


def test_time_outside_runs_as_recorded() -> None:
    """An hour after the last step is an hour after it in the play, too."""
    warp = Warp.of([1, 2], speed=10, max_gap_s=None)
    assert warp(2 + 3600) == pytest.approx(warp(2) + 3600)
    assert warp(-5) == pytest.approx(-5)


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T15:18:15Z", "2026-11-22T15:18:15.923Z", "2026-11-22T15:18:15.990710000Z"],
)
def test_timestamps_keep_their_form(text: str) -> None:
    """A timestamp is written with as many fractional digits as it was read with."""
    assert instants.write(instants.parse(text), instants.digits(text)) == text
