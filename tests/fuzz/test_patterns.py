"""Every regular expression of the product, on texts made to break it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from re import Pattern

import pytest

import bot
from bot.redaction import Redactor
from tests.fuzz.bombs import bombs
from tests.fuzz.growth import SIZES, growth

_CHARS = 800
_FEW_CHARS = 32
_DEPTH = 3
_ANCHORED = {
    "bot.rendering.markdown.blocks._MARKER": "matched at the beginning of an item only",
    "bot.rendering.markdown.split._BLOCK_START": "matched on 16 characters",
}
"""Patterns that would be slow if anybody searched with them, and why nobody does."""


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if not found.name.startswith(("bot.__main__", "bot.cli", "bot.storage.migrations")):
            yield found.name


def _patterns(value: object, name: str, depth: int = _DEPTH) -> Iterator[tuple[str, Pattern[str]]]:
    """Find the patterns that a module's value holds."""
    if isinstance(value, Pattern) and isinstance(value.pattern, str):
        yield name, value
    elif not depth:
        return
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _patterns(one, f"{name}[{key!r}]", depth - 1)
    elif isinstance(value, tuple | list | frozenset):
        for place, one in enumerate(value):
            yield from _patterns(one, f"{name}[{place}]", depth - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _patterns(getattr(value, field.name), f"{name}.{field.name}", depth - 1)


def _all() -> dict[Pattern[str], str]:
    found: dict[Pattern[str], str] = {}
    for module in _modules():
        for name, value in vars(importlib.import_module(module)).items():
            for where, pattern in _patterns(value, f"{module}.{name}"):
                found.setdefault(pattern, where)
    return found


ALL = _all()


def _search(pattern: Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


def _mask(text: str) -> str:
    return Redactor([])(text, True)


def _explodes(work: Callable[[str], object], pattern: Pattern[str]) -> str | None:
    """Return the beginning of a text on which the work grows too fast."""
    for tiny in bombs(pattern, _FEW_CHARS):
        work(tiny)
    for small, large in zip(bombs(pattern, _CHARS), bombs(pattern, _CHARS * SIZES), strict=True):
        if not growth(partial(work, small), partial(work, large)).sound:
            return large[:80]
    return None


def test_patterns_are_linear() -> None:
    """Searching takes work in proportion to the text, whatever the pattern and the text."""
    slow = {
        name: bad
        for pattern, name in ALL.items()
        if not name.startswith("bot.redaction.") and name not in _ANCHORED
        if (bad := _explodes(partial(_search, pattern), pattern))
    }
    assert not slow


def test_masking_is_linear() -> None:
    """Masking takes work in proportion to the text, however near the text comes to its rules."""
    slow = {
        name: bad
        for pattern, name in ALL.items()
        if name.startswith("bot.redaction.")
        if (bad := _explodes(_mask, pattern))
    }
    assert not slow


def test_a_bomb_is_noticed() -> None:
    """A pattern that tries the same blanks again and again is told from one that does not."""
    small, large = (" " * chars for chars in (_CHARS // 2, SIZES * _CHARS // 2))
    for pattern, sound in ((r"\s*[•◦]", False), (r"\s{0,9}[•◦]", True)):
        search = partial(_search, re.compile(pattern))
        assert growth(partial(search, small), partial(search, large)).sound is sound


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"a+b", "a"), (r"(?:x|y)*z", "x"), (r"[^\n]*?!", "a"), (r"\d{1,9}", "1"), (r"[^\w]+", " "),
        (r"(?=.*[A-Z])", "a"), (r"(?>ab)++", "ab"),
    ],
)  # fmt: skip
def test_a_bomb_repeats_what_the_pattern_repeats(pattern: str, text: str) -> None:
    """Of every repeated part there is a text that has it many times."""
    assert any(text * 10 in bomb for bomb in bombs(re.compile(pattern), 100))
