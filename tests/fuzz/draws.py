"""Reads choices from bytes, so that whoever changes the bytes changes the input's structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

REPEATS = (1, 2, 3, 7, 16, 61, 130, 400)
"""How often a piece may stand in a row: around the limits that the product has."""


class Draws:
    """Choices in the order of the bytes; when they are used up every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> bool:
        """Whether there are bytes left."""
        return self._at < len(self._data)

    def byte(self) -> int:
        """Take one byte."""
        if not self.left:
            return 0
        self._at += 1
        return self._data[self._at - 1]

    def below(self, most: int) -> int:
        """Take a number from 0 up to `most`, exclusive."""
        value = self.byte() if most <= 256 else self.byte() * 256 + self.byte()
        return value % most

    def chance(self) -> bool:
        """Take a yes or a no."""
        return bool(self.byte() & 1)

    def pick(self, choices: Sequence[T]) -> T:
        """Take one of a few."""
        return choices[self.below(len(choices))]

    def raw(self, length: int) -> bytes:
        """Take bytes as they are."""
        start, self._at = self._at, min(len(self._data), self._at + length)
        return self._data[start : self._at]

    def times(self, most: int) -> Iterator[int]:
        """Count up to a drawn number; ends with the bytes."""
        for number in range(self.below(most + 1)):
            if not self.left:
                return
            yield number
