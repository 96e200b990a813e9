"""However a turn ends, each mode says exactly what belongs to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.virtual.endings import CASES, Case, expected, happens
from tests.virtual.outcome_table import DOCUMENT, document


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_way_to_end(tmp_path: Path, case: Case) -> None:
    """Four chats are told of the end as their modes say, and of nothing else."""
    assert happens(case, tmp_path) == expected(case)


def test_the_documented_table_is_what_must_be_told() -> None:
    """Nobody changes how a turn ends without the documentation."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()
