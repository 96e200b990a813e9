"""Shows the beginning or the end of long text as a code block, and says how much is left out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.entries.model import Excerpt
from bot.i18n import Translator
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.plain import clean, shorten
from bot.rendering.rich_text import RichText, join, plain, pre

FULL_LINES = 60
DIFF_LINES = 12
OUTPUT_LINES = 8
MORE_CHARS = 24
"""Room for the line that says how much is left out, in any language."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How much of a text may be shown: lines, and characters altogether."""

    lines: int
    chars: int
    language: str | None = None


def lines_shown(options: RenderOptions, normally: int) -> int:
    """How many lines of a text the chosen verbosity shows."""
    return FULL_LINES if options.verbosity is Verbosity.FULL else normally


def excerpt(found: Excerpt, frame: Frame, options: RenderOptions) -> RichText:
    """Render part of an output, a diff or a file; nothing when it holds no ink.

    Lines go from the end that matters less: the beginning of outputs, else the end.
    """
    text = clean(options.redact(found.text, True)).strip("\n")
    if not text.strip():
        return RichText()
    lines = [line.rstrip() for line in text.split("\n")]
    kept = _fitting(lines, frame, from_end=found.tail)
    more = found.omitted_lines + len(lines) - len(kept)
    shown = pre("\n".join(kept), frame.language)
    if not more:
        return shown
    note = plain(more_lines(more, options.translate))
    return join((note, shown) if found.tail else (shown, note), "\n")


def _fitting(lines: list[str], frame: Frame, *, from_end: bool) -> list[str]:
    room = frame.chars - MORE_CHARS
    kept: list[str] = []
    for line in (lines[::-1] if from_end else lines)[: frame.lines]:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    kept = kept or [shorten(lines[-1] if from_end else lines[0], max(1, room))]
    return kept[::-1] if from_end else kept


def more_lines(count: int, _: Translator) -> str:
    """Say that lines were left out."""
    return "… " + _.plural("+{n} line", "+{n} lines", count)
