"""Secrets that are told by what stands before them: names, headers, addresses, arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Pattern
from typing import NamedTuple

from bot.redaction.span import MARK, Found, Span
from bot.redaction.values import (
    is_loud_secret,
    is_placeholder,
    is_quoted_secret,
    is_secret,
)

_WORDS = (b"token", b"secret", b"passw", b"passphrase", b"pwd", b"key", b"credential",
          b"authorization", b"cookie")  # fmt: skip
"""Every name that says secret holds one of these, whatever its case."""

_ANSI = r"(?:\x1b\[[0-9;]{0,8}m)?"
_LEAD = re.compile(
    r"(?i:(?P<word>token|secrets?|passw(?:or)?d|passphrase|pwd|key|credentials?|authorization|"
    r"cookie)(?:[_-]?(?:[0-9]{1,2}|base|base64|b64|value|prod|dev|test|staging))?)"
    rf"(?P<close>(?:\\{{1,4}}?[\"']|[\"'`*_]{{1,2}})?\]?){_ANSI}"
    r"(?P<sep>[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}|[ \t]{1,3})"
    rf"{_ANSI}(?P<opened>\\{{0,4}}[\"'`])?"
)
_NAME_CHARS = 64
_NAME_MEMBERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_PASSING = ("password", "passwd", "passphrase", "pwd")
_KEYS = re.compile(
    r"(?i)(?:api|app|private|access|account|secret|encryption|signing|master|service|auth|shared|"
    r"accesskey|consumer|client|webhook|deploy|ssh|license)[_-]?\Z"
)
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|digest|apikey|bot|key|negotiate)[ \t]{1,3}")

_STEP = 512
"""A value is read in steps of so many characters, and judged by the first."""

_UNQUOTED = re.compile(r"[^\s\"'`\\;,&|<>(){}\[\]\x1b•]{0,512}+")
_IN_QUOTES = {quote: re.compile(rf"(?:[^{quote}\\\n•]|\\.){{0,512}}+") for quote in "\"'`"}
_IN_ESCAPED = re.compile(r"[^\\\n\"'`•]{0,512}+")
_HEADER = re.compile(r"[^\r\n\"'`\\•\x1b]{0,512}+")
_COOKIE = re.compile(r"[^\s=;,<>(){}$]{1,256}+=[^\s;<>{}$]{4}")
_ADDRESS = re.compile(
    r"://[^\s/@:\"'`<>\\?#]{0,80}+:(?P<value>[^\s/@\"'`<>\\?#•]{0,512}+)(?P<at>@)?"
)
_HIDDEN = re.compile(r"[$<{*%]")


class _Lead(NamedTuple):
    """What stands before a value, and where the value begins."""

    word: str
    loud: bool
    spaced: bool
    opened: str
    value: int


class _Ends:
    """Where values end. Long ones are read once, however many names stand in them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._long: dict[Pattern[str], tuple[int, int]] = {}

    def of(self, pattern: Pattern[str], value: int) -> int:
        """Return where the value that begins here ends."""
        end = self._step(pattern, value)
        if end - value < _STEP:
            return end
        begin, known = self._long.get(pattern, (0, 0))
        if begin <= value and end <= known:
            return known
        at = value
        while at < end:
            at, end = end, self._step(pattern, end)
        self._long[pattern] = value, end
        return end

    def _step(self, pattern: Pattern[str], at: int) -> int:
        match = pattern.match(self._text, at)
        return match.end() if match else at


def named(text: str, start: int, complete: bool) -> Found:
    """Find values behind names from `start` on; while a text grows, also one that is not over."""
    spans, open_at = _addresses(text, start)
    ends = _Ends(text)
    for lead in _leads(text, start):
        end = ends.of(_value(lead), lead.value)
        if end == len(text) or (end + 1 == len(text) and text[end] == "\\"):
            open_at = min(open_at, lead.value)
        if _is_hidden(text, lead, end):
            spans.append(Span(lead.value, end, _kind(lead.word)))
    return Found(spans, len(text) if complete else open_at)


def _addresses(text: str, start: int) -> tuple[list[Span], int]:
    """Find passwords in addresses; only the password is one, its user stays."""
    spans: list[Span] = []
    for match in _ADDRESS.finditer(text, start):
        if match.end() == len(text) and not match["at"]:
            return spans, match.start("value")
        if match["at"] and match["value"] and not _HIDDEN.match(match["value"]):
            spans.append(Span(*match.span("value"), "password"))
    return spans, len(text)


def _leads(text: str, start: int) -> Iterator[_Lead]:
    """Yield every name from `start` on that says secret, and has a value."""
    # One byte a character, so that places are the same.
    lower = text[start:].encode("latin-1", "replace").lower()
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            match = _LEAD.match(text, start + at)
            if match and (lead := _lead(text, match)):
                yield lead
            at = lower.find(word, at + len(word))


def _lead(text: str, match: re.Match[str]) -> _Lead | None:
    """Judge a name by what stands before the word that says secret."""
    before = text[max(0, match.start() - _NAME_CHARS) : match.start()]
    name = before[len(before.rstrip(_NAME_MEMBERS)) :]
    if MARK in before or (match["word"].lower() == "key" and not _KEYS.search(name)):
        return None
    assigned = not match["sep"].isspace()
    argument = name.startswith("--") and not match["close"]
    if not assigned and not argument:
        return None
    shouted = match["word"].isupper() and name.upper() == name
    opened = match["opened"] or ""
    value, word = match.end(), match["word"].lower()
    if word == "authorization" and (scheme := _SCHEME.match(text, value)):
        value, word = scheme.end(), "bearer"
    shouted &= bool(opened) or not match["close"]
    loud = (shouted and match["sep"] in ("=", ":", ": ")) or (argument and assigned)
    return _Lead(word, loud, not assigned, opened, value)


def _value(lead: _Lead) -> Pattern[str]:
    """Return what a value consists of; each decides by the character that follows."""
    if lead.word == "cookie":
        return _HEADER
    if not lead.opened or lead.word in ("authorization", "bearer"):
        return _UNQUOTED
    return _IN_ESCAPED if lead.opened[0] == "\\" else _IN_QUOTES[lead.opened]


def _is_hidden(text: str, lead: _Lead, end: int) -> bool:
    value = text[lead.value : min(end, lead.value + _STEP)]
    if lead.word == "cookie":
        return _COOKIE.match(value) is not None
    if lead.word == "bearer":
        return len(value) >= 8 and not is_placeholder(value)
    if lead.opened:
        passing = lead.loud or lead.word in _PASSING
        return is_quoted_secret(value, passing)
    if text[end : end + 1] in ("(", "[", "{"):
        return False
    return is_loud_secret(value) if lead.loud else is_secret(value)


def _kind(word: str) -> str:
    if word in ("authorization", "bearer"):
        return "credentials"
    return "cookie" if word == "cookie" else "password" if word in _PASSING else "secret"
