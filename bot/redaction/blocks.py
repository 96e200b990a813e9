"""Private keys in PEM blocks: the only secrets of more than one line."""

from __future__ import annotations

import re

from bot.redaction.span import Found, Span

_MARK = "-----BEGIN "
_KIND = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# What stands before a line of a block in quotes, diffs and numbered listings.
_BREAK = r"[\"',]{0,2}(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)[ \t>|+\-\"'0-9:→]{0,16}?"
_LINE = r"(?:[A-Za-z0-9+/]{1,120}={0,3}|[A-Z][A-Za-z-]{2,20}: [^\n\\]{0,120})?"
_AFTER = r"(?=[\"',]{0,2}[ \t]{0,4}(?:\r?\n|\Z)|\\|[\"'])"
_BREAKS = re.compile(_BREAK)
_BLOCK = re.compile(
    rf"{_MARK}{_KIND}(?P<body>(?:{_BREAK}{_LINE}{_AFTER}){{0,400}})"
    rf"(?P<end>(?:{_BREAK})?-----END {_KIND})?"
)
_LEAST = 16
"""A mark with less below it is only spoken of."""
_LONGEST = 200
"""No line of a block is longer."""
_GROWING_MARK = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}-{0,5}\Z")


def blocks(text: str, start: int, complete: bool) -> Found:
    """Find blocks from `start` on, and where one may have begun that is not over yet."""
    open_at = len(text) if complete else _begun(text, start)
    spans: list[Span] = []
    at = text.find(_MARK, start)
    while at >= 0:
        match = _BLOCK.match(text, at)
        end = match.end() if match else at + len(_MARK)
        if match and len(match["body"]) > _LEAST:
            spans.append(Span(at, end, "private key"))
        if match and match["end"] is None and not complete and not _over(text, end):
            open_at = min(open_at, at)
        at = text.find(_MARK, end)
    return Found(spans, open_at)


def _over(text: str, end: int) -> bool:
    """Whether the line behind what was found of a block is whole, and so none of the block's."""
    rest = text[end : end + _LONGEST]
    line_end = _BREAKS.match(rest)
    return len(rest) == _LONGEST or "\n" in rest[line_end.end() if line_end else 0 :]


def _begun(text: str, start: int) -> int:
    """Return where at the end of the text the first line of a block may have begun."""
    match = _GROWING_MARK.search(text, max(start, len(text) - 80))
    if match:
        return match.start()
    for length in range(min(len(_MARK), len(text) - start), 0, -1):
        if text.endswith(_MARK[:length]):
            return len(text) - length
    return len(text)
