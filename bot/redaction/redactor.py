"""Masks secrets in texts, also in texts that are still growing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import Pattern
from typing import NamedTuple
from urllib.parse import quote

from bot.redaction.blocks import blocks
from bot.redaction.quiet import ALL, families
from bot.redaction.reading import CONTEXT, RUN, Clear, Reading, boundary, clear, reading
from bot.redaction.signs import signs_in
from bot.redaction.span import MARK, Found, Open, Span, earliest
from bot.redaction.tokens import PREFIXES, tokens

SHORTEST = 6
"""Own secrets shorter than this are not masked: they would be found everywhere."""

_LEAST_CUT = 8
"""A beginning of an own secret that somebody cut is masked from so many characters on."""

_WORD = re.compile(r"\*{0,2}(?P<word>[A-Z]?[a-z]{2,12})(?=[.:])")

_QUOTED = re.compile("%[0-9A-F]{2}")

_KEPT = CONTEXT + 2
"""With the character before, which tells where a word begins, and the blank before an option."""

_REMEMBERED = 16
"""So many growing texts are remembered."""


class _Grown(NamedTuple):
    """A growing text: what is settled of it and shown of that, and what it waits for."""

    text: str = ""
    settled: int = 0
    shown: str = ""
    context: str = ""
    inside: bool = False
    until: Pattern[str] | None = None


_NEW = _Grown()


class Redactor:
    """Masks the given secrets, and everything that looks like one.

    For every text and every beginning of it, `redact(beginning, False)` is a beginning of
    `redact(text, True)`: what was shown while a text grew stays true, and no secret shows in part.
    What was settled of a growing text is remembered and never read again; `scanned` counts the
    characters that were read.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= SHORTEST}
        quoted = {quote(secret, safe="") for secret in known}
        lower = {_QUOTED.sub(lambda code: code[0].lower(), secret) for secret in quoted}
        self._secrets = tuple(known | quoted | lower)
        self._grown: tuple[_Grown, ...] = ()
        self.scanned = 0

    def __call__(self, text: str, complete: bool) -> str:
        """Mask secrets; of an incomplete text the end that may become one is held back."""
        before = self._before(text)
        if complete:
            return self._read(before, text, len(text), whole=True).shown
        grown = self._grow(before, text)
        others = (one for one in self._grown if one is not before)
        self._grown = (grown, *others)[:_REMEMBERED]
        return grown.shown + self._word(grown)

    def _word(self, grown: _Grown) -> str:
        """Return the word with which what is held back begins, if it belongs to no secret.

        It is over, and neither a name nor the beginning of any token: those that hold a sign hold
        digits or capitals before it, or are longer. It will be read again with what follows.
        """
        match = _WORD.match(grown.text, grown.settled)
        if match is None or grown.inside or not _begins_run(grown.text, grown.settled):
            return ""
        word = match["word"]
        own = any(word in secret for secret in self._secrets)
        return "" if own or word in PREFIXES or signs_in(word.lower().encode()).names else match[0]

    def _before(self, text: str) -> _Grown:
        """Return what is remembered of a beginning of this text."""
        found = _NEW
        for one in self._grown:
            if text.startswith(one.text) and one.settled >= found.settled:
                found = one
        return found

    def _grow(self, before: _Grown, text: str) -> _Grown:
        seen = len(before.text)
        if seen == len(text):
            return before
        end = boundary(text, seen)
        if end is not None and before.until:
            self.scanned += len(text) - seen
            end = end if before.until.search(text, seen) else None
        if end is None:
            return before._replace(text=text)
        return self._read(before, text, end, whole=False)

    def _read(self, before: _Grown, text: str, end: int, *, whole: bool) -> _Grown:
        """Read what is not settled up to `end`, and settle what can be."""
        self.scanned += end - before.settled
        stretch = text[before.settled : end]
        seen = clear(stretch)
        wanted = None if before.inside else families(seen)
        owned = [one for one in self._secrets if _may_hold(stretch, seen, one)]
        if wanted is None:
            wanted = ALL
        elif whole and tokens not in wanted:
            wanted = (tokens, *wanted)
        if not wanted and not owned:
            context = (before.context + seen.text[-_KEPT:])[-_KEPT:]
            return _Grown(text, end, before.shown + stretch, context)
        read = reading(before.context, seen, whole=whole)
        keys = blocks(read, before.inside)
        read = read.blanked(keys.spans)
        found = [family(read) for family in wanted]
        found += [_own(read, secret) for secret in owned]
        spans = _merged([*keys.spans, *(span for one in found for span in one.spans)])
        opens = [one.open for one in found if one.open and not _covered(one.open.at, keys.spans)]
        first = earliest([*opens, *([keys.open] if keys.open else [])])
        settled = _settled(read, first, spans, keys.spans)
        inside = keys.inside and keys.open is not None and settled == keys.open.at
        place = _place(read, settled, stretch, inside=inside)
        shown = _masked(stretch[:place], read, spans, settled)
        for secret in owned:  # what follows an escape may be read as its end
            shown = shown.replace(secret, f"{MARK} secret")
        context = read.text[max(0, settled - _KEPT) : settled]
        until = first.until if first else None
        return _Grown(text, before.settled + place, before.shown + shown, context, inside, until)


def _begins_run(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] not in RUN


def _may_hold(stretch: str, seen: Clear, secret: str) -> bool:
    """Whether a secret is in a stretch, or may begin in it."""
    if secret in stretch or secret.strip(RUN):
        return True
    return secret[:_LEAST_CUT] in seen.text


def _covered(at: int, spans: list[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _settled(read: Reading, first: Open | None, spans: list[Span], keys: list[Span]) -> int:
    """Return up to where the text is settled: no run and no secret goes on from there."""
    at = first.at if first else len(read.text)
    if at == len(read.text):
        return at
    over = (key.end for key in keys if key.end <= at and not _within(key.end, spans))
    least = max(over, default=read.start)
    for span in reversed(spans):
        at = _run_begin(read, at, least)
        if min(span.lead, span.start) < at < span.end:
            at = max(least, min(span.lead, span.start))
    return _run_begin(read, at, least)


def _within(at: int, spans: list[Span]) -> bool:
    return any(span.start < at < span.end for span in spans)


def _run_begin(read: Reading, at: int, least: int) -> int:
    """Return where the run begins that goes on from here, at `least` behind a whole block."""
    if at == len(read.text) or read.text[at] not in RUN:
        return at
    return least + len(read.text[least:at].rstrip(RUN))


def _own(read: Reading, secret: str) -> Found:
    """Find a secret that is known, and where the text ends with a beginning of it."""
    text = read.text
    spans = []
    at = text.find(secret, read.start)
    while at >= 0:
        spans.append(Span(at, at + len(secret), "secret"))
        at = text.find(secret, at + 1)
    if text.find(secret[:_LEAST_CUT], read.start) >= 0:
        spans += _own_cut(read, secret)
    if read.whole or not secret.strip(RUN):
        return Found(spans)
    lengths = range(min(len(secret) - 1, len(text) - read.start), 0, -1)
    longest = next((length for length in lengths if text.endswith(secret[:length])), 0)
    return Found(spans, Open(len(text) - longest) if longest else None)


def _own_cut(read: Reading, secret: str) -> Iterator[Span]:
    """Find where a known secret lost its end."""
    for end in read.cuts():
        room = min(len(secret) - 1, end - read.start)
        for length in range(room, _LEAST_CUT - 1, -1):
            if read.text.startswith(secret[:length], end - length):
                yield Span(end - length, end, "secret")
                break


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Make one of spans that overlap; of those that begin at one place the first names it."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = last._replace(end=max(last.end, span.end), lead=min(last.lead, span.lead))
        merged.append(span)
    return merged


def _place(read: Reading, settled: int, stretch: str, *, inside: bool) -> int:
    """Return up to where a stretch is settled; what hides behind a key goes with what follows."""
    if inside and settled > read.start:
        return read.place(settled - 1) + 1
    return read.place(settled) if settled < len(read.text) else len(stretch)


def _masked(stretch: str, read: Reading, spans: list[Span], end: int) -> str:
    """Return the settled part of a stretch, each secret replaced by a mark and its kind."""
    parts: list[str] = []
    at = 0
    for span in spans:
        if span.start < min(end, span.end):
            goes_on = not span.kind and span.start == read.start
            parts.append(stretch[at : 0 if goes_on else read.place(span.start)])
            if span.kind:
                parts.append(f"{MARK} {span.kind}")
            at = read.place(span.end - 1) + 1
    parts.append(stretch[at:])
    return "".join(parts)
