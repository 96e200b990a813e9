"""CommonMark's events for one text: the only place that calls the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import pyromark

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)

_LANGUAGE = re.compile(r"[\w.+#-]+")

Event: TypeAlias = tuple[object, int, int]
"""What the parser found, and the bytes of the UTF-8 source it covers."""


def events(source: bytes) -> Iterator[Event]:
    """Parse in linear time, whatever the text; offsets are bytes."""
    for payload, span in pyromark.events_with_range(source.decode(), options=_OPTIONS):
        yield payload, span["start"], span["end"]


def name_of(tag: object) -> str:
    """Return a tag's name without its attributes."""
    return str(next(iter(tag))) if isinstance(tag, dict) else str(tag)


def to_chars(source: bytes, offsets: set[int]) -> dict[int, int]:
    """Translate byte offsets that lie between characters into code point offsets."""
    known = {0: 0}
    for before, here in pairwise(sorted({0, *offsets})):
        known[here] = known[before] + len(source[before:here].decode())
    return known


def language_of(info: str) -> str | None:
    """Return the language that a fence's opening line names."""
    match = _LANGUAGE.match(info.strip())
    return match.group() if match else None
