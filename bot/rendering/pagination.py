"""Fills pages with blocks: every block once, in order, each page within its room."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.rendering.entry import Block
from bot.rendering.markdown import PAGE_ENTITIES, Room, split_block
from bot.rendering.rich_text import RichText, join, plain, quote

KEEP_WHOLE = 0.3
"""A block shorter than this part of a page moves whole to the next page rather than be split."""

FAR = 16
"""A rest whose source is so many times longer than a page is rendered when its page comes."""

QUOTES = ("blockquote", "expandable_blockquote")


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of one page; `full` when something follows on the next one."""

    blocks: tuple[Block, ...]
    full: bool


def paginate(
    blocks: Iterable[Block], room_of: Callable[[int], int], *, first: int = 0
) -> list[PageBlocks]:
    """Distribute blocks over pages; there is always at least one page, perhaps an empty one.

    `room_of(number)` is how many code points the body of page `number` may have; numbers count
    from `first`. Blocks are split only at places their source offers (`split_block`); one that
    nothing can split and no page can hold is cut, visibly.
    """
    pages: list[PageBlocks] = []
    waiting = deque(blocks)
    while True:
        filled = _fill(waiting, room_of(first + len(pages)))
        pages.append(PageBlocks(tuple(filled), full=bool(waiting)))
        if not waiting:
            return pages


def _fill(waiting: deque[Block], room: int) -> list[Block]:
    """Take blocks from the left until the page is full; takes at least one if there is one."""
    page: list[Block] = []
    left = Room(room)
    while waiting:
        waiting[0] = _known(waiting[0], left.chars)
        gap = waiting[0].gap if page else 0
        wants = needed(waiting[0], gap)
        if wants.chars > left.chars or wants.entities > left.entities:
            _split_into(page, waiting, room, replace(left, chars=left.chars - gap))
            break
        page.append(waiting.popleft())
        left = Room(left.chars - wants.chars, left.entities - wants.entities)
    while waiting and len(page) > 1 and page[-1].label:
        waiting.appendleft(page.pop())
    return page


def _known(block: Block, chars: int) -> Block:
    """Render a rest that may fit now; it may show more than its source has."""
    short = block.rendered is None and block.markdown and len(block.markdown.source) <= chars
    return block.of(block.markdown) if short and block.markdown else block


def needed(block: Block, gap: int) -> Room:
    """Say how much of a page a block takes; every block in a quotation counts as one of its own."""
    quotes = int(block.wrap is not None)
    return Room(gap + block.size.chars, block.size.entities + quotes)


def _started(page: Sequence[Block]) -> bool:
    """Whether a page holds more than labels, so that it may end here."""
    return any(not block.label for block in page)


def _split_into(page: list[Block], waiting: deque[Block], room: int, left: Room) -> None:
    """Move the part of the first waiting block that fits to the page, where that is worth it."""
    block = waiting[0]
    started = _started(page)
    if started and (_is_short(block, room) or _is_little(left, room)):
        return
    halves = _halves(block, left, FAR * room, started=started)
    if halves:
        waiting.popleft()
        page.append(halves[0])
        waiting.extendleft(halves[1:])
    elif not started:
        waiting.popleft()
        page.append(replace(block, rendered=_cut(block.rich, max(1, left.chars))))


def _halves(block: Block, left: Room, far: int, *, started: bool) -> tuple[Block, ...]:
    """Cut a block for a page and the next; the whole, or nothing, where that is not possible.

    Text counts for more than its formatting: where that alone would leave more than half of an
    empty page empty, some of it is dropped instead, and not messages multiplied.
    """
    halves = split(block, left, far) or ()
    size = block.size
    if size.entities <= left.entities:
        return halves
    if halves and 2 * len(halves[0].rich) >= min(left.chars, size.chars):
        return halves
    if started or size.chars <= left.chars:
        return () if started else (block,)
    return split(block, replace(left, entities=size.chars), far) or ()


def _is_short(block: Block, room: int) -> bool:
    size = block.size
    return size.chars <= room * KEEP_WHOLE and size.entities < PAGE_ENTITIES


def _is_little(left: Room, room: int) -> bool:
    least = KEEP_WHOLE / 2
    return left.chars < room * least or left.entities < PAGE_ENTITIES * least


def split(block: Block, room: Room, far: int | None = None) -> tuple[Block, Block] | None:
    """Cut a text block in its source so that the first half fits; None if it cannot be.

    A second half whose source is longer than `far` is not rendered yet.
    """
    if block.markdown is None or room.chars < 1:
        return None
    quotes = int(block.wrap is not None)
    halves = split_block(block.markdown, replace(room, entities=room.entities - quotes))
    if halves is None:
        return None
    return block.of(halves[0]), replace(block.rest(halves[1], far), gap=1)


def _cut(rich: RichText, room: int) -> RichText:
    if len(rich) <= room:
        return rich
    return (rich.cut(0, room - 1) + plain("…")) if room > 1 else plain("…")


def body(blocks: Sequence[Block]) -> RichText:
    """Join a page's blocks; neighbours of one entry in the same quote become one quote.

    Formatting that is too much for a message is dropped, the least important first.
    """
    parts: list[RichText] = []
    group: list[Block] = []
    for block in blocks:
        if group and not (
            block.wrap is not None and block.wrap == group[-1].wrap and block.key == group[-1].key
        ):
            parts.append(_group(group, first=not parts))
            group = []
        group.append(block)
    if group:
        parts.append(_group(group, first=not parts))
    return join(parts, "").capped(PAGE_ENTITIES)


def _group(group: Sequence[Block], *, first: bool) -> RichText:
    inner = join(
        [part for index, block in enumerate(group) for part in _with_gap(block, index)], ""
    )
    if group[0].wrap in QUOTES:
        inner = quote(inner, expandable=group[0].wrap == "expandable_blockquote")
    return inner if first else plain("\n" * group[0].gap) + inner


def _with_gap(block: Block, index: int) -> tuple[RichText, ...]:
    return (block.rich,) if index == 0 else (plain("\n" * block.gap), block.rich)
