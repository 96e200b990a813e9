"""A view that stands still: muted, waiting for a slot, or in a mode without views."""

from __future__ import annotations

from bot.entries.story import Outcome, Story
from bot.live.chain import Chain, Link, LinkKind
from bot.live.desk import Desk, Posture
from bot.live.modes.chunked import needs_end_line
from bot.live.modes.parts import (
    NOTHING,
    closed,
    keyboard,
    page,
    paginated,
    remark,
    shown_by,
    unread,
)
from bot.live.modes.realtime import left_behind
from bot.live.reconcile import Wanted, WantedKeys, WantedPage
from bot.rendering.header import (
    disabled_line,
    end_line,
    ended_waiting,
    muted_line,
    waiting,
    waiting_line,
)
from bot.rendering.page import Message
from bot.rendering.pagination import PageBlocks
from bot.rendering.transcript import story_blocks


def still(story: Story, chain: Chain, desk: Desk) -> Wanted:
    """The newest link as it was, with its last line changed; nothing is added to it."""
    link = chain.newest
    if link is None:
        first = desk.posture is Posture.WAITING and story.outcome is None
        return Wanted((_waiting(story, desk),)) if first else Wanted()
    if link.kind is not LinkKind.PAGE:
        return _between_chunks(link, story, chain, desk)
    if not link.known:
        return _unknown(link, story, chain, desk)
    if link.number == 0 and not link.body and desk.posture is not Posture.MUTED:
        return _never_begun(link, story, desk)
    return Wanted((_closed(link, story, desk),))


# --- a view that grew -----------------------------------------------------------------------------


def _closed(link: Link, story: Story, desk: Desk) -> WantedPage:
    """A link that still grew when the turn ended says how it did, whatever the mode is by then."""
    if desk.posture is Posture.DISABLED and (link.sealed or story.outcome is None):
        return closed(link, story, desk, disabled_line(desk.options))
    if story.outcome is not None:
        return closed(link, story, desk, end_line(story.outcome, desk.options))
    if desk.posture is Posture.WAITING:
        return closed(link, story, desk, waiting_line(desk.options), keyboard(desk, muted=False))
    return closed(link, story, desk, muted_line(desk.options), keyboard(desk, muted=True))


def _unknown(link: Link, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """After a restart nobody knows what a still link said: it stays as it is until the end.

    One that was muted then ends with what fits on it, and nothing is posted below. One that only
    said that it waits says how its turn ended. In a mode without views it only loses its buttons.
    """
    if desk.posture is Posture.DISABLED:
        return Wanted(keys=WantedKeys(link.number))
    if story.outcome is None:
        return Wanted()
    if chain.open is None:
        return _ended(link, story.outcome, story, chain, desk)
    if desk.posture is Posture.WAITING and link.number == 0:
        text = ended_waiting(story.outcome, story.header, desk.options)
        return Wanted((WantedPage(link.number, Message(text), body=NOTHING),))
    if desk.posture is Posture.MUTED and not unread(story, chain):
        blocks = story_blocks(story, shown_by(chain, chain.shown), desk.options)
        first = paginated(blocks, story, desk, first=link.number)[0]
        whole = PageBlocks(first.blocks, full=True)
        return Wanted((page(link.number, whole, story, desk, None, final=True),))
    return Wanted(keys=WantedKeys(link.number))


# --- a view that never had a slot -----------------------------------------------------------------


def _waiting(story: Story, desk: Desk) -> WantedPage:
    keys = keyboard(desk, muted=False)
    return WantedPage(0, Message(waiting(story.header, desk.options), keys), body=NOTHING)


def _never_begun(link: Link, story: Story, desk: Desk) -> Wanted:
    if desk.posture is Posture.DISABLED:
        return Wanted(keys=WantedKeys(link.number))
    if story.outcome is None:
        return Wanted((_waiting(story, desk),))
    text = ended_waiting(story.outcome, story.header, desk.options)
    return Wanted((WantedPage(link.number, Message(text), body=NOTHING),))


# --- between chunks -------------------------------------------------------------------------------


def _between_chunks(link: Link, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Chunks stay as they are: a short message says what changed, and has the buttons."""
    if link.kind in (LinkKind.LAST, LinkKind.DISABLED):
        return Wanted()
    if story.outcome is not None:
        return _ended(link, story.outcome, story, chain, desk)
    if desk.posture is Posture.DISABLED:
        line = disabled_line(desk.options)
        return _after(remark(LinkKind.DISABLED, chain.open_number, line), story, chain, desk)
    if desk.posture is Posture.WAITING:
        return _between_mute_and_slot(link, story, chain, desk)
    keys = keyboard(desk, muted=True)
    if link.kind is LinkKind.MUTED:
        return Wanted() if link.keyboard is None else Wanted(keys=WantedKeys(link.number, keys))
    told = remark(LinkKind.MUTED, chain.open_number, muted_line(desk.options), keys)
    return _after(told, story, chain, desk)


def _between_mute_and_slot(link: Link, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Unmute without a free slot is said, too: chunks go on when there is one."""
    if link.kind is not LinkKind.MUTED:
        return Wanted()
    line, keys = waiting_line(desk.options), keyboard(desk, muted=False)
    return _after(remark(LinkKind.UNMUTED, chain.open_number, line, keys), story, chain, desk)


def _ended(link: Link, outcome: Outcome, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """The short message about the mute becomes the end line; a chunk only loses its buttons."""
    line = end_line(outcome, desk.options)
    if link.kind is LinkKind.MUTED:
        return Wanted((remark(LinkKind.LAST, link.number, line),))
    if needs_end_line(outcome, desk):
        return _after(remark(LinkKind.LAST, chain.open_number, line), story, chain, desk)
    return Wanted(keys=WantedKeys(link.number))


def _after(told: WantedPage, story: Story, chain: Chain, desk: Desk) -> Wanted:
    return left_behind(story, chain, desk) or Wanted((told,))
