"""What the fold of a log holds, measured within this process by the allocator."""

from __future__ import annotations

import asyncio
import gc
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

from bench.measure import MIB, Figure
from bot.backend.decode import LogDecoder
from bot.entries.transcript import Transcript

LONG_CHARS = 10_000_000
ENTRIES = 100_000
BACKLOG_ENTRIES = 130
BACKLOG_CHARS = 8_000


async def held(_: Path) -> list[Figure]:
    """Measure what remains of one huge entry, of a megabyte, and of very many entries."""
    huge = ["x" * LONG_CHARS, "the next"]
    backlog = ["so " * (BACKLOG_CHARS // 3)] * BACKLOG_ENTRIES
    many = (f"entry {number}" for number in range(ENTRIES))
    return [
        Figure("held of an entry of 10 MB", "MiB", await _held_mib(huge), 0.5),
        Figure("held of 130 entries of 1 MB", "MiB", await _held_mib(backlog), 0.5),
        Figure("held of 100,000 entries", "MiB", await _held_mib(many), 64.0),
    ]


async def _held_mib(texts: Iterable[str]) -> float:
    return await asyncio.to_thread(_fold, texts)


def _fold(texts: Iterable[str]) -> float:
    """Decode and fold texts as the entries of a log; returns what that holds, with a snapshot."""
    tracemalloc.start()
    decoder, transcript = LogDecoder("bench", None), Transcript("bench")
    for position, text in enumerate(texts):
        for event in decoder.decode(_frame(position, text)).events:
            transcript.fold(event)
    transcript.snapshot()
    gc.collect()
    bytes_held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return bytes_held / MIB


def _frame(position: int, text: str) -> str:
    entry = {"entry_type": {"type": "thinking"}, "content": text}
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    return json.dumps(
        {"JsonPatch": [{"op": "add", "path": f"/entries/{position}", "value": value}]}
    )
