"""Keep a bounded part of a text that may be megabytes long, in one linear pass."""

from __future__ import annotations

from collections.abc import Sequence

from bot.entries.model import EXCERPT_CHARS, EXCERPT_LINES, TEXT_CHARS, Excerpt

_KEY_BEGINS, _KEY_ENDS = "-----BEGIN ", "-----END "

CUT = "…"
"""Stands at the end of a line that lost its end."""


def cap(text: str) -> tuple[str, int]:
    """Return at most TEXT_CHARS characters from the start, and how many were left out."""
    return text[:TEXT_CHARS], max(0, len(text) - TEXT_CHARS)


def head(text: str) -> Excerpt | None:
    """Keep the first lines; None when there is nothing but line ends."""
    text = text.rstrip("\r\n")
    if not text:
        return None
    lines = text.split("\n", EXCERPT_LINES)[:EXCERPT_LINES]
    return Excerpt(_fit(lines), text.count("\n") + 1 - len(lines))


def tail(text: str, *, dropped_lines: int = 0) -> Excerpt | None:
    """Keep the last lines; `dropped_lines` were lost before `text` began."""
    text = text.rstrip("\r\n")
    if not text:
        return None
    lines = text.rsplit("\n", EXCERPT_LINES)[-EXCERPT_LINES:]
    lines = lines[_end_of_key(text, lines) :]
    omitted = text.count("\n") + 1 - len(lines) + dropped_lines
    return Excerpt(_fit(lines), omitted, tail=True)


def _end_of_key(text: str, lines: Sequence[str]) -> int:
    """Say how many lines are the rest of a key whose beginning is left out."""
    cut = len(text) - sum(map(len, lines)) - len(lines) + 1
    begun = text.rfind(_KEY_BEGINS, 0, cut)
    if begun < 0 or text.find(_KEY_ENDS, begun, cut) >= 0:
        return 0
    ends = (number for number, line in enumerate(lines, 1) if _KEY_ENDS in line)
    return next(ends, 0)


def _fit(lines: Sequence[str]) -> str:
    """Join lines, cutting the longest ones so that the whole stays within EXCERPT_CHARS."""
    limit = longest_line([len(line) for line in lines], EXCERPT_CHARS - len(lines))
    return "\n".join(line if len(line) <= limit else line[: limit - 1] + CUT for line in lines)


def longest_line(lengths: Sequence[int], budget: int) -> int:
    """Return the length to which lines are cut so that together they fit the budget.

    Short lines leave their share to long ones: only lines above the result lose anything.
    """
    left = budget
    ordered = sorted(lengths)
    for index, length in enumerate(ordered):
        share = left // (len(ordered) - index)
        if length > share:
            return max(1, share)
        left -= length
    return ordered[-1] if ordered else 0
