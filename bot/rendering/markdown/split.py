"""Cuts a block in its source, so that the first half's rendering fits."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.rendering.markdown.blocks import BlockKind, MarkdownBlock, head, tail
from bot.rendering.markdown.parser import events, name_of, to_chars
from bot.rendering.markdown.render import render_block, render_once
from bot.rendering.plain import cut_graphemes
from bot.rendering.rich_text import RichText

PAGE_ENTITIES = 90
"""Most entities of a page's body: Telegram drops those beyond 100; header and footer have some."""

_SOURCE_PER_CHAR = 8
"""How much more source than rendering is looked at; longer markup (addresses) may be cut."""

_TRIES = 4
"""Most places of one kind that are tried; each costs a rendering."""

_GLANCE = 512
"""So much of the rest's source is looked at first, whether it shows anything."""

_VERBATIM = frozenset({BlockKind.FENCE, BlockKind.INDENTED, BlockKind.TABLE})
_SPANS = frozenset(
    {"Strong", "Emphasis", "Strikethrough", "Link", "Image", "CodeBlock", "Table", "HtmlBlock"}
)
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[.!?…][)\"'*_`]* |[。！？]")
_SPACE = re.compile(r" ")
_BREAKS = (_LINE, _SENTENCE, _SPACE)
_BLOCK_START = re.compile(
    r"[ \t]*(?:[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|#{1,6}(?:\s|$)|>|```|~~~|=+\s*$|-{2,}\s*$|\||<)"
)
_FENCES = ("```", "~~~")
_FENCE = re.compile(r"[ \ufeff]{0,9}(?:`{3,}[^`]*|~{3}.*)")


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a message is left: characters, and formatted stretches."""

    chars: int
    entities: int = PAGE_ENTITIES

    def holds(self, rich: RichText) -> bool:
        """Say whether a text fits."""
        return len(rich) <= self.chars and len(rich.entities) <= self.entities


def split_block(block: MarkdownBlock, room: Room) -> tuple[MarkdownBlock, MarkdownBlock] | None:
    """Cut a block into a first half that fits, and the rest.

    The cut is as late as the text allows, at the end of a line, a sentence or a word where no
    markup is open; never inside a character. Where each would make a fence of a line of text, it
    is cut as it is written. None when not even one character fits.
    """
    fences = False
    for shape in _shapes(block):
        for cut in _cuts(shape, _reach(shape, room)):
            if _makes_fence(shape, cut):
                fences = True
                continue
            first, second = head(shape, cut), tail(shape, cut)
            rendered = render_once(first)
            if rendered and room.holds(rendered) and _is_seen(second):
                return first, second
    return split_block(_as_written(block), room) if fences else None


def _is_seen(block: MarkdownBlock) -> bool:
    """Whether a block shows anything; its beginning mostly tells."""
    if not block.source.strip():
        return False
    long = len(block.source) > 2 * _GLANCE
    return (long and bool(render_once(head(block, _GLANCE)))) or bool(render_block(block))


def _shapes(block: MarkdownBlock) -> Iterator[MarkdownBlock]:
    """The block; where its rows or its first line cannot be cut as they are, its bare source."""
    if block.kind is BlockKind.PARAGRAPH and block.source.lstrip(" \ufeff").startswith(_FENCES):
        yield _as_written(block)
    yield block
    if block.head:
        yield _as_written(block)


def _as_written(block: MarkdownBlock) -> MarkdownBlock:
    return replace(block, kind=BlockKind.PLAIN, head="")


def _reach(block: MarkdownBlock, room: Room) -> int:
    """The longest beginning of the source that fits, found by doubling and bisection.

    What follows it has no say, so a cut does not move when the text goes on growing.
    """
    low, high = 0, len(block.source) - 1
    probe = min(high, room.chars)
    while low < high and room.holds(render_once(head(block, probe))):
        low = probe
        probe = min(high, low * 2 + 1, room.chars * _SOURCE_PER_CHAR)
        if probe <= low:
            return low
    high = max(low, probe - 1)
    while low < high:
        middle = (low + high + 1) // 2
        if room.holds(render_once(head(block, middle))):
            low = middle
        else:
            high = middle - 1
    return low


# --- places ---------------------------------------------------------------------------------------


def _cuts(block: MarkdownBlock, reach: int) -> Iterator[int]:
    """Places to cut at, best first; the last ones make progress whatever the text is."""
    if block.kind in _VERBATIM:
        yield from islice(_before(_LINE, block.source, 1, reach), _TRIES)
    else:
        yield from _text_cuts(block, reach)
    while reach > 0:
        cut = _grapheme_cut(block.source, reach)
        if cut:
            yield cut
        reach //= 2


def _grapheme_cut(source: str, reach: int) -> int:
    return len(cut_graphemes(source[: reach + 256], reach))


def _text_cuts(block: MarkdownBlock, reach: int) -> Iterator[int]:
    spans = _spans(block, reach)
    for least in (reach // 2, 1):
        for pattern in _BREAKS:
            places = _before(pattern, block.source, least, reach)
            free = (place for place in places if not spans.cover(place))
            yield from islice((place for place in free if _safe(block, place)), _TRIES)
    for pattern in (_LINE, _SPACE):
        yield from islice(_before(pattern, block.source, reach // 2, reach), 1)


def _before(pattern: re.Pattern[str], source: str, least: int, most: int) -> Iterator[int]:
    """The ends of matches between `least` and `most`, last first."""
    found = [match.end() for match in pattern.finditer(source, max(0, least - 1), most)]
    return (place for place in reversed(found) if least <= place <= most)


def _safe(block: MarkdownBlock, place: int) -> bool:
    """Whether the rest of running text does not look like the beginning of another block."""
    if block.kind is not BlockKind.PARAGRAPH:
        return True
    return _BLOCK_START.match(block.source[place : place + 16]) is None


def _makes_fence(block: MarkdownBlock, cut: int) -> bool:
    """Whether a cut would make a fence of a line of text, whose words would be its language.

    Backticks begin none where others follow later in the line.
    """
    if block.kind is not BlockKind.PARAGRAPH:
        return False
    source = block.source
    begin, end = source.rfind("\n", 0, cut) + 1, source.find("\n", cut)
    halves = (source[begin:cut], source[cut : end if end >= 0 else len(source)])
    return any(_FENCE.fullmatch(half) for half in halves)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Stretches in which markup is open, outermost ones, in order."""

    starts: Sequence[int]
    ends: Sequence[int]

    def cover(self, place: int) -> bool:
        """Whether a cut there would part markup from its end."""
        index = bisect_right(self.starts, place - 1) - 1
        return index >= 0 and place < self.ends[index]


def _spans(block: MarkdownBlock, reach: int) -> _Spans:
    text = block.head + block.source[: reach + reach // 2 + 256]
    source = text.encode()
    found: list[tuple[int, int]] = []
    for payload, start, end in events(source):
        if _holds_together(payload) and (not found or start >= found[-1][1]):
            found.append((start, end))
    chars = to_chars(source, {offset for span in found for offset in span})
    skipped = len(block.head)
    return _Spans(
        [chars[start] - skipped for start, _ in found], [chars[end] - skipped for _, end in found]
    )


def _holds_together(payload: object) -> bool:
    match payload:
        case {"Start": tag}:
            return name_of(tag) in _SPANS
        case {"Code": _} | {"InlineHtml": _}:
            return True
    return False
