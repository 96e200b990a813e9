"""What a chat should have of a turn now: pages, keyboard and notice; pure, rendered on a grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.entries.model import Entry
from bot.entries.story import Outcome, OutcomeKind, Story
from bot.live.chain import Chain, Link, Skipped
from bot.live.desk import Desk, Ending, Posture
from bot.live.reconcile import Wanted, WantedPage
from bot.rendering.digest import answer, facts
from bot.rendering.entry import SKIPPED_KEY, Block, skipped_block
from bot.rendering.header import (
    disabled_line,
    end_line,
    first_header,
    later_header,
    muted_line,
    notice,
    progress_footer,
    started_line,
)
from bot.rendering.page import Button, Keyboard, Message
from bot.rendering.pagination import PageBlocks, body, paginate
from bot.rendering.rich_text import RichText, join
from bot.rendering.transcript import (
    Cover,
    Shown,
    covers,
    story_blocks,
    unshown,
    whole_cover,
)

FOOT_CHARS = 120
"""Kept free on every page for footer or end line, so that neither ever moves a boundary."""

CATCH_UP_LINKS = 5
"""Most links that are posted when more wait: the newest, after a line that counts the rest."""


def plan(story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Say what the chat should have beyond its sealed links."""
    if desk.posture is Posture.LIVE:
        wanted = _live(story, chain, desk)
    else:
        wanted = Wanted(_frozen_pages(story, chain, desk))
    return wanted if wanted.more else replace(wanted, notice=_notice(story, desk))


# --- a view that grows ----------------------------------------------------------------------------


def _live(story: Story, chain: Chain, desk: Desk) -> Wanted:
    link = chain.newest
    if link is not None and link.sealed and link.message and link.message.keyboard:
        return Wanted((_closed(link, story, desk, RichText(), ()),), more=True)
    if _unread(story, chain):
        if story.outcome is None:
            return Wanted()
        chain = chain.sealed({})
    skipped = chain.open.skipped if chain.open is not None else None
    covered = _covered(chain, skipped)
    lost = unshown(story, covered)
    if lost and chain.open is not None and chain.open.covers:
        return Wanted((_closed(chain.open, story, desk, RichText(), ()),), more=True)
    shown = Shown(covered, chain.texts, chain.late_after)
    blocks = story_blocks(story, shown, desk.options)
    if skipped is not None:
        blocks.insert(0, skipped_block(skipped.count, desk.options))
    if not blocks and not lost and _settled(story, chain):
        return Wanted()
    pages = _paginated(blocks, story, chain, desk)
    if lost or len(pages) > CATCH_UP_LINKS + 1:
        if chain.open is not None and not lost:
            first = _page(chain.open.number, pages[0], story, desk, None, final=False)
            return Wanted((first,), more=True)
        blocks, skipped = _catch_up(pages, lost, story, desk)
        pages = _paginated(blocks, story, chain, desk)
    return _rolled_over(_pages(pages, skipped, story, chain, desk), chain, story, desk)


def _covered(chain: Chain, skipped: Skipped | None) -> Mapping[str, Cover]:
    """What sealed links show, and what the open one says was left out."""
    if skipped is None:
        return chain.shown
    return {**chain.shown, **{cover.key: cover for cover in skipped.covers}}


def _settled(story: Story, chain: Chain) -> bool:
    """Whether no link is open, and none is due before there is something new."""
    return bool(chain.links) and chain.open is None and story.outcome is None


def _unread(story: Story, chain: Chain) -> bool:
    """After a restart the open link stays as it is until the log was read.

    It stays so for good when a reset has taken the log away.
    """
    restored = chain.open is not None and not chain.open.known and not story.entries
    return restored and (story.outcome is None or story.outcome.kind is OutcomeKind.RESET)


def _paginated(blocks: list[Block], story: Story, chain: Chain, desk: Desk) -> list[PageBlocks]:
    first = chain.open_number
    return paginate(blocks, lambda number: _room(number, story, desk), first=first)


def _pages(
    pages: list[PageBlocks], skipped: Skipped | None, story: Story, chain: Chain, desk: Desk
) -> tuple[WantedPage, ...]:
    first, last = chain.open_number, len(pages) - 1
    return tuple(
        _page(first + index, page, story, desk, skipped, final=index == last)
        for index, page in enumerate(pages)
    )


def _catch_up(
    pages: list[PageBlocks], lost: tuple[Entry, ...], story: Story, desk: Desk
) -> tuple[list[Block], Skipped]:
    """Leave out the oldest of what waits, and what is lost; a line says how many entries."""
    until = max(0, len(pages) - CATCH_UP_LINKS + 1)
    kept = [block for page in pages[until:] for block in page.blocks]
    dropped = {block.key for page in pages[:until] for block in page.blocks}
    dropped |= {entry.key for entry in lost}
    going_on = {block.key for block in kept}
    left_out = tuple(
        whole_cover(entry, desk.options)
        for entry in story.entries
        if entry.key in dropped and entry.key not in going_on
    )
    skipped = Skipped(len(dropped), left_out)
    return [skipped_block(skipped.count, desk.options), *kept], skipped


def _page(
    number: int,
    page: PageBlocks,
    story: Story,
    desk: Desk,
    skipped: Skipped | None,
    *,
    final: bool,
) -> WantedPage:
    """One page; the one with the line about what was left out also covers that."""
    inner = body(page.blocks)
    covered = covers(page.blocks, story.entries, desk.options)
    if not any(block.key == SKIPPED_KEY for block in page.blocks):
        skipped = None
    if skipped is not None:
        covered = (*skipped.covers, *covered)
    ended = story.outcome is not None
    if not inner and number == 0 and not ended:
        inner = started_line(desk.options)
    text = _compose(_head(number, story, desk), inner, _foot(story, desk) if final else RichText())
    return WantedPage(
        number,
        Message(text, _keyboard(desk, muted=False) if final and not ended else ()),
        body=inner,
        covers=covered,
        full=page.full,
        skipped=skipped,
    )


def _rolled_over(pages: tuple[WantedPage, ...], chain: Chain, story: Story, desk: Desk) -> Wanted:
    """The open link is completed as it is, when it is old and there is new content for another."""
    link = chain.open
    if not desk.rolled_over or link is None or not link.covers:
        return Wanted(pages)
    if pages[0].body == link.body and len(pages) == 1:
        return Wanted(pages)
    return Wanted((_closed(link, story, desk, RichText(), ()),), more=True)


# --- a view that stands still ---------------------------------------------------------------------


def _frozen_pages(story: Story, chain: Chain, desk: Desk) -> tuple[WantedPage, ...]:
    """The newest link as it was, with its last line changed; nothing is added."""
    link = chain.newest
    if link is None:
        return ()
    if not link.known:
        return _ended_anew(story, chain, desk)
    if desk.posture is Posture.DISABLED:
        return (_closed(link, story, desk, disabled_line(desk.options), ()),)
    if story.outcome is not None:
        return (_closed(link, story, desk, end_line(story.outcome, desk.options), ()),)
    return (_closed(link, story, desk, muted_line(desk.options), _keyboard(desk, muted=True)),)


def _ended_anew(story: Story, chain: Chain, desk: Desk) -> tuple[WantedPage, ...]:
    """After a restart nobody knows what a muted link said: it ends with what fits on it."""
    if chain.open is None or story.outcome is None or desk.posture is Posture.DISABLED:
        return ()
    if _unread(story, chain):
        return ()
    number = chain.open.number
    blocks = story_blocks(story, Shown(chain.shown, chain.texts, chain.late_after), desk.options)
    first = paginate(blocks, lambda page: _room(page, story, desk), first=number)[0]
    return (_page(number, PageBlocks(first.blocks, full=True), story, desk, None, final=True),)


def _closed(link: Link, story: Story, desk: Desk, foot: RichText, keys: Keyboard) -> WantedPage:
    text = _compose(_head(link.number, story, desk), link.body, foot)
    return WantedPage(
        link.number,
        Message(text, keys),
        body=link.body,
        covers=link.covers,
        full=desk.posture is not Posture.MUTED,
        skipped=link.skipped,
    )


# --- parts of a message ---------------------------------------------------------------------------


def _room(number: int, story: Story, desk: Desk) -> int:
    head = len(_head(number, story, desk))
    return max(1, desk.options.limit - head - FOOT_CHARS - 4)


def _head(number: int, story: Story, desk: Desk) -> RichText:
    if number > 0:
        return later_header(story.header, desk.options)
    return first_header(story.header, desk.options, chars=desk.options.limit // 3)


def _foot(story: Story, desk: Desk) -> RichText:
    if story.outcome is not None:
        return end_line(story.outcome, desk.options)
    return progress_footer(story.started_at, desk.options, connection_lost=story.connection_lost)


def _compose(head: RichText, inner: RichText, foot: RichText) -> RichText:
    return join([part for part in (head, inner, foot) if part], "\n\n").normalised()


def _keyboard(desk: Desk, *, muted: bool) -> Keyboard:
    _ = desk.options.translate
    mute = (
        Button("🔊 " + _("Unmute"), f"unmute:{desk.view_id}")
        if muted
        else Button("🔇 " + _("Mute"), f"mute:{desk.view_id}")
    )
    return ((mute, Button("⏹ " + _("Stop"), f"stop:{desk.view_id}")),)


def _notice(story: Story, desk: Desk) -> Message | None:
    outcome: Outcome | None = story.outcome
    if (
        outcome is None
        or desk.farewell.ending is Ending.NOTHING
        or outcome.kind is OutcomeKind.RESET
    ):
        return None
    entries: tuple[Entry, ...] = story.entries
    beginning = answer(entries) if desk.farewell.with_answer else None
    text = notice(outcome, story.header, facts(entries), beginning, desk.options)
    return Message(text.normalised(), silent=False)
