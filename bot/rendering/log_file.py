"""A whole turn as a Markdown file: everything that verbosity `full` shows, masked like the chat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.entries.model import Answer, Dropped, Entry, Thinking
from bot.entries.story import Header, Story
from bot.rendering.entities import Entity
from bot.rendering.entry import entry_blocks
from bot.rendering.header import end_line
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.plain import clean
from bot.rendering.rich_text import RichText

FILE_CHARS = 1_000_000
"""The room of one block: a file has no pages, so nothing is cut for want of room."""

_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_MARKS = {"bold": "**", "italic": "*", "strikethrough": "~~"}
_SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|^(?=[#>+-] )", re.MULTILINE)
_PARAGRAPH = "\n\n"
_BACKTICKS = re.compile(r"`+")


def log_markdown(story: Story, options: RenderOptions) -> str:
    """Write a turn down; what still runs ends where it stands."""
    whole = replace(options, limit=FILE_CHARS, verbosity=Verbosity.FULL, show_thinking=True)
    parts = [
        *_heading(story, whole),
        _missing(story, whole),
        *(_entry(entry, whole) for entry in story.entries),
        to_markdown(end_line(story.outcome, whole)) if story.outcome else "",
    ]
    return _PARAGRAPH.join(part for part in parts if part) + "\n"


def _heading(story: Story, options: RenderOptions) -> Iterable[str]:
    header = story.header
    yield "# " + _escaped(_masked(header.title, options).replace("\n", " "))
    yield " · ".join(_code(_masked(fact, options)) for fact in _facts(header))
    yield f"{story.started_at:%Y-%m-%d %H:%M} UTC"
    if header.prompt:
        yield _quoted(_escaped(_masked(header.prompt, options)))


def _missing(story: Story, options: RenderOptions) -> str:
    """Say how much is no longer known: the log could not be read again."""
    count = sum(isinstance(entry.content, Dropped) for entry in story.entries)
    if not count:
        return ""
    _ = options.translate
    line = _.plural(
        "{n} earlier entry cannot be read now", "{n} earlier entries cannot be read now", count
    )
    return f"… {line}"


def _facts(header: Header) -> list[str]:
    facts = [header.backend, header.agent, header.branch, *header.repositories]
    return [fact for fact in facts if fact]


def _entry(entry: Entry, options: RenderOptions) -> str:
    """Write one entry: what the agent wrote in Markdown stays as it wrote it."""
    match entry.content:
        case Answer(text=text):
            said = _masked(text, options)
            return f"💬{' ' if said[:1].isalpha() else _PARAGRAPH}{said}" if said else ""
        case Thinking(text=text):
            label = "💭 " + options.translate("Thinking…")
            return f"{label}{_PARAGRAPH}{_quoted(_masked(text, options))}"
        case _:
            blocks = entry_blocks(entry, options)
            return _PARAGRAPH.join(
                to_markdown(block.rich.wrapped(block.wrap) if block.wrap else block.rich)
                for block in blocks
            )


def _masked(text: str, options: RenderOptions) -> str:
    return clean(options.redact(text, True)).strip()


# --- formatted text as Markdown -------------------------------------------------------------------


def to_markdown(rich: RichText) -> str:
    """Write formatted text as Markdown; quotations and code blocks stand on lines of their own."""
    parts: list[str] = []
    position = 0
    for block in _outermost(rich.entities):
        parts.append(_inline(rich.cut(position, block.offset)).strip("\n "))
        inside = rich.cut(block.offset, block.end)
        parts.append(_block(block, inside))
        position = block.end
    parts.append(_inline(rich.cut(position)).strip("\n "))
    return _PARAGRAPH.join(part for part in parts if part)


def _outermost(entities: Sequence[Entity]) -> list[Entity]:
    """Choose the quotations and code blocks that lie in no other one."""
    blocks = [entity for entity in entities if entity.type == "pre" or entity.type in _QUOTES]
    outermost: list[Entity] = []
    for block in sorted(blocks, key=lambda entity: (entity.offset, -entity.end)):
        if not outermost or block.offset >= outermost[-1].end:
            outermost.append(block)
    return outermost


def _block(block: Entity, inside: RichText) -> str:
    if block.type == "pre":
        return _fenced(inside.text, block.language or "")
    return _quoted(to_markdown(inside.without(lambda entity: entity.type in _QUOTES)))


def _inline(rich: RichText) -> str:
    """Write a text that has inline formatting only, piece by piece between entity borders."""
    borders = {0, len(rich)}.union(*((e.offset, e.end) for e in rich.entities))
    ends = sorted(borders)
    pieces = pairwise(ends)
    return "".join(_piece(rich.cut(start, end)) for start, end in pieces)


def _piece(rich: RichText) -> str:
    """Write a piece whose entities all span it; blanks stay outside the marks."""
    kinds = {entity.type: entity for entity in rich.entities}
    core = rich.text.strip()
    if not core:
        return rich.text
    before, _core, after = rich.text.partition(core)
    words = _code(core) if "code" in kinds else _escaped(core).replace("\n", "  \n")
    for kind, mark in _MARKS.items():
        if kind in kinds:
            words = f"{mark}{words}{mark}"
    if "text_link" in kinds:
        words = f"[{words}](<{kinds['text_link'].url}>)"
    return before + words + after


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match.group(), text)


def _code(text: str) -> str:
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(3, _longest_ticks(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
