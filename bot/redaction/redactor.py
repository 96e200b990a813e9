"""Masks secrets in texts, also in texts that are still growing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.redaction.blocks import blocks
from bot.redaction.named import named
from bot.redaction.span import MARK, Found, Span
from bot.redaction.tokens import tokens

SHORTEST = 6
"""Own secrets shorter than this are not masked: they would be found everywhere."""

_REMEMBERED = 16
"""So many growing texts are remembered."""

_CONTEXT = 96
"""A name and what stands between it and its value are not longer."""

_HELD = 4096
"""What is held back and longer than this is one secret that goes on."""
_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class _Grown(NamedTuple):
    """A growing text: where it is settled to, and what is shown of that."""

    text: str
    cut: int
    shown: str


class Redactor:
    """Masks the given secrets, and everything that looks like one.

    For every text and every beginning of it, `redact(beginning, False)` is a beginning of
    `redact(text, True)`: what was shown while a text grew stays true, and no secret shows in part.
    What was settled of a growing text is remembered, so that only what is new is read again; the
    results are the same without.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple({secret for secret in secrets if len(secret) >= SHORTEST})
        self._grown: tuple[_Grown, ...] = ()

    def __call__(self, text: str, complete: bool) -> str:
        """Mask secrets; of an incomplete text the end that may become one is held back."""
        before = self._before(text)
        if before and not complete and _goes_on(before, text):
            self._remember(_Grown(text, before.cut, before.shown), before)
            return before.shown
        cut, shown = (before.cut, before.shown) if before else (0, "")
        spans, open_at = self._found(text, max(0, cut - _CONTEXT), complete)
        merged = _merged(span for span in spans if span.start >= cut)
        end = max(cut, min((span.start for span in merged if span.end > open_at), default=open_at))
        shown += _masked(text, merged, cut, end)
        if not complete:
            self._remember(_Grown(text, end, shown), before)
        return shown

    def _remember(self, grown: _Grown, before: _Grown | None) -> None:
        others = (one for one in self._grown if one is not before)
        self._grown = (grown, *others)[:_REMEMBERED]

    def _before(self, text: str) -> _Grown | None:
        """Return what is remembered of a beginning of this text."""
        found = (one for one in self._grown if text.startswith(one.text))
        return max(found, key=lambda one: one.cut, default=None)

    def _found(self, text: str, start: int, complete: bool) -> Found:
        found = [family(text, start, complete) for family in (tokens, blocks, named)]
        found += [_own(text, start, complete, secret) for secret in self._secrets]
        spans = [span for one in found for span in one.spans]
        return Found(spans, min(one.open_at for one in found))


def _goes_on(before: _Grown, text: str) -> bool:
    """Whether more of a long secret came that cannot end it: it need not be read again."""
    held = len(before.text) - before.cut
    more = text[len(before.text) :]
    block = text.startswith("-", before.cut)
    return held >= _HELD and not block and not more.strip(_WORD)


def _own(text: str, start: int, complete: bool, secret: str) -> Found:
    """Find a secret that is known, and where the text ends with a beginning of it."""
    spans = []
    at = text.find(secret, start)
    while at >= 0:
        spans.append(Span(at, at + len(secret), "secret"))
        at = text.find(secret, at + 1)
    lengths = range(0 if complete else min(len(secret), len(text) - start), 0, -1)
    longest = next((length for length in lengths if text.endswith(secret[:length])), 0)
    return Found(spans, len(text) - longest)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Make one of spans that overlap; of those that begin at one place the first names it."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = last._replace(end=max(last.end, span.end))
        merged.append(span)
    return merged


def _masked(text: str, spans: list[Span], at: int, end: int) -> str:
    parts: list[str] = []
    for span in spans:
        if span.start < end:
            parts += (text[at : span.start], MARK, " ", span.kind)
            at = span.end
    parts.append(text[at:end])
    return "".join(parts)
