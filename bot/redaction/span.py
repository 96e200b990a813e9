"""Where a secret stands in a text."""

from __future__ import annotations

from typing import NamedTuple

MARK = "••••"


class Span(NamedTuple):
    """Where a secret begins and ends, and its kind."""

    start: int
    end: int
    kind: str


class Found(NamedTuple):
    """What a family of rules found: its secrets, and from where on the text is not settled."""

    spans: list[Span]
    open_at: int
