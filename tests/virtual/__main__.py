"""Runs the whole fault matrix and writes what came of it into the documentation."""

from __future__ import annotations

import logging
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.virtual.fault_table import DOCUMENT, document, expected
from tests.virtual.matrix import Cell, Shown, happens, shown_undisturbed
from tests.virtual.troubles import Place


def main() -> int:
    """Run every cell; return 1 where one is not as it must be."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    wrong: list[str] = []

    def result(cell: Cell) -> str:
        found = _run(cell)
        if found != expected(cell):
            wrong.append(f"{cell}: {found}")
        return found

    DOCUMENT.write_text(document(result), encoding="utf-8")
    sys.stderr.write(
        "\n".join([*wrong, f"{DOCUMENT.name}: {len(wrong)} cells are not as they must be\n"])
    )
    return 1 if wrong else 0


def _run(cell: Cell) -> str:
    with TemporaryDirectory() as folder:
        return happens(cell, Path(folder), _undisturbed(cell.trouble.place)).result


@cache
def _undisturbed(place: Place) -> Shown:
    with TemporaryDirectory() as folder:
        return shown_undisturbed(place, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
