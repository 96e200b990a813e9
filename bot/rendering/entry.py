"""Turns an entry into blocks: one small function per kind of content."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.entries.model import (
    Answer,
    Answered,
    CommitReminder,
    Content,
    Entry,
    ErrorText,
    Feedback,
    Notice,
    Other,
    Script,
    TextContent,
    Thinking,
    Tool,
    UserText,
)
from bot.rendering.block import Block, labelled, text_blocks, whole_block
from bot.rendering.markdown import BlockKind, split_blocks
from bot.rendering.markdown.blocks import INLINE_KINDS, plain_block
from bot.rendering.marks import has_mark
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.phrases import BRIEF_CHARS, shown
from bot.rendering.plain import clean, shorten
from bot.rendering.rich_text import RichText, italic, join, plain
from bot.rendering.tools import late_text, script_text, tool_text

__all__ = [
    "SKIPPED_KEY",
    "Block",
    "entry_blocks",
    "has_mark",
    "late_block",
    "rewritten_block",
    "skipped_block",
]

SKIPPED_KEY = ""
"""The key of the line that says what catching up has left out; no entry has it."""

QUOTE = "blockquote"
FOLDED = "expandable_blockquote"
_ERROR_LINES = 8
_SAID_CHARS = 1000
_NOTICE_CHARS = 100
_SENTENCE = re.compile(r"[^\n]*?[.!?](?=\s)|[^\n]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """What is to be shown of a text entry: its redacted text from `start` on."""

    key: str
    source: str
    start: int
    complete: bool
    fence: str | None
    newest: bool


def entry_blocks(
    entry: Entry,
    options: RenderOptions,
    *,
    start: int = 0,
    fence: str | None = None,
    newest: bool = False,
) -> list[Block]:
    """Turn an entry into blocks, in order; nothing for what is not shown.

    `start` and `fence` say where an earlier page stopped, in the redacted text of an entry that is
    text. `newest` says that it is the last entry of a turn that runs.
    """
    content = entry.content
    if isinstance(content, TextContent):
        source = options.redact(content.text, entry.complete)
        part = _Part(entry.key, source, start, entry.complete, fence, newest)
        return _with_omission(_text_entry(content, part, options), content, part, options)
    rich = _whole(content, options)
    return [whole_block(rich, entry.key, options.block_chars)] if rich else []


def late_block(entry: Entry, options: RenderOptions) -> Block:
    """Make the line for a result that came after its tool's page was sealed."""
    content = entry.content
    rich = late_text(content, options) if isinstance(content, Tool) else _whole(content, options)
    return whole_block(rich, entry.key, options.block_chars)


def rewritten_block(entry: Entry, options: RenderOptions) -> Block:
    """Make the line above a text that has changed after it was sealed."""
    return Block(plain("↻ " + options.translate("rewritten")), entry.key, label=True)


def hides_thinking(options: RenderOptions) -> bool:
    """Whether thoughts are left out."""
    return not options.show_thinking or options.verbosity is Verbosity.COMPACT


def skipped_block(entries: int, options: RenderOptions) -> Block:
    """Make the line that stands for entries which catching up has left out."""
    _ = options.translate
    line = _.plural("{n} earlier entry, /log", "{n} earlier entries, /log", entries)
    return Block(plain("… " + line), SKIPPED_KEY)


# --- texts ----------------------------------------------------------------------------------------


def _text_entry(content: TextContent, part: _Part, options: RenderOptions) -> list[Block]:
    _ = options.translate
    match content:
        case Thinking():
            return _thinking(part, options)
        case Answer():
            return _answer(part)
        case ErrorText():
            return _error(part, "❌ " + _("Error:"))
        case Notice():
            return _notice(part, options)
        case UserText():
            return _quoted(part, "👤")
        case Other(kind=kind):
            return _plain_text(part, f"🧩 {shown(kind, BRIEF_CHARS, options)}: ")


def _with_omission(
    blocks: list[Block], content: TextContent, part: _Part, options: RenderOptions
) -> list[Block]:
    count = content.omitted_chars
    if not count or not blocks:
        return blocks
    _ = options.translate
    line = "… " + _.plural("+{n} character", "+{n} characters", count)
    end = len(part.source)
    return [*blocks, Block(plain(line), part.key, end, end, gap=1)]


def _thinking(part: _Part, options: RenderOptions) -> list[Block]:
    if hides_thinking(options):
        return []
    blocks = _markdown(part, wrap=QUOTE if part.newest else FOLDED)
    if part.start:
        return blocks
    return labelled(plain("💭 " + options.translate("Thinking…")), blocks)


def _answer(part: _Part) -> list[Block]:
    blocks = _markdown(part)
    if part.start or not blocks:
        return blocks
    first = blocks[0]
    if first.markdown is None or first.markdown.kind not in INLINE_KINDS:
        return labelled(plain("💬"), blocks)
    led = first.of(replace(first.markdown, lead="💬 "))
    return [replace(led, end=first.end), *blocks[1:]]


def _markdown(part: _Part, wrap: str | None = None) -> list[Block]:
    found = split_blocks(part.source, part.start, complete=part.complete, fence=part.fence)
    return text_blocks(found, part.key, wrap=wrap)


def _plain_text(
    part: _Part, lead: str, kind: BlockKind = BlockKind.PLAIN, wrap: str | None = None
) -> list[Block]:
    found = plain_block(part.source, part.start, kind=kind)
    if found is None:
        return []
    first = found if part.start else replace(found, lead=lead)
    return text_blocks((first,), part.key, wrap=wrap)


def _notice(part: _Part, options: RenderOptions) -> list[Block]:
    """Show no more than its first sentence: it is about the run's surroundings, not the run."""
    if options.verbosity is Verbosity.FULL:
        return _plain_text(part, "ℹ️ ", BlockKind.REMARK)
    text = clean(part.source).strip()
    if part.start or not text:
        return []
    found = _SENTENCE.match(text)
    first = shorten(found[0] if found else text, _NOTICE_CHARS)
    cut = found is not None and found.end() < len(text) and not first.endswith("…")
    line = join(("ℹ️ ", italic(first + " …" if cut else first))).normalised()
    return [Block(line, part.key, 0, len(part.source))]


def _error(part: _Part, label: str) -> list[Block]:
    if part.source.strip().count("\n") < _ERROR_LINES:
        return _plain_text(part, label + " ")
    return _quoted(part, label, wrap=FOLDED)


def _quoted(part: _Part, label: str, wrap: str = QUOTE) -> list[Block]:
    blocks = _plain_text(part, "", wrap=wrap)
    return blocks if part.start else labelled(plain(label), blocks)


# --- whole entries --------------------------------------------------------------------------------


def _whole(content: Content, options: RenderOptions) -> RichText:
    match content:
        case Tool():
            return tool_text(content, options)
        case Script():
            return script_text(content, options)
        case CommitReminder():
            return join(("ℹ️ ", italic(options.translate("The server asked for a commit"))))
        case Feedback(text=text):
            return plain(f"🗣 “{_said(text, options)}”")
        case Answered():
            return _answered(content, options)
    return RichText()


def _said(text: str, options: RenderOptions) -> str:
    return shorten(clean(options.redact(text, True)).strip(), _SAID_CHARS)


def _answered(content: Answered, options: RenderOptions) -> RichText:
    label = "🗳 " + options.translate("Answered:")
    said = [
        (shown(question, _SAID_CHARS, options), ", ".join(_said(a, options) for a in answers))
        for question, answers in content.answers
    ]
    if len(said) == 1:
        return plain(f"{label} {said[0][1]}")
    return plain("\n".join([label, *(f"{question} → {answers}" for question, answers in said)]))
