"""The target for Markdown: blocks cover the source, halves fit, entities lie on characters."""

from __future__ import annotations

from bot.rendering.markdown import MarkdownBlock, Room, render_block, split_block, split_blocks
from bot.rendering.rich_text import RichText
from tests.fuzz.draws import Draws
from tests.fuzz.laws import ink, law, placed
from tests.fuzz.texts import text

MODULES = ("bot.rendering.markdown",)
_MOST_CHARS = 3_000
_MOST_PAGES = 40
"""A text is cut into about so many pieces: more of them only take longer."""


def target(data: bytes) -> None:
    """Cut into blocks, render, and split each block until nothing is left."""
    draws = Draws(data)
    complete = draws.chance()
    fence = draws.pick((None, None, None, "", "py"))
    chars, most_entities = draws.pick((1, 2, 7, 40, 300, 3900)), draws.pick((1, 3, 90))
    source = text(draws, most_chars=_MOST_CHARS)
    room = Room(max(chars, len(source) // _MOST_PAGES), most_entities)
    start = draws.below(len(source) + 1) if draws.byte() < 80 else 0
    blocks = split_blocks(source, start, complete=complete, fence=fence)
    _in_order(blocks, source, start)
    if complete and not start and fence is None:
        _covers(blocks, source)
    for block in blocks:
        _sound(render_block(block))
        _split(block, room)


def _in_order(blocks: list[MarkdownBlock], source: str, start: int) -> None:
    """Check the places; the first block may hold markup from before `start`."""
    at = 0
    for block in blocks:
        law(at <= block.start <= block.end <= len(source), f"a block out of place: {block}")
        law(block.end > start, "a block of what was shown before")
        law(block.start <= block.origin <= block.end, "a source that is elsewhere")
        at = block.end


def _covers(blocks: list[MarkdownBlock], source: str) -> None:
    """Check that whole Markdown is in its blocks, but for blanks."""
    at = 0
    for block in blocks:
        law(not ink(source[at : block.start]), "something is left out between blocks")
        at = block.end
    law(not ink(source[at:]), "the end is left out")


def _sound(rich: RichText) -> None:
    placed(rich)
    law(rich.normalised() == rich, "Telegram would store something else")


def _split(block: MarkdownBlock, room: Room) -> None:
    while True:
        halves = split_block(block, room)
        if halves is None:
            return
        first, second = halves
        law(first.start == block.start, "the first half begins elsewhere")
        law(first.end == second.start < second.end == block.end, "halves leave a gap")
        shown = render_block(first)
        law(len(shown) <= room.chars, "the first half does not fit")
        law(len(shown.entities) <= room.entities, "the first half has too much formatting")
        _sound(shown)
        block = second
