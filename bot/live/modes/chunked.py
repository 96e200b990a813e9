"""A view in messages of their own: what is new comes by the clock or by its size, never edited."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.entries.story import Outcome, OutcomeKind, Story
from bot.live.chain import Chain, Link, LinkKind, Skipped
from bot.live.desk import Chunks, Desk, Ending
from bot.live.modes.parts import (
    CATCH_UP_LINKS,
    FOOT_CHARS,
    NOTHING,
    beyond_reset,
    catch_up,
    completed,
    compose,
    covered_by,
    foot,
    head,
    keyboard,
    page,
    paginated,
    remark,
    shown_by,
    without_log,
)
from bot.live.modes.realtime import left_behind
from bot.live.reconcile import Wanted, WantedKeys, WantedPage
from bot.rendering.block import Block
from bot.rendering.header import started_line, unmuted_line
from bot.rendering.markdown import Room
from bot.rendering.page import Message
from bot.rendering.pagination import PageBlocks, body, paginate, split
from bot.rendering.transcript import story_blocks, unshown

SENTENCE_ENDS = (".", "!", "?", "…", ":", "。", "！", "？")
_PLACE = re.compile(r"[\s。！？]")
"""Where a growing text may be cut: after the last word that is surely over."""

HELD_CHARS = 200
"""How much of a growing text is held back that has no such place and is longer than a chunk."""


def chunked(story: Story, chain: Chain, desk: Desk, chunks: Chunks) -> Wanted:
    """Say which chunks the chat should have next, and where the buttons are meanwhile."""
    waits = without_log(story, chain)
    if waits is not None:
        return waits
    chain = beyond_reset(story, chain)
    if chain.open is not None:
        return _without_growth(chain.open, story, chain, desk)
    if chain.newest is not None and chain.newest.kind is LinkKind.LAST:
        return Wanted(keys=WantedKeys(chain.newest.number))
    if chain.newest is not None and chain.newest.kind is LinkKind.MUTED and story.outcome is None:
        line = unmuted_line(desk.options)
        keys = keyboard(desk, muted=False)
        told = remark(LinkKind.UNMUTED, chain.open_number, line, keys)
        return _next((told,), story, chain, desk)
    return _next(_due(story, chain, desk, chunks), story, chain, desk)


def _without_growth(link: Link, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """A link that grew before is completed as it is; chunks reply to it."""
    if link.known:
        return completed(_begun(link, desk), story, desk)
    blocks = story_blocks(story, shown_by(chain, chain.shown), desk.options)
    first = paginated(blocks, story, desk, first=link.number)[0]
    whole = PageBlocks(first.blocks, full=True)
    return Wanted((page(link.number, whole, story, desk, None, final=False),), more=True)


def _begun(link: Link, desk: Desk) -> Link:
    """A view that waited for its slot has one now; its line says so."""
    return link if link.body else replace(link, body=started_line(desk.options))


def _next(pages: tuple[WantedPage, ...], story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Pages, after the newest link has lost its buttons; without any, it has those it should."""
    newest = chain.newest
    if pages or newest is None:
        return left_behind(story, chain, desk) or Wanted(pages)
    if newest.kind is LinkKind.PAGE:
        return left_behind(story, chain, desk) or Wanted()
    if story.outcome is not None:
        return Wanted(keys=WantedKeys(newest.number))
    if newest.keyboard is None or newest.kind is LinkKind.DISABLED:
        return Wanted()
    return Wanted(keys=WantedKeys(newest.number, keyboard(desk, muted=False)))


# --- what is due ----------------------------------------------------------------------------------


def _due(story: Story, chain: Chain, desk: Desk, chunks: Chunks) -> tuple[WantedPage, ...]:
    lost = unshown(story, chain.shown)
    blocks = story_blocks(story, shown_by(chain, chain.shown), desk.options, growing=False)
    if story.outcome is None:
        blocks = _said(blocks, story, chunks.chars)
    pages = _paginated(blocks, story, chain, desk, chunks)
    skipped = None
    if lost or len(pages) > CATCH_UP_LINKS + 1:
        blocks, skipped = catch_up(pages, lost, story, desk)
        pages = _paginated(blocks, story, chain, desk, chunks)
    ready = _ready(pages, story, desk, chunks)
    first, last = chain.open_number, len(ready) - 1
    return tuple(
        _chunk(first + index, inside, story, desk, skipped, newest=index == last)
        for index, inside in enumerate(ready)
    )


def _paginated(
    blocks: list[Block], story: Story, chain: Chain, desk: Desk, chunks: Chunks
) -> list[PageBlocks]:
    def room(number: int) -> int:
        above = len(head(0, story, desk)) if number == 0 else 0
        return max(1, min(chunks.chars, desk.options.limit - above - FOOT_CHARS - 4))

    return paginate(blocks, room, first=chain.open_number)


def _ready(pages: list[PageBlocks], story: Story, desk: Desk, chunks: Chunks) -> list[PageBlocks]:
    """Those that are full; with time up also the rest, and at the end the end line."""
    if story.outcome is None:
        full = pages if chunks.due else pages[:-1]
        return [inside for inside in full if inside.blocks]
    return pages if pages[0].blocks or needs_end_line(story.outcome, desk) else []


def needs_end_line(outcome: Outcome, desk: Desk) -> bool:
    """Whether the end is said by nothing else: no notice follows, or it does not say all of it."""
    silent = desk.farewell.ending is Ending.NOTHING or outcome.kind is OutcomeKind.RESET
    return silent or outcome.cleanup_failed


def _said(blocks: list[Block], story: Story, chars: int) -> list[Block]:
    """Blocks without the end of a text that is still being written, unless a sentence ends there.

    What was sent stays as it is, so a chunk ends between words and outside of markup; only a text
    longer than a chunk (`chars`) that has no such place is cut anywhere, as a full page would be.
    """
    last = story.entries[-1] if story.entries else None
    if last is None or last.complete or not blocks or blocks[-1].key != last.key:
        return blocks
    *kept, end = blocks
    if end.markdown is None or end.rich.text.rstrip().endswith(SENTENCE_ENDS):
        return blocks
    places = [place.end() for place in _PLACE.finditer(end.rich.text.rstrip())]
    halves = split(end, Room(places[-1])) if places else None
    if halves is not None and _between_words(halves[0], halves[1]):
        return [*kept, halves[0]]
    if len(end.rich) > chars + HELD_CHARS:
        anywhere = split(end, Room(len(end.rich) - HELD_CHARS))
        if anywhere is not None:
            return [*kept, anywhere[0]]
    while kept and kept[-1].label:
        kept.pop()
    return kept


def _between_words(first: Block, second: Block) -> bool:
    """Whether a block was cut where a word ends, and not where only its length would have it."""
    if first.markdown is None or second.markdown is None:
        return False
    before, after = first.markdown.source[-1:], second.markdown.source[:1]
    return before.isspace() or after.isspace() or before in SENTENCE_ENDS


def _chunk(
    number: int,
    inside: PageBlocks,
    story: Story,
    desk: Desk,
    skipped: Skipped | None,
    *,
    newest: bool,
) -> WantedPage:
    inner = body(inside.blocks)
    covered, skipped = covered_by(inside, story, desk, skipped)
    above = head(0, story, desk) if number == 0 else NOTHING
    ending = newest and story.outcome is not None
    text = compose(above, inner, foot(story, desk) if ending else NOTHING)
    return WantedPage(
        number,
        Message(text, keyboard(desk, muted=False) if newest and not ending else ()),
        body=inner,
        covers=covered,
        full=True,
        skipped=skipped,
        kind=LinkKind.LAST if ending else LinkKind.CHUNK,
    )
