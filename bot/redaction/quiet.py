"""Tells by a few searches in bytes which families of rules have anything to look for."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.redaction.addresses import addresses
from bot.redaction.encoded import encoded
from bot.redaction.named import named
from bot.redaction.names import WORDS
from bot.redaction.reading import Clear, Reading
from bot.redaction.span import Found
from bot.redaction.tokens import CLASSES, LONG, tokens

Family = Callable[[Reading], Found]

ALL: tuple[Family, ...] = (tokens, named, addresses, encoded)

_PARTED = (b"fm", b"whsec_", b"_eyj", b"hooks", b"sig=")
"""Tokens that need not hold a long word have one of these in lower case."""

_ADDRESS = re.compile(rb":(?://[^\s/\"'`>\\:@]*+(?:[@:]|\Z)|(?:[0-9]{4,5}|\*):)")
_OPTION = re.compile(rb" -(?:[paub]|-user|-cookie)")
_ENCODED = re.compile(rb": \"?[a-z0-9+/]{20}")
_ENCODED_FIRST = re.compile(rb"\"?[a-z0-9+/]{20}")
_BLOCKS = (b"-----", b"private")


def families(clear: Clear) -> tuple[Family, ...] | None:
    """Return the families that may find something in a stretch; None if each may."""
    plain = clear.plain
    lower = plain.lower()
    if any_in(_BLOCKS, lower):
        return None
    found: list[Family] = []
    if LONG in plain.translate(CLASSES) or any_in(_PARTED, lower) or "…" in clear.text:
        found.append(tokens)
    if any_in(WORDS, lower):
        found.append(named)
    if _ADDRESS.search(lower) or b"pass:" in lower or _has_option(lower):
        found.append(addresses)
    if _ENCODED.search(lower) or _ENCODED_FIRST.match(lower):
        found.append(encoded)
    return tuple(found)


def _has_option(lower: bytes) -> bool:
    return _OPTION.search(lower) is not None or _OPTION.match(b" " + lower[:8]) is not None


def any_in(signs: tuple[bytes, ...], lower: bytes) -> bool:
    """Whether one of these is there."""
    for sign in signs:  # noqa: SIM110 -- a generator costs as much as the searches
        if sign in lower:
            return True
    return False
