"""Finds in one pass the literals without which most rules have nothing to look for."""

from __future__ import annotations

from enum import StrEnum, auto
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from bot.redaction.names import WORDS


class Sign(StrEnum):
    """What a literal tells of."""

    NAME = auto()
    """A name that says secret; its places are kept."""
    BLOCK = auto()
    """Perhaps a private key."""
    PARTED = auto()
    """A token that need not hold a long word."""
    ADDRESS = auto()
    OPTION = auto()


_LITERALS = {
    Sign.NAME: WORDS,
    Sign.BLOCK: (b"-----", b"private"),
    Sign.PARTED: (b"fm1", b"fm2", b"whsec_", b"_eyj", b"hooks", b"sig="),
    Sign.ADDRESS: (b"://", b"pass:"),
    Sign.OPTION: (b" -p", b" -a", b" -u", b" -b", b" --user", b" --cookie"),
}
_EACH = [(literal, sign) for sign, literals in _LITERALS.items() for literal in literals]
_SEARCH = BytesAhoCorasick([literal for literal, _ in _EACH])


class Signs(NamedTuple):
    """Which signs a text has, and the places of the names, in order."""

    kinds: frozenset[Sign]
    names: tuple[int, ...]


def signs_in(lower: bytes) -> Signs:
    """Find the signs of a text in lower case, one byte a character; all overlapping ones."""
    kinds: set[Sign] = set()
    names: set[int] = set()
    for index, start, _ in _SEARCH.find_matches_as_indexes(lower, overlapping=True):
        sign = _EACH[index][1]
        kinds.add(sign)
        if sign is Sign.NAME:
            names.add(start)
    return Signs(frozenset(kinds), tuple(sorted(names)))
