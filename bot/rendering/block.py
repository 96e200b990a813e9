"""Blocks: the pieces of an entry from which pages are filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.rendering.markdown import MarkdownBlock, Room, render_block
from bot.rendering.plain import cut_graphemes
from bot.rendering.rich_text import RichText, plain


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an entry, normalised and without what stands between it and its neighbours.

    `start` and `end` are offsets in the redacted text of the entry `key` (0 and 0 for entries that
    are shown whole). `gap` newlines come before it when something stands above it on the page.
    Neighbours of one entry with the same `wrap` make one quotation. A `label` must not end a page.
    `markdown` is what can be cut; without it the block is shown whole or not at all. The long rest
    of one that was cut is not `rendered` before somebody wants to see it.
    """

    rendered: RichText | None
    key: str
    start: int = 0
    end: int = 0
    gap: int = 2
    wrap: str | None = None
    markdown: MarkdownBlock | None = None
    label: bool = False

    @property
    def rich(self) -> RichText:
        """What is shown."""
        if self.rendered is not None:
            return self.rendered
        return render_block(self.markdown) if self.markdown else RichText()

    @property
    def size(self) -> Room:
        """How much room it takes; what is not rendered counts for its source."""
        if self.rendered is None and self.markdown:
            return Room(len(self.markdown.source), len(self.markdown.source))
        return Room(len(self.rich), len(self.rich.entities))

    @property
    def fence(self) -> str | None:
        """The language of the code fence that is open at `start` ("" if it names none)."""
        return self.markdown.opened if self.markdown else None

    @property
    def open_fence(self) -> str | None:
        """The language of the code fence that is still open at `end`."""
        return self.markdown.open if self.markdown else None

    def of(self, part: MarkdownBlock) -> Block:
        """Return the block for a part of its Markdown."""
        rendered = render_block(part)
        return replace(self, rendered=rendered, start=part.start, end=part.end, markdown=part)

    def rest(self, part: MarkdownBlock, far: int | None) -> Block:
        """Return the block for its end, not rendered if its source is longer than `far`."""
        if far is None or len(part.source) <= far:
            return self.of(part)
        return replace(self, rendered=None, start=part.start, end=part.end, markdown=part)


def text_blocks(
    parts: Iterable[MarkdownBlock], key: str, *, wrap: str | None = None
) -> list[Block]:
    """Make blocks of Markdown; what shows nothing counts as shown with the block before it."""
    blocks: list[Block] = []
    for part in parts:
        rich = render_block(part)
        if rich:
            gap = part.gap if blocks else 2
            blocks.append(Block(rich, key, part.start, part.end, gap, wrap, part))
        elif blocks:
            blocks[-1] = replace(blocks[-1], end=part.end)
    return blocks


def labelled(label: RichText, blocks: Sequence[Block]) -> list[Block]:
    """Put a line above blocks, if there are any; it stays on their page."""
    if not blocks:
        return []
    first, *rest = blocks
    line = Block(label.normalised(), first.key, first.start, first.start, label=True)
    return [line, replace(first, gap=1), *rest]


def whole_block(rich: RichText, key: str, chars: int) -> Block:
    """Make a block that is shown whole; what is longer than `chars` loses its end, visibly."""
    shown = rich.normalised()
    if len(shown) > chars:
        kept = len(cut_graphemes(shown.text, chars - 1))
        shown = (shown.cut(0, kept) + plain("…")).normalised()
    return Block(shown, key)
