"""A view that grows by edits and goes on in new links."""

from __future__ import annotations

from collections.abc import Mapping

from bot.entries.story import Story
from bot.live.chain import Chain, LinkKind, Skipped
from bot.live.desk import Desk
from bot.live.modes.parts import (
    CATCH_UP_LINKS,
    beyond_reset,
    catch_up,
    closed,
    completed,
    page,
    paginated,
    shown_by,
    without_log,
)
from bot.live.reconcile import Wanted, WantedKeys, WantedPage
from bot.rendering.entry import skipped_block
from bot.rendering.pagination import PageBlocks
from bot.rendering.transcript import Cover, story_blocks, unshown

_NEVER_ANY = frozenset({LinkKind.LAST, LinkKind.DISABLED})
"""Links that were sent without buttons."""


def realtime(story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Say what the chat should have beyond its sealed links."""
    before = left_behind(story, chain, desk) or without_log(story, chain)
    if before is not None:
        return before
    chain = beyond_reset(story, chain)
    skipped = chain.open.skipped if chain.open is not None else None
    covered = _covered(chain, skipped)
    lost = unshown(story, covered)
    if lost and chain.open is not None and chain.open.covers:
        return Wanted((closed(chain.open, story, desk),), more=True)
    blocks = story_blocks(story, shown_by(chain, covered), desk.options)
    if skipped is not None:
        blocks.insert(0, skipped_block(skipped.count, desk.options))
    if not blocks and not lost and settled(story, chain):
        return Wanted()
    pages = paginated(blocks, story, desk, first=chain.open_number)
    if lost or len(pages) > CATCH_UP_LINKS + 1:
        if chain.open is not None and not lost:
            first = page(chain.open.number, pages[0], story, desk, None, final=False)
            return Wanted((first,), more=True)
        blocks, skipped = catch_up(pages, lost, story, desk)
        pages = paginated(blocks, story, desk, first=chain.open_number)
    return _rolled_over(_pages(pages, skipped, story, chain, desk), chain, story, desk)


def left_behind(story: Story, chain: Chain, desk: Desk) -> Wanted | None:
    """The buttons of a sealed link go before anything else is written; None: it has none.

    What an earlier run wrote in chunks may have some; its pages lose them when they are sealed.
    """
    link = chain.newest
    if link is None or not link.sealed or link.keyboard == () or link.kind in _NEVER_ANY:
        return None
    if link.kind is LinkKind.PAGE:
        return Wanted((closed(link, story, desk),), more=True) if link.known else None
    return Wanted(more=True, keys=WantedKeys(link.number))


def settled(story: Story, chain: Chain) -> bool:
    """Whether no link is open, and none is due before there is something new."""
    return bool(chain.links) and chain.open is None and story.outcome is None


def _covered(chain: Chain, skipped: Skipped | None) -> Mapping[str, Cover]:
    """What sealed links show, and what the open one says was left out."""
    if skipped is None:
        return chain.shown
    return {**chain.shown, **{cover.key: cover for cover in skipped.covers}}


def _pages(
    pages: list[PageBlocks], skipped: Skipped | None, story: Story, chain: Chain, desk: Desk
) -> tuple[WantedPage, ...]:
    first, last = chain.open_number, len(pages) - 1
    return tuple(
        page(first + index, blocks, story, desk, skipped, final=index == last)
        for index, blocks in enumerate(pages)
    )


def _rolled_over(pages: tuple[WantedPage, ...], chain: Chain, story: Story, desk: Desk) -> Wanted:
    """The open link is completed as it is, when it is old and there is new content for another."""
    link = chain.open
    if not desk.rolled_over or link is None or not link.covers:
        return Wanted(pages)
    if pages[0].body == link.body and len(pages) == 1:
        return Wanted(pages)
    return completed(link, story, desk)
