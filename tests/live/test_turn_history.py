"""A session's turns, made of all its rows at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.live.turn import history
from tests.live.test_turn import AGENT, CLEANUP, COMPLETED, RUNNING, SETUP, ids, row

CHAIN = (
    row("s1", SETUP, COMPLETED, 0),
    row("a1", AGENT, COMPLETED, 10),
    row("c1", CLEANUP, COMPLETED, 20),
    row("a2", AGENT, COMPLETED, 40),
    row("s3", SETUP, COMPLETED, 60),
    row("a3", AGENT, RUNNING, 70),
)


@given(st.permutations(CHAIN))
def test_the_order_of_rows_does_not_matter(rows: list[object]) -> None:
    """A backend tells its rows in any order; the turns are always the same."""
    turns = history(rows, ())  # type: ignore[arg-type]  # hypothesis forgets what it permutes
    assert ids(turns) == [["s1", "a1", "c1"], ["a2"], ["s3", "a3"]]
    assert [turn.id for turn in turns] == ["s1", "a2", "s3"]


def test_a_turn_is_called_what_it_was_called() -> None:
    """Under the id of the execution that was seen first, wherever it stands in the chain."""
    turns = history(CHAIN, {"a1", "s3"})
    assert [turn.id for turn in turns] == ["a1", "a2", "s3"]


def test_what_was_shown_as_two_turns_stays_two() -> None:
    """An agent that came so late that it got a view of its own keeps that."""
    turns = history(CHAIN, {"s1", "a1"})
    assert ids(turns)[:2] == [["s1"], ["a1", "c1"]]
    assert [turn.id for turn in turns] == ["s1", "a1", "a2", "s3"]


def test_no_rows_make_no_turns() -> None:
    """A session that is gone has no story."""
    assert history((), {"a1"}) == ()
