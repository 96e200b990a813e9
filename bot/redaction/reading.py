"""A stretch of text as the rules read it: without colours, with a little of what stands before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.redaction.span import Span

CONTEXT = 200
"""So many characters before a stretch are known to its rules."""

_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
RUN = f"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:@%~*-{_UNSEEN}"
"""What tokens consist of. While a text grows the last run of these is held back."""

OUTSIDE = f"[^{re.escape(RUN)}]"
_ESCAPE = r"(?:\x1b|\\(?:x1b|u001b))"
_COLOUR = rf"{_ESCAPE}\[[0-9;]{{0,16}}[A-Za-z]"
"""As terminals read it, and as logs and JSON write it."""
_INVISIBLE = re.compile(rf"{_COLOUR}|[{_UNSEEN}]")
_HIDING = "\x1b" + _UNSEEN
_COLOUR_BEGUN = re.compile(rf"\x1b\Z|\\\Z|{_ESCAPE}\[(?:[0-9;]{{0,15}};)?\Z")
_WRITTEN = ("x1b[", "u001b[")
_LONGEST_COLOUR = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """Plain text that is read from `start` on; `whole` if the text is over where this ends."""

    text: str
    start: int
    whole: bool
    plain: bytes
    """What is read, one byte a character, so that places are the same."""

    lower: bytes
    _parts: tuple[tuple[int, int], ...]

    def place(self, at: int) -> int:
        """Return where in the stretch the character stands that is at this place in `text`."""
        if len(self._parts) == 1:
            return at - self.start
        plain, raw = self._parts[bisect_right(self._parts, (at, len(self.text) * 99)) - 1]
        return raw + at - plain

    def finds(self, word: bytes) -> list[int]:
        """Return every place in `text` where a word in lower case stands, whatever its case."""
        found: list[int] = []
        at = self.lower.find(word)
        while at >= 0:
            found.append(self.start + at)
            at = self.lower.find(word, at + len(word))
        return found

    def blanked(self, spans: Sequence[Span]) -> Reading:
        """Return this with blanks where these stand: nothing else is told by what is in them."""
        if not spans:
            return self
        parts: list[str] = []
        at = 0
        for span in spans:
            parts += (self.text[at : span.start], " " * (span.end - span.start))
            at = span.end
        text = "".join((*parts, self.text[at:]))
        plain = text[self.start :].encode("latin-1", "replace")
        return replace(self, text=text, plain=plain, lower=plain.lower())


def reading(context: str, stretch: str, *, whole: bool) -> Reading:
    """Prepare a stretch for the rules."""
    start = len(context)
    parts: tuple[tuple[int, int], ...] = ((start, 0),)
    if hides(stretch):
        stretch, parts = _without_invisible(stretch, start)
    plain = stretch.encode("latin-1", "replace")
    return Reading(context + stretch, start, whole, plain, plain.lower(), parts)


def _may_be_colour(text: str, at: int) -> bool:
    """Whether what stands behind a backslash begins the name of a colour's escape."""
    following = text[at : at + len(_WRITTEN[-1])]
    return any(one.startswith(following) or following.startswith(one) for one in _WRITTEN)


def hides(stretch: str) -> bool:
    """Whether a stretch holds characters that no reader sees."""
    if stretch.isascii():
        return "\x1b" in stretch or "1b[" in stretch
    return any(one in stretch for one in _HIDING) or "1b[" in stretch


def _without_invisible(stretch: str, start: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    parts: list[tuple[int, int]] = [(start, 0)]
    kept: list[str] = []
    raw, plain = 0, start
    for match in _INVISIBLE.finditer(stretch):
        kept.append(stretch[raw : match.start()])
        plain += match.start() - raw
        raw = match.end()
        parts.append((plain, raw))
    kept.append(stretch[raw:])
    return "".join(kept), tuple(parts)


def boundary(text: str, seen: int) -> int | None:
    """Return where the last run begins; None if nothing that ends one is new since `seen`."""
    end = len(text)
    while True:
        end = seen + len(text[seen:end].rstrip(RUN))
        if end > seen and text[end - 1] not in "\x1b[;\\":
            return end
        begun = _COLOUR_BEGUN.search(text[max(0, end - _LONGEST_COLOUR) : end])
        if begun is None or (begun[0] == "\\" and not _may_be_colour(text, end)):
            return end if end > seen else None
        end -= len(begun[0])
        if end <= seen:
            return None
