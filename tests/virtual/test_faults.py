"""Whatever fails at whatever step, everything arrives once, in order, and nothing is hammered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.virtual.fault_table import DOCUMENT, document, expected
from tests.virtual.matrix import CELLS, Cell, Shown, happens, shown_undisturbed
from tests.virtual.troubles import Place, Step

QUICK = {
    ("429 once", Step.EDIT),
    ("502 × 3", Step.NOTICE),
    ("closed after applying", Step.ROLL_OVER_SEND),
    ("message deleted", Step.FINAL),
    ("bot blocked", Step.FIRST_SEND),
}
"""One cell of each kind of fault; the others belong to the slow suite."""

Undisturbed = Callable[[Place], Shown]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What the turn shows in each place when nothing fails, computed once."""
    return cache(lambda place: shown_undisturbed(place, tmp_path_factory.mktemp(place.name)))


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(
            cell,
            id=str(cell),
            marks=() if (cell.trouble.name, cell.step) in QUICK else pytest.mark.slow,
        )
        for cell in CELLS
        if cell.possible
    ],
)
def test_a_fault_at_a_step(tmp_path: Path, undisturbed: Undisturbed, cell: Cell) -> None:
    """The fault strikes that step, and in the end the chat shows what it must, once."""
    clean = undisturbed(cell.trouble.place)
    assert clean.whole, clean.problems
    happened = happens(cell, tmp_path, clean)
    assert happened.result == expected(cell)
    assert happened.struck == 1
    assert len(happened.faults) == cell.trouble.times
    assert happened.faults[:1] in ([], [True])
    assert (happened.inside_rest, happened.flooded) == (0, 0)
    known = cell.trouble.refusals
    assert [why for why in happened.refused if not any(text in why for text in known)] == []


def test_the_documented_table_is_what_the_cells_must_show() -> None:
    """Nobody changes what a fault leads to without the documentation."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()
