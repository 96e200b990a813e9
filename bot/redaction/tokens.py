"""Secrets that are told by their own shape: most begin with their vendor's prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Pattern

from ahocorasick_rs import BytesAhoCorasick

from bot.redaction.reading import RUN, Reading
from bot.redaction.signs import Sign
from bot.redaction.span import MARK, Found, Span
from bot.redaction.vendors import ADDRESSED, JWT, PREFIXED, SHAPED, A, H, W

_WORD = "A-Za-z0-9_-"
_ALNUM = "A-Za-z0-9"
_BOUNDARIES = (r"\\[nrt]", r"%[0-9A-Fa-f]{2}")
"""What ends in a letter or digit and stands before a token all the same."""


def _begins(literal: str = "", word: str = _ALNUM) -> str:
    """Require that no word goes on into the literal that was just matched."""
    looks = [
        f"(?<![{word}]{literal})",
        rf"(?<=\A-{literal})",
        rf"(?<=\n-{literal})",
        *(f"(?<={one}{literal})" for one in _BOUNDARIES),
    ]
    return f"(?:{'|'.join(looks)})"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of token: the literal that every one holds, a whole one, and one that is cut."""

    kind: str
    literal: str
    whole: Pattern[str]
    cut: Pattern[str] | None = None
    held: Pattern[str] | None = None
    """What a long word must hold: all that is in one word, at least the literal."""


_CUT_END = r"(?=…|\Z)"
_MIXED = r"(?=[A-Za-z]{0,40}[0-9])(?=[a-z0-9]{0,40}[A-Z])(?=[A-Z0-9]{0,40}[a-z])"
"""What no word is, behind a prefix that is too short to tell anything alone."""


def _prefixed(kind: str, prefix: str, tail: str, word: str = _ALNUM) -> Rule:
    """Describe what begins with a prefix; the literal comes first, so that searching is a find."""
    literal = re.escape(prefix)
    begun = literal + _begins(literal, word)
    more = "".join(sign for sign in "+/:" if sign in tail)
    least = 1 if len(prefix) >= _TELLING else 4
    cut = re.compile(rf"{begun}[A-Za-z0-9_=.{more}-]{{{least},}}+{_CUT_END}")
    first = tail.split("(?!", maxsplit=1)[0]
    if set(".:/=") & set(first):
        short = len(prefix) <= _LEAST_CUT and tail.startswith((A, H, W))
        first = f"{W}{{14}}" if short else ""
    held = re.compile(literal + first)
    if len(prefix) < _LEAST_CUT:
        cut = re.compile(rf"{begun}{_MIXED}[A-Za-z0-9]{{8,}}+{_CUT_END}")
    return Rule(kind, prefix, re.compile(begun + tail), cut, held)


def _shaped(kind: str, held: str, shape: str) -> tuple[Pattern[str], str, Pattern[str]]:
    return re.compile(held), kind, re.compile(_begins(word=r"\\A-Za-z0-9_") + shape)


_LONGEST_KIND = 24
_LEAST_CUT = 3
_TELLING = 5
"""A prefix so long is no word's beginning."""

_RULES = (
    *(_prefixed(kind, one, tail) for kind, many, tail in PREFIXED for one in many.split()),
    _prefixed(*JWT, word=_WORD),
)
_PARTED = tuple(
    rule for rule in _RULES if "+/" in rule.whole.pattern and "LS0t" not in rule.literal
)
_WORDED = tuple(rule for rule in _RULES if rule not in _PARTED)
_SHAPED = tuple(_shaped(*facts) for facts in SHAPED)
_BROKEN = (
    *_PARTED,
    *(_prefixed(*facts) for facts in ADDRESSED),
    Rule("Azure signature", "sig=", re.compile(r"(?<=[?&;]sig=)[A-Za-z0-9%+/]{40,}+=*")),
)
"""What need not hold a long word; a sign tells that one may be there."""

PREFIXES = frozenset(
    rule.literal.partition(".")[0] for rule in (*_RULES, *_BROKEN) if "." in rule.literal
)
"""What stands before a full stop within a token."""

_LITERALS = BytesAhoCorasick([rule.literal.encode() for rule in _WORDED])

_TELEGRAM_TAIL = re.compile(rf":{W}{{34}}".encode())
_TELEGRAM = re.compile(rf"(?<![0-9])[0-9]{{8,10}}:{W}{{34,}}+")
_SHAPED_CUT = tuple(
    (literal, kind, re.compile(shape + _CUT_END))
    for literal, kind, shape in (
        (":AA", "Telegram token", rf"(?<![0-9])[0-9]{{8,10}}:AA{W}{{2,}}+"),
        ("Q~", "Azure secret", r"(?<![A-Za-z0-9])[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{2,}+"),
        (".atlasv1.", "Terraform token", rf"(?<!{A}){A}{{14}}\.atlasv1\.{W}*+"),
        (":APA91b", "Firebase key", rf"AAAA{W}{{7}}:APA91b{W}*+"),
    )
)
"""Those of them that a sign within tells when their end is cut off."""

LONG = b"a" * 16
"""No token is without so long a word."""
_BEFORE = 12
"""So long are the prefixes that end in a full stop, and so are no part of the word behind it."""
CLASSES = bytes(ord("a") if re.match(W, chr(code)) else ord(" ") for code in range(256))
_LONGEST_RUN = 2048
_CUT_RUN = RUN.replace("@", "")
_RANDOM = re.compile(
    r"[^0-9]*+[0-9]|.*?[a-z][A-Z]|(?:(?![A-Z]{2}).)*+[A-Z]{2}.*[a-z]|[^a-z]*+[a-z].*[A-Z]{2}"
)
"""Matched, not searched: each alternative goes through the text once."""


def tokens(read: Reading) -> Found:
    """Find tokens; none crosses the end of a run, so that nothing stays open."""
    likely = _likely(read.plain)
    spans: list[Span] = []
    for rule in _told_of(likely):
        if rule.held is None or rule.held.search(likely):
            spans += _spans(rule.whole, rule.kind, read)
    for held, kind, whole in _SHAPED if likely else ():
        if held.search(likely):
            spans += (one for one in _spans(whole, kind, read) if _unmarked(read, one))
    for rule in _BROKEN if Sign.PARTED in read.signs.kinds else ():
        if rule.literal in read.text:
            spans += _spans(rule.whole, rule.kind, read)
    if likely and _TELEGRAM_TAIL.search(read.plain):
        spans += _spans(_TELEGRAM, "Telegram token", read)
    return Found(spans + list(_cut(read)))


def _told_of(likely: str) -> list[Rule]:
    """Return the rules whose literals stand among the long words, in their order."""
    found = _LITERALS.find_matches_as_indexes(likely.encode(), overlapping=True) if likely else []
    return [_WORDED[index] for index in sorted({index for index, _, _ in found})]


def _likely(plain: bytes) -> str:
    """Return the long words of a text, and a little of what stands before each: tokens are long."""
    classes = plain.translate(CLASSES)
    at = classes.find(LONG)
    parts = []
    while at >= 0:
        end = classes.find(b" ", at)
        end = end if end >= 0 else len(plain)
        parts.append(plain[max(0, at - _BEFORE) : end + 1])
        at = classes.find(LONG, end)
    return b" ".join(parts).decode("latin-1")


def _spans(whole: Pattern[str], kind: str, read: Reading) -> list[Span]:
    return [Span(*match.span(), kind) for match in whole.finditer(read.text, read.start)]


def _unmarked(read: Reading, span: Span) -> bool:
    """Whether the kind of what was masked before is no part of what was found."""
    return MARK not in read.text[max(0, span.start - _LONGEST_KIND) : span.start]


def _cut(read: Reading) -> Iterator[Span]:
    """Find the beginnings of tokens that somebody cut: before an ellipsis and at the text's end."""
    for end in read.cuts():
        before = read.text[max(read.start, end - _LONGEST_RUN) : end]
        run = before[len(before.rstrip(_CUT_RUN)) :]
        for rule in _RULES if len(run) > _LEAST_CUT + 4 else ():
            if rule.cut and rule.literal in run:
                match = rule.cut.search(read.text, end - len(run))
                if match and match.end() <= end and _looks_cut(rule.literal, match[0]):
                    yield Span(*match.span(), rule.kind)
        for literal, kind, shape in _SHAPED_CUT:
            if literal in run and (match := shape.search(read.text, end - len(run), end + 1)):
                yield Span(*match.span(), kind)


def _looks_cut(literal: str, found: str) -> bool:
    telling = len(literal) >= _TELLING or literal.isupper()
    return telling or _RANDOM.match(found, len(literal)) is not None
