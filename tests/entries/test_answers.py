"""Answers that come twice."""

import pytest

from bot.entries.answers import same_answer
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
