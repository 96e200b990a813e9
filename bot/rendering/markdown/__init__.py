"""The agent's Markdown: cut into blocks that know their place in the source, rendered, split."""

from bot.rendering.markdown.blocks import BlockKind, MarkdownBlock, split_blocks
from bot.rendering.markdown.render import render_block
from bot.rendering.markdown.split import PAGE_ENTITIES, Room, split_block

__all__ = [
    "PAGE_ENTITIES",
    "BlockKind",
    "MarkdownBlock",
    "Room",
    "render_block",
    "split_block",
    "split_blocks",
]
