"""Answers that come twice."""

import pytest

from bot.entries.answers import MOST_CUTS, same_answer
from bot.entries.model import Answer


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("done", "done", True),
        ("done", "done.", False),
        ("э\ufffd\ufffdодзи", "эмодзи", True),
        ("эмодзи", "э\ufffd\ufffdодзи", True),
        ("э\ufffd\ufffdодзи", "экран", False),
        ("a\ufffdb", "ab", False),
        ("\ufffd\ufffd end", "👍 end", True),
        ("one\ufffd(.*)", "one! anything", False),
    ],
)
def test_damage_is_forgiven(first: str, second: str, same: bool) -> None:
    """Answers are the same when they differ in cut characters only."""
    assert same_answer(Answer(first), Answer(second)) is same


@pytest.mark.parametrize(("cuts", "same"), [(MOST_CUTS, True), (MOST_CUTS + 1, False)])
def test_damage_in_many_places(cuts: int, same: bool) -> None:
    """So many cuts are followed at most; behind them the text has to be as it is."""
    damaged, whole = "\ufffdab" * cuts + "end", "эab" * cuts + "end"

    assert same_answer(Answer(damaged), Answer(whole)) is same


def test_damage_that_fits_nearly_everywhere() -> None:
    """An answer whose damage could stand in a million ways for another's text is told at once."""
    damaged, whole = "\ufffda" * 60, "a" * 119 + "b"

    assert not same_answer(Answer(damaged), Answer(whole))
