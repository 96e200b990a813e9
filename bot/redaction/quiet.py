"""Tells by a few searches which families of rules have anything to look for."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.redaction.addresses import addresses
from bot.redaction.encoded import encoded
from bot.redaction.named import named
from bot.redaction.reading import Clear, Reading
from bot.redaction.signs import Sign
from bot.redaction.span import Found
from bot.redaction.tokens import CLASSES, LONG, tokens

Family = Callable[[Reading], Found]

ALL: tuple[Family, ...] = (tokens, named, addresses, encoded)

_PORT = re.compile(rb":(?:[0-9]{4,5}|\*):")
_OPTION_FIRST = re.compile(rb"-(?:[paub]|-user|-cookie)")
"""An option whose blank was read before."""
_ENCODED = re.compile(rb": \"?[a-z0-9+/]{20}")
_ENCODED_FIRST = re.compile(rb"\"?[a-z0-9+/]{20}")


def families(clear: Clear) -> tuple[Family, ...] | None:
    """Return the families that may find something in a stretch; None if each may."""
    lower, kinds = clear.lower, clear.signs.kinds
    if Sign.BLOCK in kinds:
        return None
    found: list[Family] = []
    if Sign.PARTED in kinds or "…" in clear.text or LONG in clear.plain.translate(CLASSES):
        found.append(tokens)
    if Sign.NAME in kinds:
        found.append(named)
    option = Sign.OPTION in kinds or _OPTION_FIRST.match(lower)
    if option or Sign.ADDRESS in kinds or _PORT.search(lower):
        found.append(addresses)
    if _ENCODED.search(lower) or _ENCODED_FIRST.match(lower):
        found.append(encoded)
    return tuple(found)
