"""Run every measurement, print the table, and write it into this folder's README."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.held import held
from bench.measure import Figure, begin_and_end, content_delay, demo, long_answer
from bench.redaction import redaction

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


async def measure() -> list[Figure]:
    """Run the measurements one after another, so that none disturbs the next."""
    figures: list[Figure] = []
    for one in (begin_and_end, content_delay, long_answer, held, redaction, demo):
        with tempfile.TemporaryDirectory() as folder:
            figures += await one(Path(folder))
    return figures


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    rows = ["| what | measured | median | limit | |", "|---|---:|---:|---:|---|"]
    for one in figures:
        middle = "" if one.p50 is None else f"{one.p50:.2f} {one.unit}"
        kept = "✓" if one.kept else "✗"
        rows.append(
            f"| {one.name} | {one.value:.2f} {one.unit} | {middle} |"
            f" {one.limit:g} {one.unit} | {kept} |"
        )
    return "\n".join(rows)


def write(results: str, readme: Path) -> None:
    """Put the results between the README's marks."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{results}\n{END}{after}")


def main() -> int:
    """Measure; return 1 when a promise was not kept."""
    figures = asyncio.run(measure())
    print(table(figures))
    write(table(figures), README)
    return 0 if all(one.kept for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
