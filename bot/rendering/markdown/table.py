"""Lays a table out in columns of a fixed-width font."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MAX_COLUMN = 40
"""A wider cell sticks out rather than push every other row's cells away."""


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as lines, columns aligned, with a line below the first row."""
    columns = max((len(row) for row in rows), default=0)
    padded = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [
        max(min(_width(row[column]), MAX_COLUMN) for row in padded) for column in range(columns)
    ]
    lines = [" | ".join(map(_pad, row, widths)).rstrip() for row in padded]
    if len(lines) > 1:
        lines.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(lines)


def _pad(cell: str, width: int) -> str:
    return cell + " " * max(0, width - _width(cell))


def _width(text: str) -> int:
    """Columns a text takes: CJK and emoji take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
