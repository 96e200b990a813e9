"""Readable values in base64, as manifests keep secrets: a name, a colon, and nothing else."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from bot.redaction.reading import Reading
from bot.redaction.span import Found, Span

_VALUE = re.compile(rb": \"?([A-Za-z0-9+/]{20,2000}+={0,2})(?![A-Za-z0-9+/=])")
_BEFORE = 3
"""A value may be read apart from the colon before it."""
_JUDGED = 64
"""So many characters tell whether a value is readable; a multiple of four."""


def encoded(read: Reading) -> Found:
    """Find values that are text in base64; digests and identifiers are not readable."""
    return Found(list(_values(read)))


def _values(read: Reading) -> Iterator[Span]:
    before = read.text[max(0, read.start - _BEFORE) : read.start].encode("latin-1", "replace")
    begin = read.start - len(before)
    for match in _VALUE.finditer(before + read.plain):
        if len(match[1]) % 4 == 0 and _is_readable(match[1][:_JUDGED]):
            yield Span(begin + match.start(1), begin + match.end(1), "secret")


def _is_readable(value: bytes) -> bool:
    return all(32 <= one < 127 or one in b"\r\n\t" for one in b64decode(value))
