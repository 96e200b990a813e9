"""Makes foreign text showable: terminal codes, blanks, invisible characters, cuts, durations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import regex

from bot.i18n import Translator

TAB_COLUMNS = 4

MAX_GRAPHEME_CHARS = 64
"""A cluster longer than this is no character anybody writes; it may be cut."""

_SEQUENCE = regex.compile(
    r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?"  # strings a terminal keeps to itself
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = regex.compile("\r\n|[\u2028\u2029\x85]")
_INVISIBLE = regex.compile(
    "[\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u180e]"
)
_CONTROL = regex.compile("[\x00-\x08\x0b-\x1f]")
_UNSTORED_MARKS = regex.compile("[\u0333\u033f\u030a]")
_SURROGATES = regex.compile("[\ud800-\udfff]")
_SUSPECT = regex.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u0333\u033f\u030a\u061c\u180e"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_GRAPHEME = regex.compile(r"\X")
_WINDOW = 256


def clean(text: str) -> str:
    """Return text as a terminal would leave it, without what Telegram does not store.

    Of a line that a progress bar wrote again and again, the last version stays.
    """
    if not _SUSPECT.search(text):
        return text
    text = _LINE_ENDS.sub("\n", _SEQUENCE.sub("", text))
    text = _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))
    if "\r" in text or "\t" in text:
        text = "\n".join(_as_left(line) for line in text.split("\n"))
    if _UNSTORED_MARKS.search(text):
        text = _UNSTORED_MARKS.sub("", unicodedata.normalize("NFC", text))
    return _CONTROL.sub(" ", text)


def _as_left(line: str) -> str:
    last = next((part for part in reversed(line.split("\r")) if part), "")
    return last.expandtabs(TAB_COLUMNS)


def one_line(text: str) -> str:
    """Clean text and put it on one line."""
    return " ".join(clean(text).split())


def cut_graphemes(text: str, chars: int) -> str:
    """Return the longest beginning of at most `chars` code points that cuts no character."""
    if len(text) <= chars:
        return text
    safe = max(text.rfind(blank, max(0, chars - 256), chars) for blank in "\n ") if chars > 0 else 0
    for start, end in _graphemes(text, max(0, safe)):
        if end > chars:
            monster = end - start > MAX_GRAPHEME_CHARS
            return text[: chars if monster else start]
    return text


def _graphemes(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Find characters from `start` on, in windows: among flags each match looks back far."""
    while start < len(text):
        window = text[start : start + _WINDOW]
        ends = [match.end() for match in _GRAPHEME.finditer(window)]
        if len(ends) > 1 and start + len(window) < len(text):
            ends.pop()  # it may go on behind the window
        for begin, end in pairwise((0, *ends)):
            yield start + begin, start + end
        start += ends[-1]


def shorten(text: str, chars: int) -> str:
    """Cut the end off, marked by `…`, so that at most `chars` code points stay."""
    return text if len(text) <= chars else cut_graphemes(text, chars - 1).rstrip() + "…"


def shorten_middle(text: str, chars: int, mark: str = " … ") -> str:
    """Cut the middle out, marked, so that at most `chars` code points stay."""
    if len(text) <= chars:
        return text
    room = max(0, chars - len(mark))
    head = cut_graphemes(text, (room + 1) // 2)
    return head.rstrip() + mark + _last_graphemes(text, room // 2).lstrip()


def _last_graphemes(text: str, chars: int) -> str:
    begin = len(text) - chars
    for match in _GRAPHEME.finditer(text, max(0, begin - MAX_GRAPHEME_CHARS)):
        if match.start() >= begin:
            return text[match.start() :]
    return ""


def duration(seconds: float, _: Translator) -> str:
    """Say how long something took, in the two units that matter."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return _("{hours} h {minutes:02d} min", hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds:02d} s", minutes=minutes, seconds=whole % 60)
    return _("{seconds} s", seconds=whole)
