"""A stretch of text as the rules read it: without colours, with a little of what stands before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.redaction.signs import Signs, signs_in
from bot.redaction.span import MARK, Span

CONTEXT = 200
"""So many characters before a stretch are known to its rules."""

_UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\0\x01\x02\x03\x04\x05\x06\x07\x08\x7f"
)
RUN = f"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:@%~*-{_UNSEEN}"
"""What tokens consist of. While a text grows the last run of these is held back."""

OUTSIDE = f"[^{re.escape(RUN)}]"
_WRITTEN = ("x1b[", "x1B[", "u001b[", "u001B[", "033[", "e[")
"""How sources and logs write a colour's beginning, behind a backslash."""
_ESCAPE = rf"(?:\x1b\[|\x9b|\\(?:{'|'.join(map(re.escape, _WRITTEN))})|\^\[\[)"
_CODE = rf"{_ESCAPE}[0-9;:<=>?]{{0,24}}[ !-/]{{0,2}}[@-~]"
"""As terminals read it, and as logs and JSON write it."""
_BARE = r"\[[0-9]{1,2}(?:;[0-9]{1,3}){0,4}m"
"""A colour that lost its escape."""
_SHORT = r"\x1b[ -/]{1,2}[0-~]|\x1b[=>78cDEHMNOZ]|\x1b\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)"
_ESCAPED = "_-.:=+~*"
"""Signs of tokens before which Markdown has a backslash."""
_EMPHASIS = r"\*(?<=[A-Za-z0-9]\*)\*?(?=[A-Za-z0-9])"
_INVISIBLE = re.compile(
    rf"{_CODE}|{_SHORT}|{_BARE}|\\(?=[{re.escape(_ESCAPED)}])|[{re.escape(_UNSEEN)}]|{_EMPHASIS}"
)
_HIDING = re.compile(rf"\\(?:[{re.escape(_ESCAPED)}]|{'|'.join(map(re.escape, _WRITTEN))})")
_BARE_AT = re.compile(r"\[[0-9]{1,2}[m;]")
_EMPHASIS_AT = re.compile(_EMPHASIS)
_UNUSUAL = re.compile(f"[{re.escape(_UNSEEN)}\x1b\x9b]")
_USUAL = bytes(code for code in range(128) if not _UNUSUAL.match(chr(code)))
_CODE_BEGUN = re.compile(
    rf"\x1b\Z|\\\Z|\^\[?\Z|{_ESCAPE}[0-9;:<=>?]{{0,24}}[ !-/]{{0,2}}\Z|\[[0-9;]{{0,16}}\Z"
    r"|\x1b[ -/]{1,2}\Z"
    r"|\x1b\][^\x07\x1b\n]{0,200}(?:\x1b\\)?\Z"
)
_LONGEST_CODE = 210
_ENDS = "\x1b\x9b[];:<=>?\\^ !\"#$%&'()"
"""With these ends what may become a code."""


class Clear(NamedTuple):
    """A stretch without what no reader sees, one byte a character, and where each part stood."""

    text: str
    plain: bytes
    lower: bytes
    signs: Signs
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Plain text that is read from `start` on; `whole` if the text is over where this ends."""

    text: str
    start: int
    whole: bool
    plain: bytes
    """What is read, one byte a character, so that places are the same."""

    lower: bytes
    signs: Signs
    """Of what is read; their places count from `start` on."""

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

    def cuts(self) -> Iterator[int]:
        """Give the places where somebody may have cut a token: before an ellipsis, at the end."""
        at = self.text.find("…", self.start)
        while at >= 0:
            yield at
            at = self.text.find("…", at + 1)
        if self.whole:
            yield len(self.text)

    def blanked(self, spans: Sequence[Span]) -> Reading:
        """Return this with marks where these stand: nothing else is told by what is in them.

        No value goes on over a mark, as one does over blanks.
        """
        if not spans:
            return self
        parts: list[str] = []
        at = 0
        for span in spans:
            parts += (self.text[at : span.start], MARK[:1] * (span.end - span.start))
            at = span.end
        text = "".join((*parts, self.text[at:]))
        plain, lower, signs = _searched(text[self.start :])
        return replace(self, text=text, plain=plain, lower=lower, signs=signs)


def reading(context: str, clear: Clear, *, whole: bool) -> Reading:
    """Prepare a stretch for the rules."""
    start = len(context)
    parts = tuple((start + at, raw) for at, raw in clear.parts)
    text = context + clear.text
    return Reading(text, start, whole, clear.plain, clear.lower, clear.signs, parts)


def _goes_on(text: str, begun: str, end: int) -> bool:
    """Whether what begins like a terminal's code may be one, by what follows it."""
    following = text[end : end + _LONGEST_CODE]
    if begun == "\\":
        short = following[: len(_WRITTEN[2])]
        codes = any(one.startswith(short) or short.startswith(one) for one in _WRITTEN)
        return codes or following[:1] in _ESCAPED
    return begun[0] != "[" or following[:1].isdigit() or not following


def clear(stretch: str) -> Clear:
    """Take out of a stretch what no reader sees."""
    if not _hides(stretch):
        return Clear(stretch, *_searched(stretch), ((0, 0),))
    parts: list[tuple[int, int]] = [(0, 0)]
    kept: list[str] = []
    raw = at = 0
    for match in _INVISIBLE.finditer(stretch):
        kept.append(stretch[raw : match.start()])
        at += match.start() - raw
        raw = match.end()
        parts.append((at, raw))
    kept.append(stretch[raw:])
    text = "".join(kept)
    return Clear(text, *_searched(text), tuple(parts))


def _searched(text: str) -> tuple[bytes, bytes, Signs]:
    """Return a text one byte a character, the same in lower case, and the signs in it."""
    plain = text.encode("latin-1", "replace")
    lower = plain.lower()
    return plain, lower, signs_in(lower)


def _hides(stretch: str) -> bool:
    """Whether a stretch may hold characters that no reader sees."""
    unusual = stretch.encode().translate(None, _USUAL)
    if unusual and _UNUSUAL.search(unusual.decode()):
        return True
    if "\\" in stretch and _HIDING.search(stretch):
        return True
    if "*" in stretch and _EMPHASIS_AT.search(stretch):
        return True
    return "[" in stretch and ("^[[" in stretch or _BARE_AT.search(stretch) is not None)


def boundary(text: str, seen: int) -> int | None:
    """Return where the last run begins; None if nothing that ends one is new since `seen`."""
    end = len(text)
    while True:
        end = seen + len(text[seen:end].rstrip(RUN))
        begun = None
        if end > seen and text[end - 1] in _ENDS:
            begun = _CODE_BEGUN.search(text, max(0, end - _LONGEST_CODE), end)
        if begun is None or not _goes_on(text, begun[0], end):
            return end if end > seen else None
        end = begun.start()
        if end <= seen:
            return None
