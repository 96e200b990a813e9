"""Masks secrets in texts, also in texts that are still growing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.redaction.rules import RULES

MARK = "••••"

SHORTEST = 6
"""Own secrets shorter than this are not masked: they would be found everywhere."""

_TELEGRAM_TAIL = re.compile(r":(?<=[0-9]{8}:)[A-Za-z0-9_-]{34}")

Span = tuple[int, int, str]
"""Where a secret begins and ends, and its kind."""


class Redactor:
    """Masks the given secrets and everything that has the shape of a token.

    For every text and every beginning of it, `redact(beginning, False)` is a beginning of
    `redact(text, True)`: what was shown while a text grew stays true, and no secret shows in part.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple({secret for secret in secrets if len(secret) >= SHORTEST})

    def __call__(self, text: str, complete: bool) -> str:
        """Mask secrets; of an incomplete text the end that may become one is held back."""
        cut = len(text) if complete else self._settled(text)
        spans = sorted(self._spans(text, cut), key=lambda span: span[0])
        return _masked(text, spans, cut) if spans else text[:cut]

    def _spans(self, text: str, cut: int) -> Iterator[Span]:
        for secret in self._secrets:
            at = text.find(secret)
            while 0 <= at < cut:
                yield at, at + len(secret), "secret"
                at = text.find(secret, at + len(secret))
        for rule in RULES:
            if rule.literal not in text or (
                rule.literal == ":" and _TELEGRAM_TAIL.search(text) is None
            ):
                continue
            for match in rule.whole.finditer(text):
                if match.start() < cut:
                    yield match.start(), match.end(), rule.kind

    def _settled(self, text: str) -> int:
        """Return up to where nothing that may follow can change what is masked."""
        begun = (_begun(text, secret) for secret in self._secrets)
        return min(*(rule.begun(text) for rule in RULES), *begun)


def _begun(text: str, secret: str) -> int:
    """Return where the longest beginning of an own secret stands at the end of the text."""
    for length in range(min(len(secret), len(text)), 0, -1):
        if text.endswith(secret[:length]):
            return len(text) - length
    return len(text)


def _masked(text: str, spans: list[Span], cut: int) -> str:
    """Replace spans, in order of their beginnings; overlapping ones become one."""
    parts: list[str] = []
    at = 0
    for start, end, kind in spans:
        if start >= at:
            parts += (text[at:start], MARK, " ", kind)
        at = max(at, end)
    parts.append(text[at:cut])
    return "".join(parts)
