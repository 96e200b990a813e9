"""Where a secret stands in a text, and what of a growing text is not settled yet."""

from __future__ import annotations

import sys
from re import Pattern
from typing import NamedTuple

MARK = "••••"


class Span(NamedTuple):
    """Where a secret begins and ends, its kind, and where what told of it begins."""

    start: int
    end: int
    kind: str
    lead: int = sys.maxsize


class Open(NamedTuple):
    """From where on a text is not settled, and what must come before it can be."""

    at: int
    until: Pattern[str] | None = None


class Found(NamedTuple):
    """What a family of rules found: its secrets, and from where on the text is not settled."""

    spans: list[Span]
    open: Open | None = None


def earliest(opens: list[Open]) -> Open | None:
    """Return what is open first."""
    return min(opens, key=lambda one: one.at, default=None)
