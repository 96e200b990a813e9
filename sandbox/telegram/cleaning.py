"""What Telegram does to the characters of a text before it counts or stores them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACED = frozenset(map(chr, [*range(10), 11, 12, *range(14, 33)]))
"""Control characters, TAB included, that become one space each."""

_DROPPED = frozenset("\r\u0333\u033f\u030a") | frozenset(map(chr, range(0x2028, 0x202F)))
"""Carriage returns, line separators, bidirectional controls and marks that break the layout."""

_MARK_BEFORE_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")

_INVISIBLE = frozenset(
    " \n\u00a0\u00ad\u1680\u180e\u202f\u205f\u2060\u2800\u3000\ufeff\ufffc"
) | frozenset(map(chr, range(0x2000, 0x2010)))
"""Characters that alone make a text empty."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text with the way from old offsets to new ones, both in UTF-16 units.

    `offsets` has no key for a place inside a surrogate pair.
    """

    text: str
    offsets: dict[int, int]
    source_units: int


def units(text: str) -> int:
    """Count the UTF-16 units of `text`."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> Cleaned:
    """Replace and drop what Telegram does not keep; nothing is trimmed here."""
    kept: list[str] = []
    offsets: dict[int, int] = {}
    old = new = 0
    for character in text:
        offsets[old] = new
        width = 2 if character > "\uffff" else 1
        old += width
        if character in _DROPPED:
            continue
        kept.append(" " if character in _SPACED else character)
        new += width
    offsets[old] = new
    return Cleaned(_MARK_BEFORE_MARK.sub("\u200c", "".join(kept)), offsets, old)


def is_blank(text: str) -> bool:
    """Tell whether a reader would see nothing at all."""
    return all(character in _INVISIBLE for character in text)
