"""Secrets that are told by the name before them: assignments, headers, arguments, settings."""

from __future__ import annotations

import re
from re import Pattern
from typing import NamedTuple

from bot.redaction.names import WORD, Name, name_of
from bot.redaction.reading import OUTSIDE, Reading
from bot.redaction.span import MARK, Found, Open, Span, earliest
from bot.redaction.values import (
    TRAILING,
    is_bare_secret,
    is_call,
    is_loud_secret,
    is_placeholder,
    is_quoted_secret,
    is_secret,
    looks_chosen,
)

_CLOSE = r"(?P<close>(?:\\{0,4}[\"']|[`*_]{1,2})?\]?)"
_TYPE = r"[ \t]?&?(?:str|string|String)[ \t]?="
_SIGN = rf":{_TYPE}|=>|:=|=|:\*\*|:|,(?=[ \t]?[\"'])|\|(?=[ \t]?`)|>(?!=)"
_SEP = rf"(?P<sep>[ \t]{{0,16}}(?:{_SIGN})[ \t]{{0,16}}|[ \t]{{1,16}})"
_LEAD = re.compile(rf"{WORD}{_CLOSE}{_SEP}(?P<opened>[fFbBrRuU]?\\{{0,4}}[\"'`])?")
_LEAD_BEGUN = re.compile(
    r"[A-Za-z0-9_-]{0,16}\\{0,4}[\"'`*_]{0,2}\]?[ \t]{0,16}(?:=>?|:=?|:\*{0,2}|,|\||>)?"
    r"(?:[ \t]?&?[sS]?t?r?i?n?g?[ \t]?=?)?[ \t]{0,16}[fFbBrRuU]?\\{0,4}[\"'`]?\Z"
)
_SAME = {":**": ":", "|": ","}
"""A label in bold, and the next cell of a table."""

_COMMAND_CHARS = 64
_LONGEST_KIND = 24
_LEAD_LONGEST = 96
_LEAD_OVER = re.compile(rf"(?<=[^ \t=:>,|*\"'`\\]){OUTSIDE}|\n")
"""What comes when a name has its value, or has none."""

_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|digest|apikey|bot|key|negotiate|flyv1)[ \t]{1,3}")
_SCHEME_BEGUN = re.compile(r"(?i)[a-z]{0,10}[ \t]{0,3}\Z")
_COMMANDED = re.compile(
    r"(?:\b(?:ENV|ARG)|\bset(?: -[A-Za-z]+)+|\bconfigure set|"
    r"\b(?:login|user) [^\s\\]{1,40}(?:(?:\s|\\n)[\s>+|-]{0,12})?)[ \t]{0,8}\Z"
)

_STEP = 512
"""A value is judged by its beginning."""

_UNQUOTED = re.compile(
    r"(?:[^\s\"'`\\;,&|<>(){}\[\]•…]|[,|(){}\[\]<>]|"
    r"[;&](?![ ]?[A-Za-z_]{0,24}[a-z]{2}[\w.-]{0,24}=))*+"
)
_IN_TAG = re.compile(r"[^\s<\"'`\\•]*+")
_TO_BLANK = re.compile(r"[^\s\"'`\\•…]*+")
_IN_QUOTES = {quote: re.compile(rf"(?:[^{quote}\\\n•]|\\.)*+") for quote in "\"'`"}
_QUOTED = frozenset(_IN_QUOTES.values())
_IN_ESCAPED = re.compile(r"[^\\\n\"'`•]*+")
_HEADER = re.compile(r"[^\r\n\"'`\\•]*+")
_COOKIE = re.compile(r"[^\s=;,<>(){}$]{1,256}+=[^\s;<>{}$]{4}")
_UNTIL = {
    _UNQUOTED: re.compile(r"[\s\"'`\\•…]"),
    _TO_BLANK: re.compile(r"[\s\"'`\\•…]"),
    _IN_TAG: re.compile(r"[\s<\"'`\\•]"),
    _IN_ESCAPED: re.compile(r"[\\\n\"'`•]"),
    _HEADER: re.compile(r"[\r\n\"'`\\•]"),
    **{pattern: re.compile(rf"[{quote}\n•]") for quote, pattern in _IN_QUOTES.items()},
}


class _Lead(NamedTuple):
    """What stands before a value, and where the value begins."""

    name: Name
    loud: bool
    sep: str
    opened: str
    value: int


def named(read: Reading) -> Found:
    """Find values behind names; while a text grows, also one that is not over."""
    spans: list[Span] = []
    opens: list[Open] = []
    known = read.start
    ends = _Ends(read.text)
    for place in read.signs.names:
        at = read.start + place
        if at < known:
            continue
        lead = _lead(read, at)
        if isinstance(lead, Open):
            opens.append(lead)
        elif lead:
            values = _value(lead)
            end = ends.of(values, lead.value)
            if end >= len(read.text) - 1 and not read.whole and _is_open(read.text, end):
                opens.append(Open(lead.name.start, _UNTIL[values]))
                break
            if values is _UNQUOTED:
                end = lead.value + len(read.text[lead.value : end].rstrip(TRAILING))
            if _is_hidden(read.text, lead, end):
                spans.append(Span(lead.value, end, lead.name.kind, lead.name.start))
                known = end
    return Found(spans, earliest(opens))


class _Ends:
    """Where values end: one that goes on over other names is read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[Pattern[str], tuple[int, int]] = {}

    def of(self, values: Pattern[str], at: int) -> int:
        """Return where the value that begins here ends."""
        begin, end = self._known.get(values, (0, 0))
        if not begin <= at < end or values in _QUOTED:
            match = values.match(self._text, at)
            end = match.end() if match else at
            self._known[values] = at, end
        return end


def _is_open(text: str, end: int) -> bool:
    return end == len(text) or text[end:] == "\\"


def _lead(read: Reading, at: int) -> _Lead | Open | None:
    """Read what stands around a word that says secret."""
    text = read.text
    if not read.whole and len(text) - at < _LEAD_LONGEST and _LEAD_BEGUN.match(text, at):
        return Open(at, _LEAD_OVER)
    match = _LEAD.match(text, at)
    name = name_of(text, match) if match else None
    if not match or not name or _is_marked(text, name):
        return None
    sep = _SAME.get(sep := match["sep"].strip(" \t"), sep)
    if not _assigns(text, match, name, sep):
        return None
    opened = (match["opened"] or "").lstrip("fFbBrRuU")
    value = match.end()
    if name.word in ("authorization", "auth") or opened:
        if not read.whole and _SCHEME_BEGUN.match(text, value):
            return Open(at, _LEAD_OVER)
        if scheme := _SCHEME.match(text, value):
            value, word = scheme.end(), "bearer" if name.word == "authorization" else name.word
            name = name._replace(word=word)
    shouted = name.loud and (bool(opened) or not match["close"])
    loud = shouted and sep != "," and (match["sep"] in ("=", ":", ": ") or not sep or bool(opened))
    return _Lead(name, loud or _argued(name, sep), sep, opened, value)


def _is_marked(text: str, name: Name) -> bool:
    """Whether a name is the kind of what was masked before, or a variable in braces."""
    before = text[max(0, name.start - _LONGEST_KIND) : name.start]
    return MARK in before or before.endswith("${")


def _argued(name: Name, sep: str) -> bool:
    return name.written.startswith("--") and sep == "="


def _assigns(text: str, match: re.Match[str], name: Name, sep: str) -> bool:
    """Whether what follows a name is its value."""
    if sep == ">":
        return text[name.start - 1 : name.start] == "<" and not match["close"]
    if sep == ",":
        return bool(match["close"]) and (name.loud or name.passing or name.word == "authorization")
    if sep:
        return name.word not in ("pass", "auth") or bool(match["close"]) or sep in ("=", ":")
    if match["close"]:
        return False
    if name.written.startswith("--") or name.written in ("-store", "-key"):
        return True
    return _COMMANDED.search(text, max(0, name.start - _COMMAND_CHARS), name.start) is not None


def _value(lead: _Lead) -> Pattern[str]:
    """Return what a value consists of; each decides by the character that follows."""
    if lead.name.word == "cookie":
        return _HEADER
    if lead.opened:
        return _IN_ESCAPED if lead.opened[0] == "\\" else _IN_QUOTES[lead.opened]
    if lead.sep == ">":
        return _IN_TAG
    return _TO_BLANK if lead.loud or lead.sep == ":" else _UNQUOTED


def _is_hidden(text: str, lead: _Lead, end: int) -> bool:
    value = text[lead.value : min(end, lead.value + _STEP)]
    if lead.name.word == "cookie":
        return _COOKIE.search(value) is not None
    if lead.name.word == "bearer":
        told = not is_placeholder(value) and " " not in value and not is_call(value)
        return told and len(value) >= 8 and looks_chosen(value)
    if lead.opened:
        words = 9 if lead.loud or lead.name.word == "passphrase" else 3
        passing = lead.loud or (lead.name.passing and lead.sep != ",")
        return is_quoted_secret(value, passing, words)
    if _is_setting(text, lead, end) and is_bare_secret(value):
        return True
    return is_loud_secret(value) if lead.loud else is_secret(value)


def _is_setting(text: str, lead: _Lead, end: int) -> bool:
    """Whether a password is set between blanks, as commands and connection strings have it."""
    around = text[lead.name.start - 1 : lead.name.start] + text[end : end + 1]
    return lead.name.passing and text[lead.value - 1] in "= " and not around.strip(" \t\n;`=")
