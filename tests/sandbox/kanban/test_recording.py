"""Recordings: reading them, and building them by hand."""

from __future__ import annotations

import pytest

from sandbox.kanban import Recording, load, names
from sandbox.kanban.steps import TERMINAL, Kind
from sandbox.kanban.timeline import read


def test_names_the_scenarios_of_era_c() -> None:
    """All 23 recordings of the newer generation are named, without the folder of the older one."""
    assert len(names()) == 23
    assert {"basic", "essay", "missing"} <= set(names())
    assert "era-a" not in names()


@pytest.mark.parametrize("name", names())
def test_every_recording_is_read(name: str) -> None:
    """Each recording has its own name, frames in order of time, and executions."""
    recording = load(name)
    assert recording.header.name == name
    assert recording.header.executions
    times = [frame.t for frame in recording.frames]
    assert times == sorted(times)


def test_reads_the_older_generation() -> None:
    """A recording of the older generation is read by its folder and name."""
    assert load("era-a/basic").header.name == "basic"


@pytest.mark.parametrize("name", names())
def test_every_end_is_told(name: str) -> None:
    """The steps end each execution that the header says has ended, in a row or by the truth."""
    recording = load(name)
    timeline = read(recording)
    for outcome in recording.header.executions:
        kinds = {step.kind for step in timeline.steps if step.execution == outcome.id}
        assert Kind.ROW in kinds
        assert (Kind.LOG_END in kinds) == (outcome.status in TERMINAL)


def test_leaves_out_what_the_recorder_provoked() -> None:
    """Looking at an ended execution touched its workspace: that is no step of the recording."""
    timeline = read(load("basic"))
    last = max(step.at_s for step in timeline.steps)
    assert last == pytest.approx(4.415)


def test_an_end_that_no_stream_told_comes_just_before_the_workspace_says_so() -> None:
    """Of the agent that is not there, only HTTP tells the end, from the workspace's change on."""
    timeline = read(load("missing"))
    kinds = [step.kind for step in timeline.steps if step.kind is not Kind.ANSWERED]
    assert kinds[-4:] == [Kind.TRUTH, Kind.LOG_OPEN, Kind.LOG_END, Kind.WORKSPACE]
    assert timeline.late_logs


def test_builds_a_recording_from_frames() -> None:
    """A hand-made recording has rows around its frames, and leaves the frames as they are."""
    recording = Recording.of_frames([(0.5, b"{broken"), (0.25, {"JsonPatch": []})], exit_code=3)
    steps = read(recording).steps
    log = [step for step in steps if step.kind is Kind.LOG]
    assert [bytes(step.body) for step in log] == [b"{broken", b'{"JsonPatch": []}']
    assert [step.at_s for step in log] == [0.5, 0.75]
    assert recording.header.executions[0].exit_code == 3
