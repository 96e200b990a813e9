"""Cuts Markdown into top-level blocks, each with its place in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.rendering.markdown.parser import events, language_of, name_of, to_chars

MAX_DEPTH = 24
"""Deeper nesting is an attack or an accident: it is shown as it was written."""


class BlockKind(StrEnum):
    """What a block is, as far as cutting it and what stands before it depend on it."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    FENCE = "fence"
    INDENTED = "indented"
    ITEM = "item"
    TABLE = "table"
    QUOTE = "quote"
    RULE = "rule"
    PLAIN = "plain"
    """No Markdown: shown as it is written (HTML, errors)."""
    REMARK = "remark"
    """As plain, in italics."""


INLINE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.PLAIN, BlockKind.REMARK})
"""Blocks that may begin behind an emoji on the same line."""

_KINDS = {
    "Paragraph": BlockKind.PARAGRAPH,
    "Heading": BlockKind.HEADING,
    "CodeBlock": BlockKind.FENCE,
    "Item": BlockKind.ITEM,
    "Table": BlockKind.TABLE,
    "BlockQuote": BlockKind.QUOTE,
    "Rule": BlockKind.RULE,
    "HtmlBlock": BlockKind.PLAIN,
}

_OPENING = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)(?:\n|$)")
_MARKER = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])(?:[ \t]{1,4}|(?=\n)|$)")
_GAP_CHARS = 64
_UNFINISHED_LINE = re.compile(
    r"(?:^|\n)(?:[ >]*(?:`+[^`\n]*|~{3,}[^\n]*)|[ *_#=>|:+~-]+|[ >]*\d{1,3}[.)] ?)\Z"
)


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """A block and its place: `start` to `end` in the entry's source, markers included.

    `source` is the part of it that is rendered, unchanged, beginning at `origin`: a fence's lines
    without its first and last, everything else whole. `lead` is plain text before the rendering.
    `head` (Markdown) and `indent` (columns to take off each line) stand in for what a later half
    has lost: the header of a table, the opening line of a nested fence, the item around it.
    `gap` is the number of newlines before it.
    """

    kind: BlockKind
    source: str
    start: int
    end: int
    origin: int
    language: str | None = None
    gap: int = 2
    lead: str = ""
    head: str = ""
    indent: int = 0

    @property
    def opened(self) -> str | None:
        """The language of the fence that is open where the block starts ("" if it names none)."""
        return self._fence if self.origin == self.start else None

    @property
    def open(self) -> str | None:
        """The language of the fence that is still open where the block ends."""
        return self._fence if self.origin + len(self.source) == self.end else None

    @property
    def _fence(self) -> str | None:
        return (self.language or "") if self.kind is BlockKind.FENCE else None


def plain_block(
    source: str, start: int = 0, *, kind: BlockKind = BlockKind.PLAIN
) -> MarkdownBlock | None:
    """Make a block of text that is no Markdown; None when nothing is left."""
    if not source[start:].strip():
        return None
    return MarkdownBlock(kind, source[start:], start, len(source), start)


def split_blocks(
    source: str, start: int = 0, *, complete: bool, fence: str | None = None
) -> list[MarkdownBlock]:
    """Cut into blocks what follows `start`, which may lie inside one.

    Together the blocks cover the source but for blanks. `fence` is the language of a fence that
    is open at `start` by an older reading of the source; it counts where this one sees none.
    While the text grows (not `complete`), a last line that is nothing but the beginning of markup
    is left out until more of it is there.
    """
    text = source if complete else _UNFINISHED_LINE.sub("", source)
    blocks = [rest for block in _parsed(text) if (rest := _from(block, start)) is not None]
    if fence is not None and not (blocks and blocks[0].opened is not None):
        return _in_fence(text, start, fence)
    return blocks


def _from(block: MarkdownBlock, start: int) -> MarkdownBlock | None:
    if start <= block.origin:
        return block if start < block.end else None
    cut = start - block.origin
    return tail(block, cut) if block.source[cut:].strip() else None


def _in_fence(text: str, start: int, language: str) -> list[MarkdownBlock]:
    opening = f"```{language}\n"
    shift = start - len(opening)
    first, *rest = _parsed(opening + text[start:])
    moved = [
        replace(
            block, start=block.start + shift, end=block.end + shift, origin=block.origin + shift
        )
        for block in (replace(first, start=first.origin), *rest)
    ]
    return [block for block in moved if block.source.strip()]


# --- halves ---------------------------------------------------------------------------------------


def head(block: MarkdownBlock, cut: int) -> MarkdownBlock:
    """Return the block up to `cut`, an offset in its `source`."""
    return replace(block, source=block.source[:cut], end=block.origin + cut)


def tail(block: MarkdownBlock, cut: int) -> MarkdownBlock:
    """Return the block from `cut` on, with what it needs to look like the first half."""
    start = block.origin + cut
    return replace(
        block,
        source=block.source[cut:],
        start=start,
        origin=start,
        gap=1,
        lead="",
        head=_head_of_tail(block, cut),
        indent=block.indent or _content_columns(block),
    )


def _head_of_tail(block: MarkdownBlock, cut: int) -> str:
    match block.kind:
        case BlockKind.HEADING:
            return "# "
        case BlockKind.TABLE:
            top = "".join(block.source.splitlines(keepends=True)[:2])
            return block.head or (top if cut >= len(top) else "")
        case BlockKind.ITEM:
            return _open_inside(block, cut)
        case BlockKind.QUOTE:
            before, after = block.source[:cut], block.source[cut:]
            marked = before.endswith("\n") and after.lstrip(" ").startswith(">")
            opening = _open_inside(block, cut)
            return (f"> {opening}" if opening else "") + ("" if marked else "> ")
    return ""


def _open_inside(block: MarkdownBlock, cut: int) -> str:
    """The opening line of the fence nested in an item or a quote that is open at `cut`."""
    source = (block.head + block.source).encode()
    place = len((block.head + block.source[:cut]).encode())
    for payload, start, end in events(source):
        match payload:
            case {"Start": {"CodeBlock": {"Fenced": str(info)}}} if start < place < end:
                return f"```{info}\n"
    return ""


def _content_columns(block: MarkdownBlock) -> int:
    marker = _MARKER.match(block.source) if block.kind is BlockKind.ITEM else None
    return marker.end() if marker else 0


# --- parsing --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """A top-level block as the parser saw it, in bytes."""

    kind: BlockKind
    start: int
    end: int
    list_number: int = 0
    depth: int = 0


def _parsed(text: str) -> list[MarkdownBlock]:
    source = text.encode()
    found = list(_top_level(source))
    chars = to_chars(source, {offset for block in found for offset in (block.start, block.end)})
    blocks: list[MarkdownBlock] = []
    done = list_number = 0
    for block in found:
        start = _line_start(text, chars[block.start], done)
        blocks += _unclaimed(text, done, start)
        same_list = block.list_number != 0 and block.list_number == list_number
        gap = 1 if same_list else _gap(text, start)
        done, list_number = max(start, chars[block.end]), block.list_number
        kind = block.kind if block.depth <= MAX_DEPTH else BlockKind.PLAIN
        blocks.append(_made(kind, text[start:done], start, gap))
    blocks += _unclaimed(text, done, len(text))
    return blocks


def _top_level(source: bytes) -> Iterator[_Found]:
    """Find the blocks at the top, and the items of the lists at the top."""
    depth = lists = 0
    current: _Found | None = None
    for payload, start, end in events(source):
        match payload:
            case {"Start": tag}:
                name = name_of(tag)
                lists += depth == 0 and name == "List"
                if current is None and name in _KINDS:
                    current = _Found(_KINDS[name], start, end, lists if name == "Item" else 0)
                depth += 1
                if current is not None:
                    current.depth = max(current.depth, depth)
            case {"End": _}:
                depth -= 1
                if current is not None and depth == (1 if current.list_number else 0):
                    yield current
                    current = None
            case "Rule" if depth == 0:
                yield _Found(BlockKind.RULE, start, end)


def _line_start(text: str, start: int, least: int) -> int:
    """Where the block's indentation begins."""
    while start > least and text[start - 1] in " \t":
        start -= 1
    return start


def _unclaimed(text: str, start: int, end: int) -> Iterator[MarkdownBlock]:
    """What the parser keeps to itself (link definitions) is shown as written."""
    between = text[start:end]
    if between.strip():
        begin = start + len(between) - len(between.lstrip())
        yield MarkdownBlock(
            BlockKind.PLAIN, text[begin:end], begin, end, begin, gap=_gap(text, begin)
        )


def _gap(text: str, start: int) -> int:
    before = text[max(0, start - _GAP_CHARS) : start]
    blank = before[len(before.rstrip()) :]
    return 2 if blank.count("\n") > 1 else 1


def _made(kind: BlockKind, source: str, start: int, gap: int) -> MarkdownBlock:
    end = start + len(source)
    if kind is not BlockKind.FENCE:
        return MarkdownBlock(kind, source, start, end, start, gap=gap)
    opening = _OPENING.match(source)
    if opening is None:
        return MarkdownBlock(BlockKind.INDENTED, source, start, end, start, gap=gap)
    body = source[opening.end() :]
    last = body.rstrip().rpartition("\n")[2].strip()
    marks = opening["marks"]
    if last and set(last) == {marks[0]} and len(last) >= len(marks):
        body = body[: body.rindex(last)].rstrip(" ")
    return MarkdownBlock(
        kind,
        body,
        start,
        end,
        start + opening.end(),
        language=language_of(opening["info"]),
        gap=gap,
    )
