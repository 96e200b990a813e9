"""Texts of any length of every kind that is hard to cut, and what of them must be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice

SPANS = 120


@dataclass(frozen=True, slots=True)
class Material:
    """Markdown, the text a reader sees of it, and every formatted stretch as (type, text)."""

    source: str
    visible: str
    formatted: tuple[tuple[str, str], ...] = ()


def plain(text: str) -> Material:
    """Make a text that says what it is."""
    return Material(text, text)


def repeated(unit: str) -> Callable[[int], Material]:
    """Fill the length with as many units as fit, none of them broken."""
    return lambda length: plain((unit * (length // len(unit))).strip())


def counted(word: str) -> Callable[[int], Material]:
    """Fill the length with numbered words, so that each is missed when it is lost."""

    def made(length: int) -> Material:
        return plain(" ".join(_fitting((f"{word}{n}" for n in count()), length, 1)))

    return made


def flags(length: int) -> Material:
    """Flags without anything between them: two code points each, and cut ones turn into others."""
    codes = cycle(["DE", "FR", "JP", "UA", "BR", "KE"])
    flag = ("".join(chr(ord(letter) + 0x1F1A5) for letter in code) for code in codes)
    return plain("".join(_fitting(flag, length, 0)))


def spans(length: int) -> Material:
    """So many formatted stretches among plain words, more than a message may have."""
    styles = cycle([("bold", "**"), ("italic", "*"), ("code", "`"), ("strikethrough", "~~")])
    found = [
        (type_, mark, f"{type_[0]}{n}") for n, (type_, mark) in enumerate(islice(styles, SPANS))
    ]
    marked = sum(2 * len(mark) + len(text) + 2 for _, mark, text in found)
    filler = "x" * ((length - marked) // SPANS)
    return Material(
        " ".join(f"{mark}{text}{mark} {filler}" for _, mark, text in found),
        " ".join(f"{text} {filler}" for *_, text in found),
        tuple((type_, text) for type_, _, text in found),
    )


def fence(length: int) -> Material:
    """A code block that crosses the border of the first message, between two paragraphs."""
    before = "Look at this:"
    frame = len(f"{before}\n\n```python\n\n```\n\nThat is all.")
    lines = _fitting(
        (f"    call(__init__, {n})  # **not bold**" for n in count()), length - frame, 1
    )
    code = "\n".join(lines)
    return Material(
        f"{before}\n\n```python\n{code}\n```\n\nThat is all.",
        f"{before}\n{code}\nThat is all.",
        tuple(("pre", line) for line in lines),
    )


MATERIALS: dict[str, Callable[[int], Material]] = {
    "ascii": counted("word"),
    "one-word": repeated("x"),
    "cyrillic": counted("слово"),
    "cjk": repeated("吾輩は猫である。名前はまだ無い。"),
    "flags": flags,
    "families": repeated("👨‍👩‍👧‍👦"),
    "skin-tones": repeated("👍🏽 "),
    "marked-letters": repeated("e\u0301\u0323 "),
    "markup": repeated("<&> &x; </b> "),
    "dunder": repeated("__init__ "),
    "spans": spans,
    "fence": fence,
}


def _fitting(words: Iterator[str], length: int, gap: int) -> list[str]:
    """Take words while they fit, with a gap between any two."""
    taken: list[str] = []
    used = 0
    for word in words:
        used += len(word) + (gap if taken else 0)
        if used > length:
            break
        taken.append(word)
    return taken
