"""Sums a turn up: what it answered, and what it did."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.entries.model import (
    Answer,
    CommandRun,
    CommitReminder,
    Dropped,
    Entry,
    FileChange,
    FileEdit,
    ToolStatus,
)
from bot.entries.shedding import tool_of
from bot.rendering.markdown import BlockKind, MarkdownBlock, render_block, split_blocks
from bot.rendering.plain import one_line

_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM, BlockKind.QUOTE})
_BULLET = re.compile(r"(?P<next>\n)?\s{0,64}[•◦▪] ")
_ENDS = tuple(".,;:!?…。、！？：；،؛؟")

_NOT_DONE = frozenset(
    {ToolStatus.WAITING, ToolStatus.FAILED, ToolStatus.DENIED, ToolStatus.TIMED_OUT}
)
_NOT_RUN = frozenset({ToolStatus.WAITING, ToolStatus.DENIED, ToolStatus.TIMED_OUT})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a turn's tools did, as far as its entries tell."""

    files: int = 0
    additions: int = 0
    deletions: int = 0
    commands: int = 0
    failed: int = 0


def answer_entry(entries: Iterable[Entry]) -> Entry | None:
    """Find what the agent answered: its last words before the server asked for a commit.

    What it says after that is about the commit (backends ask when changes are left over).
    """
    last: Entry | None = None
    for entry in entries:
        match entry.content:
            case Answer(text=text) if text.strip():
                last = entry
            case Dropped(opening=text) if text.strip():
                last = entry
            case CommitReminder() if last is not None:
                return last
    return last


def answer(entries: Iterable[Entry]) -> str | None:
    """Return the text of what the agent answered, or as much of it as is held."""
    entry = answer_entry(entries)
    match entry.content if entry is not None else None:
        case Answer(text=text) | Dropped(opening=text):
            return text
    return None


def opening(source: str, chars: int) -> str:
    """Return the prose that Markdown begins with, on one line; what lies past `chars` may miss.

    Code, tables and rules end it: they say nothing on a lock screen. Lists are told with commas.
    """
    words, before = "", None
    for block in split_blocks(source, complete=True):
        text, prose_only = _prose(block)
        if text:
            words += _between(words, before, block.kind) + text
            before = block.kind
        if not prose_only or len(words) > chars:
            break
    return words


def _prose(block: MarkdownBlock) -> tuple[str, bool]:
    """Return a block's prose up to the first code in it, and whether that is all of it."""
    if block.kind not in _PROSE:
        return "", False
    rich = render_block(block)
    end = min((e.offset for e in rich.entities if e.type == "pre"), default=None)
    text = rich.text[:end]
    if block.kind is BlockKind.ITEM:
        text = _BULLET.sub(lambda bullet: ", " if bullet["next"] else "", text)
    return one_line(text), end is None


def _between(words: str, before: BlockKind | None, after: BlockKind) -> str:
    """What joins two blocks that stood on lines of their own."""
    if not words or words.endswith(_ENDS):
        return " " if words else ""
    match before:
        case BlockKind.HEADING:
            return ": "
        case BlockKind.ITEM:
            return ", " if after is BlockKind.ITEM else ". "
    return " "


def facts(entries: Iterable[Entry]) -> Facts:
    """Count changed files, lines and commands; what was denied or failed changed nothing."""
    tools = [tool for entry in entries if (tool := tool_of(entry.content)) is not None]
    changes = [
        change
        for tool in tools
        if isinstance(tool.action, FileEdit) and tool.status not in _NOT_DONE
        for change in tool.action.changes
    ]
    commands = [
        tool
        for tool in tools
        if isinstance(tool.action, CommandRun) and tool.status not in _NOT_RUN
    ]
    return Facts(
        files=len({_path(change) for change in changes}),
        additions=sum(change.additions or 0 for change in changes),
        deletions=sum(change.deletions or 0 for change in changes),
        commands=len(commands),
        failed=sum(tool.status is ToolStatus.FAILED for tool in commands),
    )


def _path(change: FileChange) -> str:
    return change.new_path or change.path
