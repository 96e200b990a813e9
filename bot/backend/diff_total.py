"""Counts what a workspace changed, from the stream of its diffs (docs/vibe-kanban.md, 45)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from bot.entries.story import DiffTotal

WITHIN_S = 5.0
"""How long the diffs are waited for, in all."""

SILENCE_S = 1.0
"""After so long without a frame there are no more, whether the server says so or not."""

MOST_FILES = 10_000


class DiffSocket(Protocol):
    """The receiving side of a stream of diffs."""

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next frame or None at the end; TimeoutError leaves the socket usable."""


async def read_total(socket: DiffSocket) -> DiffTotal | None:
    """Read the diffs that are there now and add them up; None where nothing is told in time."""
    files: dict[str, tuple[int, int]] = {}
    told = False
    with suppress(TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            while (frame := await _next(socket)) is not None:
                told = True
                if _fold(files, frame):
                    break
    if not told:
        return None
    return DiffTotal(
        len(files),
        sum(plus for plus, _ in files.values()),
        sum(minus for _, minus in files.values()),
    )


async def _next(socket: DiffSocket) -> str | None:
    try:
        return await socket.receive(SILENCE_S)
    except TimeoutError:
        return None


def _fold(files: dict[str, tuple[int, int]], frame: str) -> bool:
    """Take one frame in; whether it is the last. What is not understood changes nothing."""
    try:
        decoded = msgspec.json.decode(frame)
    except msgspec.DecodeError:
        return False
    if not isinstance(decoded, dict):
        return False
    for operation in _list(decoded.get("JsonPatch")):
        if isinstance(operation, dict):
            _apply(files, str(operation.get("path", "")), operation)
    return bool(decoded.get("Ready") or decoded.get("finished"))


def _apply(files: dict[str, tuple[int, int]], path: str, operation: dict[str, Any]) -> None:
    """Put, replace or remove a file, the files of a repository, or all."""
    value = operation.get("value")
    below = path.removesuffix("/") + "/"
    for known in [known for known in files if known == path or known.startswith(below)]:
        del files[known]
    if operation.get("op") == "remove":
        return
    for where, content in _contents(path, value):
        if len(files) < MOST_FILES:
            files[where] = _count(content, "additions"), _count(content, "deletions")


def _contents(path: str, value: object) -> list[tuple[str, dict[str, Any]]]:
    """Find the diffs in a value: one, or a map of them, or a map of maps."""
    if not isinstance(value, dict):
        return []
    if value.get("type") == "DIFF":
        content = value.get("content")
        return [(path, content)] if isinstance(content, dict) else []
    if path.count("/") > 3:  # entries, repository, file: no map lies deeper
        return []
    return [found for key, inner in value.items() for found in _contents(f"{path}/{key}", inner)]


def _count(content: dict[str, Any], name: str) -> int:
    number = content.get(name)
    return number if isinstance(number, int) and 0 < number < 10**9 else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
