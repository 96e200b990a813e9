"""Renders one block of Markdown; what it renders is kept for the next look at the same text."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.rendering.markdown.blocks import BlockKind, MarkdownBlock
from bot.rendering.markdown.writer import write
from bot.rendering.plain import clean
from bot.rendering.rich_text import RichText, italic, join, plain, pre

_KEPT = 256


def render_block(block: MarkdownBlock) -> RichText:
    """Return what Telegram would store for the block, its `lead` included; perhaps nothing."""
    shown = _rendered(block.kind, block.source, block.language, block.head, block.indent)
    return join((block.lead, shown)).normalised() if block.lead and shown else shown


def render_once(block: MarkdownBlock) -> RichText:
    """Render like `render_block`, without keeping the result."""
    shown = _rendered.__wrapped__(
        block.kind, block.source, block.language, block.head, block.indent
    )
    return join((block.lead, shown)).normalised() if block.lead and shown else shown


@lru_cache(maxsize=_KEPT)
def _rendered(
    kind: BlockKind, source: str, language: str | None, head: str, indent: int
) -> RichText:
    text = clean(source)
    if indent:
        text = re.sub(rf"^ {{1,{indent}}}", "", text, flags=re.MULTILINE)
    match kind:
        case BlockKind.FENCE:
            rich = pre(text, language)
        case BlockKind.PLAIN:
            rich = plain(text)
        case BlockKind.REMARK:
            rich = italic(text)
        case _:
            rich = write(head + text)
    return rich.normalised()
