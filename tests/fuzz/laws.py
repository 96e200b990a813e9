"""What holds for whatever the product says, judged without its own arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

from bot.rendering.rich_text import RichText

T = TypeVar("T")

MESSAGE_CHARS = 4096
MOST_ENTITIES = 100
_SURROGATE = re.compile("[\ud800-\udfff]")


def law(holds: bool, broken: str) -> None:
    """Raise AssertionError with these words unless it holds, also where asserts are stripped."""
    if not holds:
        raise AssertionError(broken)


def sendable(rich: RichText, chars: int = MESSAGE_CHARS) -> None:
    """Check what is sent: length, entities and their places (docs/telegram.md, 1, 2, 5)."""
    law(len(rich.text) <= chars, f"{len(rich.text)} characters, {chars} have room")
    law(len(rich.entities) <= MOST_ENTITIES, f"{len(rich.entities)} entities")
    placed(rich)


def placed(rich: RichText) -> None:
    """Check that entities, as they go out, begin and end between characters of the text."""
    law(not _SURROGATE.search(rich.text), "half a character")
    encoded = rich.text.encode("utf-16-le")
    borders = _borders(rich.text)
    for wire in rich.utf16():
        start, length = wire["offset"], wire["length"]
        if not isinstance(start, int) or not isinstance(length, int):
            raise TypeError(wire)
        law(length > 0, f"empty entity {wire}")
        law(start >= 0 and (start + length) * 2 <= len(encoded), f"entity outside the text: {wire}")
        law(start in borders and start + length in borders, f"entity cuts a character: {wire}")


def _borders(text: str) -> set[int]:
    borders, at = {0}, 0
    for char in text:
        at += 2 if ord(char) > 0xFFFF else 1
        borders.add(at)
    return borders


def parts(value: object, kind: type[T]) -> Iterator[T]:
    """Yield everything of a kind that a value holds."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, tuple | list):
        for part in value:
            yield from parts(part, kind)
    elif is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name), kind)


def whole_characters(value: object) -> None:
    """Check that no string in a value holds half a character."""
    for one in parts(value, str):
        law(not _SURROGATE.search(one), "half a character")


def ink(text: str) -> str:
    """Return a text without its blanks."""
    return re.sub(r"\s+", "", text)
