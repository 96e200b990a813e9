"""Find out which entries of a log read again are which entries shown before.

Positions do not tell: a replay may number and order entries otherwise than the live log did.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.entries.model import Content
from bot.entries.salient import digest, kind_of, length_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an entry that was shown: `length` characters of it, under this digest.

    `position` is known while the process lives; a store does not need it.
    """

    key: str
    kind: str
    digest: bytes
    length: int
    position: int | None = None


def known(key: str, position: int, content: Content) -> Known:
    """Remember an entry as it stands."""
    return Known(key, kind_of(content), digest(content), length_of(content), position)


def align(old: Iterable[Known], new: Sequence[tuple[int, Content]]) -> dict[int, str]:
    """Give entries of a new reading the keys of the same old entries; returns position to key.

    Each key goes to at most one entry. Equal content comes before content that has grown, the same
    position before any other, and among others the order of the log decides.
    """
    matching = _Matching(_longest(old), new)
    matching.pair(matching.equal_in_place)
    matching.pair(matching.equal_elsewhere)
    matching.pair(matching.grown_in_place)
    matching.pair(matching.grown_elsewhere)
    return matching.keys


def _longest(old: Iterable[Known]) -> list[Known]:
    """Keep of each key what knows most of its text, in the order of first appearance."""
    best: dict[str, Known] = {}
    for item in old:
        if item.key not in best or item.length > best[item.key].length:
            best[item.key] = item
    return list(best.values())


class _Matching:
    """Old entries without a partner yet, and the partners found; each step takes from the rest."""

    def __init__(self, old: list[Known], new: Sequence[tuple[int, Content]]) -> None:
        self.keys: dict[int, str] = {}
        self._old = old
        self._new = dict(new)
        self._digests = {position: digest(content) for position, content in new}
        self._places: defaultdict[tuple[str, bytes], deque[int]] = defaultdict(deque)
        for position, content in new:
            self._places[kind_of(content), self._digests[position]].append(position)

    def pair(self, find: Callable[[Known], int | None]) -> None:
        """Let `find` name a position for each old entry that has none."""
        rest: list[Known] = []
        for item in self._old:
            position = find(item)
            if position is None:
                rest.append(item)
            else:
                self.keys[position] = item.key
        self._old = rest

    def equal_in_place(self, item: Known) -> int | None:
        """Find it where it was, as it was."""
        position = self._free_place(item)
        same = position is not None and self._digests[position] == item.digest
        return position if same else None

    def equal_elsewhere(self, item: Known) -> int | None:
        """Find the first that equals it."""
        places = self._places[item.kind, item.digest]
        while places:
            if (position := places.popleft()) not in self.keys:
                return position
        return None

    def grown_in_place(self, item: Known) -> int | None:
        """Find it where it was, with text added."""
        position = self._free_place(item)
        return position if position is not None and self._grown(item, position) else None

    def grown_elsewhere(self, item: Known) -> int | None:
        """Find the first that begins with all of its text."""
        return next((place for place in self._free() if self._grown(item, place)), None)

    def _free(self) -> Iterator[int]:
        return (position for position in self._new if position not in self.keys)

    def _free_place(self, item: Known) -> int | None:
        position = item.position
        if position is None or position in self.keys or position not in self._new:
            return None
        return position if kind_of(self._new[position]) == item.kind else None

    def _grown(self, item: Known, position: int) -> bool:
        content = self._new[position]
        if not 0 < item.length < length_of(content) or kind_of(content) != item.kind:
            return False
        return digest(content, item.length) == item.digest
