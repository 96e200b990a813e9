"""What the messages of a view are made of: header, body, last line and buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.entries.model import Entry
from bot.entries.story import OutcomeKind, Story
from bot.live.chain import Chain, Link, LinkKind, Skipped
from bot.live.desk import Desk, Posture
from bot.live.reconcile import Wanted, WantedKeys, WantedPage
from bot.rendering.entry import SKIPPED_KEY, Block, skipped_block
from bot.rendering.header import end_line, first_header, later_header, progress_footer, started_line
from bot.rendering.page import Button, Keyboard, Message
from bot.rendering.pagination import PageBlocks, body, paginate
from bot.rendering.rich_text import RichText, join
from bot.rendering.transcript import (
    Cover,
    Shown,
    covers,
    hidden_before,
    whole_cover,
    without_last_word,
)

FOOT_CHARS = 120
"""Kept free on every page for footer or end line, so that neither ever moves a boundary."""

CATCH_UP_LINKS = 5
"""Most links that are posted when more wait: the newest, after a line that counts the rest."""

NOTHING = RichText()


# --- what is shown already ------------------------------------------------------------------------


def shown_by(chain: Chain, covered: Mapping[str, Cover]) -> Shown:
    """What was shown, with what helps to go on from there."""
    return Shown(covered, chain.texts, chain.late_after)


def unread(story: Story, chain: Chain) -> bool:
    """After a restart the open link stays as it is until the log was read.

    It stays so until its end if nothing runs any more, and for good when a reset has taken the log
    away.
    """
    if chain.open is None or chain.open.known:
        return False
    if story.outcome is None:
        return story.closing or not story.entries
    return story.outcome.kind is OutcomeKind.RESET and not story.entries


def without_log(story: Story, chain: Chain) -> Wanted | None:
    """What becomes of a restored link that cannot be compared; None: all is known that is needed.

    While the log is read nothing is written. Where a reset has taken it away the link only loses
    its buttons, and what is left to say comes below it: call again with the chain `sealed`.
    """
    if not unread(story, chain) or chain.open is None:
        return None
    if story.outcome is not None and chain.open.keyboard != ():
        return Wanted(more=True, keys=WantedKeys(chain.open.number))
    return Wanted() if story.outcome is None else None


def beyond_reset(story: Story, chain: Chain) -> Chain:
    """The chain whose open link counts as sealed if a reset has taken its log away."""
    return chain.sealed({}) if unread(story, chain) else chain


# --- pages ----------------------------------------------------------------------------------------


def paginated(blocks: list[Block], story: Story, desk: Desk, *, first: int) -> list[PageBlocks]:
    """Distribute blocks over pages of a live view."""
    return paginate(blocks, lambda number: room(number, story, desk), first=first)


def catch_up(
    pages: list[PageBlocks], lost: tuple[Entry, ...], story: Story, desk: Desk
) -> tuple[list[Block], Skipped]:
    """Leave out the oldest of what waits, and what is lost; a line says how many entries."""
    until = max(0, len(pages) - CATCH_UP_LINKS + 1)
    kept = [block for page in pages[until:] for block in page.blocks]
    dropped = {block.key for page in pages[:until] for block in page.blocks}
    dropped |= {entry.key for entry in lost}
    skipped = left_out(dropped, kept, story, desk)
    return [skipped_block(skipped.count, desk.options), *kept], skipped


def left_out(dropped: set[str], kept: list[Block], story: Story, desk: Desk) -> Skipped:
    """What a line stands for that says how many entries were left out, before what is kept."""
    going_on = {block.key for block in kept}
    by_key = {entry.key: entry for entry in story.entries}
    hidden = {entry.key for entry in hidden_before(dropped, by_key, desk.options)}
    return Skipped(
        len(dropped),
        tuple(
            whole_cover(entry, desk.options)
            for entry in story.entries
            if entry.key in dropped | hidden and entry.key not in going_on
        ),
    )


def page(
    number: int,
    blocks: PageBlocks,
    story: Story,
    desk: Desk,
    skipped: Skipped | None,
    *,
    final: bool,
) -> WantedPage:
    """One page of a live view; the one with the line about what was left out also covers that."""
    inner = body(blocks.blocks)
    covered, skipped = covered_by(blocks, story, desk, skipped)
    ended = story.outcome is not None
    if not inner and number == 0 and not ended:
        inner = started_line(desk.options)
    text = compose(head(number, story, desk), inner, foot(story, desk) if final else NOTHING)
    return WantedPage(
        number,
        Message(text, keyboard(desk, muted=False) if final and not ended else ()),
        body=inner,
        covers=covered,
        full=blocks.full,
        skipped=skipped,
    )


def covered_by(
    blocks: PageBlocks, story: Story, desk: Desk, skipped: Skipped | None
) -> tuple[tuple[Cover, ...], Skipped | None]:
    """What a page shows, and what its line about earlier entries stands for if it has one."""
    covered = covers(blocks.blocks, story.entries, desk.options)
    if skipped is None or not any(block.key == SKIPPED_KEY for block in blocks.blocks):
        return covered, None
    return (*skipped.covers, *covered), skipped


def closed(
    link: Link, story: Story, desk: Desk, last: RichText = NOTHING, keys: Keyboard = ()
) -> WantedPage:
    """A link of a live view as it was, with another last line and other buttons."""
    text = compose(head(link.number, story, desk), link.body, last)
    return WantedPage(
        link.number,
        Message(text, keys),
        body=link.body,
        covers=link.covers,
        full=desk.posture in (Posture.LIVE, Posture.DISABLED),
        skipped=link.skipped,
    )


def completed(link: Link, story: Story, desk: Desk) -> Wanted:
    """A link as it is, but for a word that has only begun: that and all else goes elsewhere."""
    inner, covered = without_last_word(link.body, link.covers, story, desk.options)
    page = closed(replace(link, body=inner, covers=covered), story, desk)
    return Wanted((page,), more=True)


def remark(kind: LinkKind, number: int, text: RichText, keys: Keyboard = ()) -> WantedPage:
    """A short message about the view, between its chunks."""
    return WantedPage(number, Message(text, keys), body=text, full=True, kind=kind)


# --- parts of a message ---------------------------------------------------------------------------


def room(number: int, story: Story, desk: Desk) -> int:
    """How many characters of a page are left for its body."""
    return max(1, desk.options.limit - len(head(number, story, desk)) - FOOT_CHARS - 4)


def head(number: int, story: Story, desk: Desk) -> RichText:
    """What stands above a page."""
    if number > 0:
        return later_header(story.header, desk.options)
    return first_header(story.header, desk.options, chars=desk.options.limit // 3)


def foot(story: Story, desk: Desk) -> RichText:
    """What stands below the newest page: that the turn runs, or how it ended."""
    if story.outcome is not None:
        return end_line(story.outcome, desk.options)
    return progress_footer(story.started_at, desk.options, connection_lost=story.connection_lost)


def compose(above: RichText, inner: RichText, below: RichText) -> RichText:
    """Put a message together."""
    return join([part for part in (above, inner, below) if part], "\n\n").normalised()


def keyboard(desk: Desk, *, muted: bool) -> Keyboard:
    """The buttons under the newest message of a turn that runs."""
    _ = desk.options.translate
    stop = Button("⏹ " + _("Stop"), f"stop:{desk.view_id}")
    if muted:
        return ((Button("🔊 " + _("Unmute"), f"unmute:{desk.view_id}"), stop),)
    return ((Button("🔇 " + _("Mute"), f"mute:{desk.view_id}"), stop, Button("⚙", "settings")),)
