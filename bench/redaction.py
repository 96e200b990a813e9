"""What masking secrets costs: per new kilobyte, in clean, growing and hostile text."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Figure
from bench.speed import slowness
from bot.redaction import Redactor

REPEATS = 15
GROWTH_CHARS = 4000
EDIT_CHARS = 400
HOSTILE_CHARS = 64_000
HOSTILE = (
    "token=",
    "sk-",
    "-eyJ",
    "-----BEGIN PRIVATE KEY-----\n",
    "://a:",
    "password: ",
    "=",
    " -p ",
)
_ROOT = Path(__file__).parent.parent


async def redaction(_: Path) -> list[Figure]:
    """Measure clean prose and code, a text that grows, and what doubling hostile text costs."""
    clean = "".join((_ROOT / name).read_text() for name in ("ARCHITECTURE.md", "bot/app.py"))
    clean_us = _seconds(lambda: Redactor([])(clean, True)) * 1e6 / slowness()
    kilobytes = len(clean) / 1000
    ratio = max(map(_doubling, HOSTILE))
    return [
        Figure("redaction of clean text, per kB", "µs", clean_us / kilobytes, 20.0),
        _growing(clean),
        _edited(clean),
        Figure("redaction: twice the hostile text, times", "", ratio, 3.0),
    ]


def _growing(text: str) -> Figure:
    spent = _seconds(lambda: _grow(text, GROWTH_CHARS)) * 1e6 / slowness()
    name = f"redaction of text that grows by {GROWTH_CHARS} characters, per new kB"
    return Figure(name, "µs", spent / (len(text) / 1000), 20.0)


def _edited(text: str) -> Figure:
    """Measure what one edit costs, of which a part is the same however little is new."""
    spent = _seconds(lambda: _grow(text, EDIT_CHARS)) * 1e6 / slowness()
    name = f"redaction of {EDIT_CHARS} more characters, each time"
    return Figure(name, "µs", spent / (len(text) // EDIT_CHARS), 50.0)


def _grow(text: str, step: int) -> None:
    redact = Redactor([])
    for length in range(0, len(text), step):
        redact(text[:length], False)


def _doubling(piece: str) -> float:
    half = piece * (HOSTILE_CHARS // len(piece) // 2)
    return _seconds(lambda: Redactor([])(half * 2, True)) / _seconds(
        lambda: Redactor([])(half, True)
    )


def _seconds(run: Callable[[], object]) -> float:
    """Return the processor time of the best of several runs."""
    best = float("inf")
    for _ in range(REPEATS):
        begun = time.process_time()
        run()
        best = min(best, time.process_time() - begun)
    return best
