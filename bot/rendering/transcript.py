"""A turn's entries as blocks, less what sealed pages show; and what a page's blocks cover."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from bot.entries.model import Dropped, Entry, Script, TextContent, Thinking, Tool
from bot.entries.salient import digest, kind_of, length_of
from bot.entries.shedding import tool_of
from bot.entries.story import Story
from bot.rendering.entry import (
    Block,
    entry_blocks,
    has_mark,
    hides_thinking,
    late_block,
    rewritten_block,
)
from bot.rendering.options import RenderOptions
from bot.rendering.rich_text import RichText

TEXT_CONTENTS = get_args(TextContent)

_LAST_WORD = re.compile(r"[^\s.!?…:。！？]+\Z")
"""The end of a text in which a word has begun."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What pages show of one entry.

    `length` counts characters of the entry's redacted source (text entries; 0 for whole ones);
    `fence` is the language of the code fence that is open there. `status` is a tool's. `source` is
    length and digest of the text as the agent said it, where that is not what may be shown.
    """

    key: str
    kind: str
    digest: bytes
    length: int = 0
    whole: bool = False
    status: str | None = None
    fence: str | None = None
    source: tuple[int, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What sealed pages show, and what helps to go on from there.

    `texts` are the sealed beginnings of texts that were still growing; `late_after` maps a late
    result to the entry below which it stands (None: above everything).
    """

    covers: Mapping[str, Cover]
    texts: Mapping[str, str]
    late_after: Mapping[str, str | None]


def story_blocks(
    story: Story, shown: Shown, options: RenderOptions, *, growing: bool = True
) -> list[Block]:
    """Blocks of everything sealed pages do not show yet, in order.

    The newest entry of a turn that runs looks as on a page that is edited, unless not `growing`.

    Text that was partly shown goes on where it was cut. A result that came after its tool's page
    was sealed is one short line, below the entry that was the last when it came.
    """
    late: dict[str | None, list[Block]] = {}
    for entry in story.entries:
        if is_late(entry, shown.covers):
            anchor = shown.late_after.get(entry.key, story.entries[-1].key)
            late.setdefault(anchor, []).append(late_block(entry, options))
    blocks: list[Block] = late.pop(None, [])
    last = story.entries[-1].key if story.entries else None
    for entry in story.entries:
        newest = growing and entry.key == last and story.outcome is None
        blocks += _remaining(entry, shown, options, newest=newest)
        blocks += late.pop(entry.key, [])
    return blocks + [block for group in late.values() for block in group]


def late_entries(story: Story, covers: Mapping[str, Cover]) -> list[str]:
    """The keys of entries whose result came after their page was sealed."""
    return [entry.key for entry in story.entries if is_late(entry, covers)]


def is_late(entry: Entry, covers: Mapping[str, Cover]) -> bool:
    """Whether a sealed page shows the entry without the mark its result has brought since."""
    cover = covers.get(entry.key)
    status = _status(entry)
    return (
        cover is not None
        and not isinstance(entry.content, Dropped)
        and status is not None
        and status != cover.status
        and has_mark(entry.content)
    )


def unshown(story: Story, covers: Mapping[str, Cover]) -> tuple[Entry, ...]:
    """The entries whose text was let go before sealed pages showed all of it."""
    return tuple(
        entry
        for entry in story.entries
        if isinstance(entry.content, Dropped)
        and not _shown_whole(entry.content, covers.get(entry.key))
    )


def _shown_whole(content: Dropped, cover: Cover | None) -> bool:
    if cover is None:
        return False
    if content.remains is not None:
        same = cover.status == content.remains.status.value
        return same or not has_mark(content.remains)
    return cover.whole or cover.length >= content.length


def _remaining(entry: Entry, shown: Shown, options: RenderOptions, *, newest: bool) -> list[Block]:
    cover = shown.covers.get(entry.key)
    if cover is None:
        return entry_blocks(entry, options, newest=newest)
    if not isinstance(entry.content, TEXT_CONTENTS):
        return []
    # A text that was left out unseen is remembered as it was told, not as it would be masked.
    if length_of(entry.content) <= cover.length and digest(entry.content) == cover.digest:
        return []
    source = redacted(entry, options)
    if _digest(entry, source, cover.length) == cover.digest:
        if len(source) <= cover.length:
            return []
        return entry_blocks(entry, options, start=cover.length, fence=cover.fence, newest=newest)
    return _rewritten(entry, source, shown.texts.get(entry.key, ""), options, newest=newest)


def _rewritten(
    entry: Entry, source: str, before: str, options: RenderOptions, *, newest: bool
) -> list[Block]:
    """What follows the common beginning; with less than half in common, the new text, marked."""
    common = _common(before, source)
    if before and common * 2 >= len(before):
        if common == len(source):
            return []
        return entry_blocks(entry, options, start=common, newest=newest)
    return [rewritten_block(entry, options), *entry_blocks(entry, options, newest=newest)]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike; logarithmic in comparisons."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def redacted(entry: Entry, options: RenderOptions) -> str:
    """The text of a text entry as it may be shown; offsets of blocks and covers count in it."""
    content = entry.content
    return (
        options.redact(content.text, entry.complete) if isinstance(content, TEXT_CONTENTS) else ""
    )


def covers(
    blocks: Sequence[Block], entries: Iterable[Entry], options: RenderOptions
) -> tuple[Cover, ...]:
    """What a page with these blocks shows of each of its entries, what is hidden there before."""
    by_key = {entry.key: entry for entry in entries}
    last: dict[str, Block] = {}
    for block in blocks:
        last[block.key] = block
    hidden = [whole_cover(entry, options) for entry in hidden_before(last, by_key, options)]
    shown = [_cover(by_key[key], block, options) for key, block in last.items() if key in by_key]
    return (*hidden, *shown)


def hidden_before(
    keys: Collection[str], entries: Mapping[str, Entry], options: RenderOptions
) -> Iterator[Entry]:
    """Find the thoughts that are left out directly before these entries.

    They count as shown with them: thoughts that are switched on later begin with what is new.
    """
    waiting: list[Entry] = []
    for key, entry in entries.items() if hides_thinking(options) else ():
        if isinstance(entry.content, Thinking):
            waiting.append(entry)
            continue
        if key in keys:
            yield from waiting
        waiting = []


def _cover(entry: Entry, block: Block, options: RenderOptions) -> Cover:
    if not isinstance(entry.content, TEXT_CONTENTS):
        return _whole(entry)
    source = redacted(entry, options)
    return replace(
        _of_text(entry, source, block.end),
        whole=entry.complete and block.end >= len(source.rstrip()),
        fence=block.open_fence,
    )


def without_last_word(
    body: RichText, shown: Sequence[Cover], story: Story, options: RenderOptions
) -> tuple[RichText, tuple[Cover, ...]]:
    """Take from a page the beginning of a word that is still being written, and from its covers.

    As it is where the page does not end with a growing text, or has nothing else of it.
    """
    covered = tuple(shown)
    entry = story.entries[-1] if story.entries else None
    word = _LAST_WORD.search(body.text)
    if word is None or entry is None or entry.complete or not covered:
        return body, covered
    last, source = covered[-1], redacted(entry, options)
    start = last.length - len(word[0])
    written = last.key == entry.key and source[max(start, 0) : last.length] == word[0]
    alone = start < 1 or not source[:start].strip() or not body.text[: word.start()].strip()
    if not written or alone or not source[start - 1].isspace():
        return body, covered
    kept = replace(_of_text(entry, source, start), fence=last.fence)
    return body.cut(0, word.start()), (*covered[:-1], kept)


def whole_cover(entry: Entry, options: RenderOptions) -> Cover:
    """The cover of an entry that counts as shown to its present end, though no page has it."""
    if not isinstance(entry.content, TEXT_CONTENTS):
        return _whole(entry)
    source = redacted(entry, options)
    return replace(_of_text(entry, source, len(source)), whole=entry.complete)


def _whole(entry: Entry) -> Cover:
    content = entry.content
    length = content.length if isinstance(content, Dropped) else 0
    return Cover(
        entry.key, kind_of(content), digest(content), length, whole=True, status=_status(entry)
    )


def _of_text(entry: Entry, source: str, length: int) -> Cover:
    content = entry.content
    said = None
    if isinstance(content, TEXT_CONTENTS) and not content.text.startswith(source[:length]):
        said = length_of(content), digest(content)
    return Cover(entry.key, kind_of(content), _digest(entry, source, length), length, source=said)


def _digest(entry: Entry, source: str, length: int) -> bytes:
    content = entry.content
    if not isinstance(content, TEXT_CONTENTS):
        return digest(content)
    return digest(replace(content, text=source), length)


def _status(entry: Entry) -> str | None:
    content = tool_of(entry.content) or entry.content
    return content.status.value if isinstance(content, Tool | Script) else None
