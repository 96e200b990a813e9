"""Private keys in blocks of many lines, which are swallowed line by line while they grow."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.redaction.reading import Reading
from bot.redaction.span import Open, Span

KIND = "private key"
_LABEL = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_BEGIN = re.compile(rf"-----BEGIN {_LABEL}|Private-Lines: [0-9]{{1,3}}")
_BEGIN_PART = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}-{0,5}\Z|Private-Lines: ?[0-9]{0,3}\Z")
_BEGUN_UNTIL = re.compile(r"-----|[\n\\\"'`]")
_SAYING = b"private"
_BEFORE = 60

# What stands before a line of a block in quotes, diffs and numbered listings.
_BREAK = (
    r"(?:[\"',]{0,2}[ \t]{0,4}(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)[ \t>|+\-\"'0-9:→]{0,16}?|"
    r"[ ](?=[A-Za-z0-9+/]{16,120}={0,2}[ ]|[A-Za-z0-9+/]{1,120}={0,2}[ ]-----END ))"
)
_TEXT = r"[A-Za-z0-9+/]{1,120}={0,3}|=[A-Za-z0-9+/]{4}"
_HEADER = r"[A-Z][A-Za-z-]{2,20}: [^\n\\\"']{0,120}"
_BLANK = r"[ ](?:[A-Za-z0-9+/]|-----END )"
_AFTER = r"[\"',]{0,2}[ \t]{0,4}\r?\n|\\|[\"']"
_AT_END = r"[\"',]{0,2}[ \t]{0,4}\Z"
_END = rf"(?P<end>(?:{_BREAK}|[ ])-----END {_LABEL})?"
_REST = r"[A-Za-z0-9+/=]*+"


def _lines_until(after: str) -> re.Pattern[str]:
    """Return lines of which each is followed by one of these, or by a blank if it has text."""
    text, other = rf"(?:{_TEXT})(?={after}|{_BLANK})", rf"(?:{_HEADER})?(?={after})"
    return re.compile(rf"{_REST}(?:{_BREAK}(?!END )(?:{text}|{other}))*+{_END}")


_GROWING = _lines_until(_AFTER)
_WHOLE = _lines_until(f"{_AFTER}|{_AT_END}")
_LINE_OVER = re.compile(r"\n|\\|-----")
_NEXT_LINE = re.compile(_BREAK)
_LEAST = 16
"""A mark with less below it is only spoken of."""
_LONGEST = 200
"""No line of a block is longer."""


class Blocks(NamedTuple):
    """The blocks in a stretch, what is open, and whether the stretch ends inside of a block."""

    spans: list[Span]
    open: Open | None
    inside: bool


def blocks(read: Reading, inside: bool) -> Blocks:
    """Find blocks; `inside` if the stretch begins within one whose mark was already shown."""
    spans: list[Span] = []
    known = read.start
    if inside:
        end, over = _lines(read, read.start)
        spans.append(Span(read.start, end, ""))
        if not over:
            return Blocks(spans, Open(end, _LINE_OVER), inside=True)
        known = end
    for place in read.finds(_SAYING):
        match = _begin(read, max(known, place - _BEFORE), place) if place >= known else None
        if match is None:
            continue
        at = match.start()
        end, over = _lines(read, match.end())
        found = end - match.end() > _LEAST
        if found:
            spans.append(Span(at, end, KIND))
        if not over:
            return Blocks(spans, Open(end if found else at, _LINE_OVER), inside=found)
        known = end
    return Blocks(spans, None if read.whole else _begun(read), inside=False)


def _begin(read: Reading, start: int, place: int) -> re.Match[str] | None:
    """Return the mark in which a word stands that each of them holds."""
    at = read.text.rfind("-----BEGIN ", start, place)
    return (_BEGIN.match(read.text, at) if at >= 0 else None) or _BEGIN.match(read.text, place)


def _lines(read: Reading, at: int) -> tuple[int, bool]:
    """Return where the lines of a block end, and whether the block is over there."""
    match = (_WHOLE if read.whole else _GROWING).match(read.text, at)
    if match is None:
        return at, True
    rest = read.text[match.end() : match.end() + _LONGEST]
    line_end = _NEXT_LINE.match(rest)
    other = len(rest) == _LONGEST or "\n" in rest[line_end.end() if line_end else 0 :]
    return match.end(), read.whole or match["end"] is not None or other


def _begun(read: Reading) -> Open | None:
    match = _BEGIN_PART.search(read.text, max(read.start, len(read.text) - 80))
    return Open(match.start(), _BEGUN_UNTIL) if match else None
