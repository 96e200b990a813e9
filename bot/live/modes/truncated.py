"""A view that is one message: what is oldest is dropped when it is full."""

from __future__ import annotations

from dataclasses import replace

from bot.entries.story import Story
from bot.live.chain import Chain
from bot.live.desk import Desk
from bot.live.modes.parts import beyond_reset, left_out, page, room, shown_by, without_log
from bot.live.modes.realtime import left_behind, settled
from bot.live.reconcile import Wanted
from bot.rendering.entry import SKIPPED_KEY, Block
from bot.rendering.markdown import PAGE_ENTITIES, Room
from bot.rendering.pagination import PageBlocks, needed, split
from bot.rendering.rich_text import plain
from bot.rendering.transcript import story_blocks, unshown

DROPPED = "…"
"""The first line of a body whose beginning is gone."""

TRIES = 8
"""How often a block is shortened from its beginning until it fits."""


def truncated(story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Say what the one message should be; sealed links of before stay as they are."""
    before = left_behind(story, chain, desk) or without_log(story, chain)
    if before is not None:
        return before
    chain = beyond_reset(story, chain)
    blocks = story_blocks(story, shown_by(chain, chain.shown), desk.options)
    if not blocks and settled(story, chain):
        return Wanted()
    number = chain.open_number
    lost = {entry.key for entry in unshown(story, chain.shown)}
    kept = newest(blocks, Room(room(number, story, desk)))
    dropped = lost | {block.key for block in blocks[: len(blocks) - len(kept)]}
    skipped = None
    if dropped or (kept and kept[0] != blocks[-len(kept)]):
        skipped = left_out(dropped, kept, story, desk)
        kept = [Block(plain(DROPPED), SKIPPED_KEY), *kept]
    only = PageBlocks(tuple(kept), full=False)
    return Wanted((page(number, only, story, desk, skipped, final=True),))


def newest(blocks: list[Block], space: Room) -> list[Block]:
    """Take blocks from the end until the message is full, the last of them from its own end.

    All of them, if they fit; otherwise a line is kept free that says that some are missing.
    """
    everything = [needed(block, block.gap) for block in blocks]
    if sum(room.chars for room in everything) <= space.chars and _few(everything):
        return blocks
    left = Room(space.chars - len(DROPPED) - 2, min(space.entities, PAGE_ENTITIES))
    kept: list[Block] = []
    for block, wants in zip(reversed(blocks), reversed(everything), strict=True):
        if wants.chars > left.chars or wants.entities > left.entities:
            end = _end_of(block, left)
            return [end, *kept] if end is not None else kept
        kept.insert(0, block)
        left = Room(left.chars - wants.chars, left.entities - wants.entities)
    return kept


def _few(wanted: list[Room]) -> bool:
    return sum(room.entities for room in wanted) <= PAGE_ENTITIES


def _end_of(block: Block, space: Room) -> Block | None:
    """What follows the first place from which on the block fits; None when there is none."""
    for _ in range(TRIES):
        over = len(block.rich) + block.gap - space.chars
        if over <= 0 and len(block.rich.entities) < space.entities:
            return block
        halves = split(block, replace(space, chars=max(over + 1, len(block.rich) // TRIES)))
        if halves is None:
            return None
        block = halves[1]
    return None
