"""The table of how turns end in each mode, as the documentation shows it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.virtual.endings import CASES, MODES, Case, expected, happens

DOCUMENT = Path(__file__).parents[2] / "docs" / "outcomes.md"

HEAD = """\
# How a turn ends in each mode

Each row is a turn that the whole bot showed in four chats at once, on time that jumps, with the
default settings (`make outcomes` runs them all and writes this table; the tests hold it to it). A
view is told by its end line, a notice and a digest by their first line; 🔔 makes a sound. Nothing
else was said, and no button was left.
"""


def document(result: Callable[[Case], tuple[str, ...]] = expected) -> str:
    """Write the whole page."""
    rows = [("", *MODES), ("---",) * (len(MODES) + 1)]
    rows += [(case.name, *result(case)) for case in CASES]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{HEAD}\n{table}\n"


def main() -> int:
    """Run every case and write what came of it; return 1 where one is not as it must be."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    wrong: list[str] = []

    def result(case: Case) -> tuple[str, ...]:
        with TemporaryDirectory() as folder:
            found = happens(case, Path(folder))
        if found != expected(case):
            wrong.append(f"{case}: {found}")
        return found

    DOCUMENT.write_text(document(result), encoding="utf-8")
    sys.stderr.write("\n".join([*wrong, f"{DOCUMENT.name}: {len(wrong)} are not as must be\n"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
