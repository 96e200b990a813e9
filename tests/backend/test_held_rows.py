"""What is announced, asked for and left alone."""

from dataclasses import replace
from datetime import timedelta

from bot.backend.held_rows import ENDED_KEPT, HeldRows, Verdict
from bot.entries.story import ExecutionStatus
from tests.backend.rows_for_tests import STARTED, execution

RUNNING = execution()
DONE = execution(ExecutionStatus.COMPLETED)


def test_what_runs_is_announced_once() -> None:
    """A repeated row is swallowed, a changed one is not."""
    rows = HeldRows(STARTED)
    assert rows.streamed(RUNNING) is Verdict.ANNOUNCE
    assert rows.streamed(RUNNING) is Verdict.IGNORE
    assert rows.streamed(replace(RUNNING, prompt="more")) is Verdict.ANNOUNCE


def test_an_end_on_a_stream_is_asked_for() -> None:
    """Only the row itself ends an execution."""
    rows = HeldRows(STARTED)
    rows.streamed(RUNNING)
    assert rows.streamed(DONE) is Verdict.ASK
    assert rows.answered(DONE) is Verdict.ANNOUNCE
    assert rows.running() == ()


def test_what_has_ended_never_runs_again() -> None:
    """A stale row changes nothing, nor does a repeated end."""
    rows = HeldRows(STARTED)
    rows.answered(DONE)
    assert rows.streamed(RUNNING) is Verdict.IGNORE
    assert rows.answered(RUNNING) is Verdict.IGNORE
    assert rows.answered(DONE) is Verdict.IGNORE


def test_history_is_left_alone() -> None:
    """What ended before this process came is neither announced nor asked for."""
    rows = HeldRows(STARTED + timedelta(seconds=1))
    assert rows.streamed(DONE) is Verdict.IGNORE
    assert not rows.knows("e1")


def test_what_came_and_went_unseen_is_fresh() -> None:
    """An execution that is over when it is first seen is asked for."""
    assert HeldRows(STARTED).streamed(DONE) is Verdict.ASK


def test_a_reset_is_announced_after_the_end() -> None:
    """A row that is dropped later changes once more."""
    rows = HeldRows(STARTED)
    rows.answered(DONE)
    dropped = replace(DONE, dropped=True)
    assert rows.answered(dropped) is Verdict.ANNOUNCE
    assert rows.answered(dropped) is Verdict.IGNORE


def test_a_removed_row_is_forgotten() -> None:
    """Only known rows are worth telling of."""
    rows = HeldRows(STARTED)
    rows.streamed(RUNNING)
    assert rows.running("w1") == (RUNNING,)
    assert rows.running("w2") == ()
    assert rows.removed("e1")
    assert not rows.removed("e1")


def test_what_is_forgotten_is_history() -> None:
    """A bounded number of ended rows is remembered, and none is announced a second time."""
    rows = HeldRows(STARTED)
    many = [
        replace(DONE, id=f"e{n}", started_at=STARTED + timedelta(seconds=n))
        for n in range(ENDED_KEPT + 2)
    ]
    for one in many:
        assert rows.answered(one) is Verdict.ANNOUNCE
    assert [rows.knows(one.id) for one in many[:3]] == [False, False, True]
    assert {rows.streamed(one) for one in many} == {Verdict.IGNORE}
    assert rows.streamed(replace(DONE, id="new", started_at=many[-1].started_at)) is Verdict.ASK
