"""The table of the fault matrix, as the documentation shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.virtual.matrix import (
    CELLS,
    IN_GENERAL,
    IN_SUPERGROUP,
    NEW_LINK,
    NO_NOTICE,
    NOT_THERE,
    UNLINKED,
    WHOLE,
    Cell,
)
from tests.virtual.troubles import TROUBLES, Step

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"

HEAD = f"""\
# What happens when Telegram fails

Each cell is a whole turn, shown by the whole bot on time that jumps, to which one thing happens at
one step (`make faults` runs them all and writes this table; the tests hold it to it). In every
cell the fault was seen to strike at that step and nowhere else, no call was made while Telegram
wanted silence, and the chat was watched for a while after its end, so that nothing came twice.

| sign | meaning |
|---|---|
| {WHOLE} | everything is there once and in order, in the same messages as without the fault |
| {NEW_LINK} | the same, but what a person deleted was sent again |
| {NO_NOTICE} | what a person deletes after the end stays deleted |
| {IN_GENERAL} | the topic is gone; its open message and all that follows are in General |
| {IN_SUPERGROUP} | what the group had not shown yet is in the supergroup that it became |
| {UNLINKED} | the chat is forgotten, and no call was made to it again |
| {NOT_THERE} | cannot be: the first message replies to nothing |
"""


def expected(cell: Cell) -> str:
    """Say what must come of a cell."""
    if not cell.possible:
        return NOT_THERE
    match cell.trouble.name:
        case "message deleted":
            return NO_NOTICE if cell.step is Step.NOTICE else NEW_LINK
        case "topic deleted":
            return IN_GENERAL
        case "bot blocked":
            return UNLINKED
        case "group migrated":
            return IN_SUPERGROUP
    return WHOLE


def document(result: Callable[[Cell], str] = expected) -> str:
    """Write the whole page."""
    rows = [["", *Step], ["---"] * (len(Step) + 1)]
    rows += [
        [trouble.name, *(result(cell) for cell in CELLS if cell.trouble is trouble)]
        for trouble in TROUBLES
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{HEAD}\n{table}\n"
