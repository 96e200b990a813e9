"""Builds from a regular expression the texts on which it is most likely to go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import Pattern
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]  # the only way to what a pattern is made of
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_MISMATCH = "\0"
_FEW = 8
"""A part that repeats less often has no say."""


def bombs(pattern: Pattern[str], length: int) -> Iterator[str]:
    """Yield texts of about this length: each repeated part again and again, then what ends it."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    for before, body in _repeated(tree, ""):
        unit = body or "a"
        yield before + _fill(unit, length) + _MISMATCH
        yield _fill(before + unit, length) + _MISMATCH
        yield _fill(before + unit * _FEW, length)
    whole = _sample(tree)
    if whole:
        yield _fill(whole, length)
        yield _fill(whole[:-1] or whole, length) + _MISMATCH


def _fill(unit: str, length: int) -> str:
    return unit * max(1, length // len(unit))


def _repeated(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Find the parts that repeat much, each with a text that leads there."""
    for op, value in tree:
        name = str(op)
        if name in _REPEATS:
            _least, most, body = value
            if int(most) >= _FEW:
                yield before, _sample(body)
            yield from _repeated(body, before)
        elif name == "SUBPATTERN":
            yield from _repeated(value[-1], before)
        elif name == "ATOMIC_GROUP":
            yield from _repeated(value, before)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _repeated(branch, before)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repeated(value[1], before)
        before += _sample([(op, value)])


def _sample(tree: Iterable[Any]) -> str:
    """Return a short text that matches, as far as one can tell part by part."""
    return "".join(_one(str(op), value) for op, value in tree)


def _one(name: str, value: Any) -> str:
    match name:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "a" if value != ord("a") else "b"
        case "ANY":
            return "a"
        case "IN":
            return _member(value)
        case "BRANCH":
            return _sample(value[1][0])
        case "SUBPATTERN":
            return _sample(value[-1])
        case "ATOMIC_GROUP":
            return _sample(value)
        case _ if name in _REPEATS:
            return _sample(value[2]) * max(1, min(int(value[0]), 64))
    return ""


_CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}
_ANYTHING = "a1 -_.:/=\"'\\"


def _member(members: list[Any]) -> str:
    kinds = [(str(op), value) for op, value in members]
    if kinds[0][0] == "NEGATE":
        accepted = re.compile(_class(kinds[1:]))
        return next((char for char in _ANYTHING if not accepted.fullmatch(char)), "é")
    name, value = kinds[0]
    if name == "RANGE":
        return chr(value[0])
    return chr(value) if name == "LITERAL" else _CATEGORIES.get(str(value), "-")


def _class(kinds: list[tuple[str, Any]]) -> str:
    """Write a class of characters again, as far as it names them."""
    parts = [_written(name, value) for name, value in kinds]
    return f"[{''.join(parts)}]" if any(parts) else r"(?!)"


def _written(name: str, value: Any) -> str:
    match name:
        case "LITERAL":
            return re.escape(chr(value))
        case "RANGE":
            return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CLASSES.get(str(value), "")


_CLASSES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
