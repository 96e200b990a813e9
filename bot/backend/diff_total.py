"""Counts what a workspace changed, from the stream of its diffs (docs/vibe-kanban.md, 45)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from bot.entries.story import DiffTotal

MOST_CHARS = 8_000_000
"""So much is read at most: some ten thousand files."""

_DEEPEST = 3  # entries, repository, file: no map lies deeper

Lines = tuple[int, int]
"""Lines added and deleted."""

Tree = dict[str, "Tree | Lines"]
"""Files by repository and name, or by name."""


class DiffSocket(Protocol):
    """The receiving side of a stream of diffs."""

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next frame or None at the end; TimeoutError leaves the socket usable."""


async def read_total(socket: DiffSocket) -> DiffTotal | None:
    """Add up the diffs that are there now; None unless all were told, in bounds.

    A part of them would be a number that is wrong.
    """
    tree: Tree = {}
    read = 0
    while (frame := await socket.receive()) is not None:
        read += len(frame)
        if read > MOST_CHARS:
            return None
        if _fold(tree, frame):
            return _sum(tree)
    return None


def _fold(tree: Tree, frame: str) -> bool:
    """Take one frame in; whether it is the last. What is not understood changes nothing."""
    try:
        decoded = msgspec.json.decode(frame)
    except (msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(decoded, dict):
        return False
    for operation in _list(decoded.get("JsonPatch")):
        if isinstance(operation, dict):
            _apply(tree, operation)
    return bool(decoded.get("Ready") or decoded.get("finished"))


def _apply(tree: Tree, operation: dict[str, Any]) -> None:
    """Put, replace or remove a file, the files of a repository, or all."""
    keys = str(operation.get("path", "")).strip("/").split("/")
    if len(keys) > _DEEPEST:
        return
    *above, last = keys
    for key in above:
        inner = tree.get(key)
        if not isinstance(inner, dict):
            inner = tree[key] = {}
        tree = inner
    tree.pop(last, None)
    found = None if operation.get("op") == "remove" else _found(operation.get("value"), len(keys))
    if found is not None:
        tree[last] = found


def _found(value: object, depth: int) -> Tree | Lines | None:
    """Find the diffs in a value: one, or a map of them, or a map of maps."""
    if not isinstance(value, dict):
        return None
    if value.get("type") == "DIFF":
        content = value.get("content")
        if not isinstance(content, dict):
            return None
        return _count(content, "additions"), _count(content, "deletions")
    if depth >= _DEEPEST:
        return None
    inner = ((key, _found(part, depth + 1)) for key, part in value.items())
    return {key: part for key, part in inner if part is not None}


def _sum(tree: Tree) -> DiffTotal:
    files = list(_files(tree))
    return DiffTotal(len(files), sum(plus for plus, _ in files), sum(minus for _, minus in files))


def _files(tree: Tree) -> Iterator[Lines]:
    for inner in tree.values():
        if isinstance(inner, dict):
            yield from _files(inner)
        else:
            yield inner


def _count(content: dict[str, Any], name: str) -> int:
    number = content.get(name)
    return number if isinstance(number, int) and 0 < number < 10**9 else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
